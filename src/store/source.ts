import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ResultsError, RunFolderError } from '../core/errors.ts';
import { baselineReader, checkBaselineVersion, isBaselineHeader } from './baseline-header.ts';
import { checkCompleted, checkFinished } from './finished.ts';
import { type RecordReader, resultFormats } from './formats/index.ts';
import { firstRecord, namesBehind, RESULT_FILE_NAMES, readHead, resultFilesIn } from './result-files.ts';
import { ResultsCheck } from './results-check.ts';
import { findRun, readRun } from './run-folder.ts';
import { SavedChanges } from './saved-changes.ts';
import { baselineFacts, NO_FACTS, runFacts, type SourceFacts } from './source-facts.ts';

/** One side of a comparison, opened and read up to its first line. */
export interface Source {
  /** As named by the user. */
  readonly path: string;
  readonly kind: 'run' | 'results' | 'baseline';
  /** The file from which results are read. */
  readonly file: string;
  readonly reader: RecordReader;
  readonly facts: SourceFacts;
  /** Names of the dataset's columns, as far as the file has them. */
  readonly columns: readonly string[];
  readonly scorers: readonly string[];
  readonly hasOwnIds: boolean;
  /** Corrects a result file that is not as its run wrote it; null for all others. Must be closed. */
  readonly check: ResultsCheck | null;
  /** Finds what another program changed in a result file that is read as it is; null for all others. */
  readonly changes: SavedChanges | null;
  /** Why a file that is read as it is cannot be verified; null if its run verifies it, or it is a baseline. */
  readonly note: string | null;
}

/** Which sides are allowed. */
interface SourceOptions {
  /** Accepts the results of an unfinished run. */
  readonly allowPartial: boolean;
}

/**
 * Opens a run folder, a result file, or a baseline.
 * @throws RunFolderError if a folder is not a run, or its run is not finished
 * @throws ResultsError if a file is not one of ours
 */
export async function openSource(path: string, options: SourceOptions): Promise<Source> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new ResultsError({ file: path }, 'there is no such file or folder', { hint: WHAT_TO_NAME });
  if (found.isDirectory()) return openFolder(path, options);
  const source = await openFile(path, path, NO_FACTS);
  return source.kind === 'results' ? { ...source, ...(await knownBeside(path)) } : source;
}

/** What a run.json beside a result file that was named by itself says of it, and the note about what it does not. */
async function knownBeside(path: string): Promise<Pick<Source, 'facts' | 'note'>> {
  const run = await findRun(dirname(path)).catch(() => null);
  if (run === null) {
    return { facts: NO_FACTS, note: `${path}: has no run.json beside it that says what it held; it is read as it is` };
  }
  const check = await ResultsCheck.open({ run, fileName: basename(path) });
  await check?.close();
  // Scores of another file, or others of this one, may have the same names.
  if (check !== null) return { facts: NO_FACTS, note: `${path}: differs from what the run wrote; it is read as it is` };
  return { facts: { ...NO_FACTS, givenScorers: run.settings.scorers }, note: null };
}

/**
 * The note about a source once all of it was read; null for none.
 * @throws RunFolderError if results of the run are missing, unless a part is enough
 */
export function sourceWarning({ path, check, changes, note }: Source, { allowPartial }: SourceOptions): string | null {
  const changed = changes?.note ?? null;
  if (check === null) return changed === null ? note : `${note ?? path}: ${changed}`;
  const { missing, expected } = check;
  if (missing === 0 || allowPartial) return check.warning();
  throw new RunFolderError(`${path}: ${missing} of ${expected} results are missing in its result file`, {
    hint: 'give the run command again, which restores the file, or take what there is with --allow-partial',
  });
}

const WHAT_TO_NAME = `name a run folder, a ${RESULT_FILE_NAMES}, or a file of promptgrid baseline save`;

async function openFolder(path: string, { allowPartial }: SourceOptions): Promise<Source> {
  const run = await readRun(path);
  if (!allowPartial) await checkCompleted(run);
  const [found] = await resultFilesIn(path);
  if (found === undefined) {
    await checkFinished(path);
    throw new RunFolderError(`${path}: has no result files`, {
      hint: 'give the run command again: it writes them from the journal',
    });
  }
  const source = await openFile(path, found.file, runFacts(run));
  const check = await ResultsCheck.open({ run, fileName: found.format.fileName });
  // Ids may come from a column of another name.
  return { ...source, hasOwnIds: run.dataset.hasOwnIds ?? source.hasOwnIds, check };
}

async function openFile(path: string, file: string, given: SourceFacts): Promise<Source> {
  const head = await readHead(file);
  if (head.toString('utf8').trim() === '') throw new ResultsError({ file }, 'is empty', { hint: WHAT_TO_NAME });
  const format = resultFormats.find((each) => each.claims(head));
  if (format === undefined) throw foreign(file, 1);
  const first = await firstRecord(file, format);
  if (first === null) {
    throw new ResultsError({ file }, 'holds no results', { hint: 'finish the run first: there is nothing to compare' });
  }
  if (isBaselineHeader(first)) {
    checkBaselineVersion(file, first);
    const facts = { ...baselineFacts(first), check: null, changes: null, note: null };
    return { path, kind: 'baseline', file, reader: baselineReader, ...facts };
  }
  if (!Object.hasOwn(first, 'row_id') || !Object.hasOwn(first, 'status')) throw foreign(file, 1);
  const columns = namesBehind('row.', first);
  return {
    path,
    kind: path === file ? 'results' : 'run',
    file,
    reader: format,
    facts: given,
    columns,
    scorers: namesBehind('score.', first),
    hasOwnIds: columns.includes('id'),
    check: null,
    changes: path === file && !format.isExact ? new SavedChanges() : null,
    note: null,
  };
}

function foreign(file: string, line: number): ResultsError {
  return new ResultsError({ file, line }, 'is not a result file of promptgrid', { hint: WHAT_TO_NAME });
}
