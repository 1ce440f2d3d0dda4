import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFolderError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { HEAD_BYTES, type RecordReader, type ResultFormat, resultFormats } from './formats/index.ts';

/** A result file with its format. */
export interface ResultsFile {
  /** Its path. */
  readonly file: string;
  readonly format: ResultFormat;
}

/** Formats in the order in which results are looked for: those first that lose nothing. */
const BY_EXACTNESS = resultFormats.toSorted((a, b) => Number(b.isExact) - Number(a.isExact));

/** The names that result files have in run folders, as a list in words. */
export const RESULT_FILE_NAMES = BY_EXACTNESS.map(({ fileName }) => fileName).join(' or ');

/** The result files of a run folder, those first that lose nothing. */
export async function resultFilesIn(folder: string): Promise<readonly ResultsFile[]> {
  const files = BY_EXACTNESS.map((format) => ({ file: join(folder, format.fileName), format }));
  const areReadable = await Promise.all(files.map(({ file }) => isReadable(file)));
  return files.filter((_, index) => areReadable[index] === true);
}

/** The result file that rows, answers and scores are read from. @throws RunFolderError where the run has none */
export async function exactResultsIn(folder: string): Promise<ResultsFile> {
  const found = (await resultFilesIn(folder)).find(({ format }) => format.isExact);
  if (found !== undefined) return found;
  const [wanted] = BY_EXACTNESS;
  throw noResults(join(folder, wanted?.fileName ?? ''), 'there is none, and rows are read from it');
}

/** The result file of that format. @throws RunFolderError where the run has none */
export async function resultsOfFormat(folder: string, name: string): Promise<ResultsFile> {
  const found = (await resultFilesIn(folder)).find(({ format }) => format.name === name);
  if (found !== undefined) return found;
  const wanted = resultFormats.find((format) => format.name === name);
  throw noResults(join(folder, wanted?.fileName ?? ''), 'there is none');
}

function noResults(path: string, what: string): RunFolderError {
  const formats = resultFormats.filter(({ isDefault }) => isDefault).map(({ name }) => name);
  return new RunFolderError(`${path}: ${what}`, {
    hint: `give the run command again with --format ${formats.join(',')}: it makes the file without asking anybody`,
  });
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** The first bytes of a file, by which its format is told. */
export async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The first record of a file; null where there is none. @throws ResultsError or DatasetError where it is damaged */
export async function firstRecord(file: string, reader: RecordReader): Promise<JsonObject | null> {
  for await (const { value } of reader.read(file)) return value;
  return null;
}

/** What stands behind a prefix in the keys of a record, such as the scorers behind `score.`. */
export function namesBehind(prefix: string, record: JsonObject): readonly string[] {
  const keys = Object.keys(record).filter((key) => key.startsWith(prefix));
  return keys.map((key) => key.slice(prefix.length));
}
