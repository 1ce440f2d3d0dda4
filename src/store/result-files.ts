import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFolderError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { checkFilesCurrent, checkFinished } from './finished.ts';
import { HEAD_BYTES, type RecordReader, type ResultFormat, resultFormats, type StoredRecord } from './formats/index.ts';
import { restoringHint } from './restoring.ts';
import { findRun } from './run-folder.ts';

/** A result file with its format. */
export interface ResultsFile {
  /** Its path. */
  readonly file: string;
  readonly format: ResultFormat;
}

/** Formats in the order in which results are looked for: lossless ones first. */
const BY_EXACTNESS = resultFormats.toSorted((a, b) => Number(b.isExact) - Number(a.isExact));

/** The names of result files in run folders, as a list in words. */
export const RESULT_FILE_NAMES = BY_EXACTNESS.filter(({ layout }) => layout === 'long')
  .map(({ fileName }) => fileName)
  .join(' or ');

/** The result files of a run folder, lossless ones first. */
export async function resultFilesIn(folder: string): Promise<readonly ResultsFile[]> {
  const files = BY_EXACTNESS.map((format) => ({ file: join(folder, format.fileName), format }));
  const areReadable = await Promise.all(files.map(({ file }) => isReadable(file)));
  return files.filter((_, index) => areReadable[index] === true);
}

/**
 * The result file from which rows, answers and scores are read.
 * @throws RunFolderError if the run has none, or none of its last session
 */
export async function exactResultsIn(folder: string): Promise<ResultsFile> {
  const found = (await resultFilesIn(folder)).find(({ format }) => format.isExact);
  if (found !== undefined) {
    await checkFilesCurrent(folder);
    return found;
  }
  const [wanted] = BY_EXACTNESS;
  await checkFinished(folder);
  throw await noResults(folder, wanted?.fileName ?? '');
}

/**
 * The result file from which a report is made: one that keeps every value, else any that can be read.
 * @throws RunFolderError if the run has none, or none of its last session
 */
export async function resultsIn(folder: string): Promise<ResultsFile> {
  const found = (await resultFilesIn(folder)).find(({ format }) => format.layout === 'long');
  if (found === undefined) return exactResultsIn(folder);
  await checkFilesCurrent(folder);
  return found;
}

async function noResults(folder: string, name: string): Promise<RunFolderError> {
  const formats = resultFormats.filter(({ isDefault }) => isDefault).map((format) => format.name);
  const usual = `give the run command again with --format ${formats.join(',')}: it writes the file from the journal`;
  const run = await findRun(folder, 'read');
  return new RunFolderError(`${join(folder, name)}: does not exist, and rows are read from it`, {
    hint: run === null ? usual : await restoringHint(run, usual),
  });
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** The first bytes of a file, by which its format is recognised. */
export async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * The first record of a file, for its keys; null if there is none. What is not UTF-8 in it is left to whoever reads all.
 * @throws ResultsError or DatasetError if it is damaged
 */
export function firstRecord(file: string, reader: RecordReader): Promise<JsonObject | null> {
  return firstOf(reader.readDamaged?.(file) ?? reader.read(file));
}

/** The first of these records; null if there is none. */
export async function firstOf(records: AsyncIterable<StoredRecord>): Promise<JsonObject | null> {
  for await (const { value } of records) return value;
  return null;
}

/** What follows a prefix in the keys of a record, such as the scorers after `score.`. */
export function namesBehind(prefix: string, record: JsonObject): readonly string[] {
  const keys = Object.keys(record).filter((key) => key.startsWith(prefix));
  return keys.map((key) => key.slice(prefix.length));
}
