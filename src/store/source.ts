import { open, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ResultsError, RunFolderError } from '../core/errors.ts';
import { checkBaselineVersion, isBaselineHeader } from './baseline-header.ts';
import { readJournalIndex } from './journal-reader.ts';
import { firstResult } from './records.ts';
import { ResultsCheck } from './results-check.ts';
import type { StoredRun } from './run-file.ts';
import { findRun, RUN_FILES, readRun } from './run-folder.ts';
import { baselineFacts, NO_FACTS, runFacts, type SourceFacts } from './source-facts.ts';

/** How a file of results is written down. */
export type ResultsForm = 'jsonl' | 'csv' | 'baseline';

/** One side of a comparison, opened as far as its first line. */
export interface Source {
  /** As it was named. */
  readonly path: string;
  readonly kind: 'run' | 'results' | 'baseline';
  /** The file that results are read from. */
  readonly file: string;
  readonly form: ResultsForm;
  readonly facts: SourceFacts;
  /** Names of the dataset's columns, as far as the file has them. */
  readonly columns: readonly string[];
  readonly scorers: readonly string[];
  readonly hasOwnIds: boolean;
  /** Corrects a result file that is not as its run wrote it; null for all others. To be closed. */
  readonly check: ResultsCheck | null;
  /** Why nobody vouches for a file that is read as it is; null where its run does, or it is a baseline. */
  readonly note: string | null;
}

/** How sides may be. */
export interface SourceOptions {
  /** Takes what an unfinished run has so far. */
  readonly allowPartial: boolean;
}

/**
 * Opens a run folder, a results.jsonl or results.csv, or a baseline.
 * @throws RunFolderError for a folder that is no run, or a run that is not finished
 * @throws ResultsError for a file that is none of ours
 */
export async function openSource(path: string, options: SourceOptions): Promise<Source> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new ResultsError({ file: path }, 'there is no such file or folder', { hint: WHAT_TO_NAME });
  if (found.isDirectory()) return openFolder(path, options);
  const source = await openFile(path, path, NO_FACTS);
  return source.kind === 'results' ? { ...source, note: await noteOf(path) } : source;
}

/** What to say of a result file that was named by itself. */
async function noteOf(path: string): Promise<string | null> {
  const run = await findRun(dirname(path)).catch(() => null);
  if (run === null) return `${path}: has no run.json beside it that says what it held; it is read as it is`;
  const check = await ResultsCheck.open({ run, fileName: basename(path) });
  await check?.close();
  return check === null ? null : `${path}: differs from what the run wrote; it is read as it is`;
}

/**
 * What to say of a source once all of it was read; null for nothing.
 * @throws RunFolderError where results of the run are missing, unless a part is enough
 */
export function sourceWarning({ path, check, note }: Source, { allowPartial }: SourceOptions): string | null {
  if (check === null) return note;
  const { missing, expected } = check;
  if (missing === 0 || allowPartial) return check.warning();
  throw new RunFolderError(`${path}: ${missing} of ${expected} results are missing in its result file`, {
    hint: 'give the run command again, which restores the file, or take what there is with --allow-partial',
  });
}

const WHAT_TO_NAME = 'name a run folder, a results.jsonl or results.csv, or a file of promptgrid baseline save';

async function openFolder(path: string, { allowPartial }: SourceOptions): Promise<Source> {
  const run = await readRun(path);
  if (!allowPartial) await checkFinished(run);
  for (const name of ['results.jsonl', 'results.csv']) {
    const file = join(path, name);
    if ((await stat(file).catch(() => null)) === null) continue;
    const source = await openFile(path, file, runFacts(run));
    return { ...source, check: await ResultsCheck.open({ run, fileName: name }) };
  }
  throw new RunFolderError(`${path}: has no result files`, {
    hint: 'give the run command again: it makes them from the journal without asking anybody twice',
  });
}

async function checkFinished({ folder, state, trials }: StoredRun): Promise<void> {
  if (state === 'completed') return;
  const done = (await readJournalIndex(join(folder, RUN_FILES.journal)))?.size ?? 0;
  const planned = trials === 0 ? done : trials;
  throw new RunFolderError(
    `${folder}: the run is not finished: ${done} of ${planned} trials have a result (${state})`,
    {
      hint: 'end it with the same run command, or compare what there is with --allow-partial',
    },
  );
}

const HEAD_BYTES = 64;

async function openFile(path: string, file: string, facts: SourceFacts): Promise<Source> {
  const head = await readHead(file);
  if (head.trim() === '') throw new ResultsError({ file }, 'is empty', { hint: WHAT_TO_NAME });
  const isJson = head.startsWith('{');
  if (!isJson && !/^\uFEFF?"?trial_id"?[,;\t]/.test(head)) throw foreign(file, 1);
  const first = await firstResult(file, isJson ? 'jsonl' : 'csv');
  if (isJson && isBaselineHeader(first)) {
    checkBaselineVersion(file, first);
    return { path, kind: 'baseline', file, form: 'baseline', ...baselineFacts(first), check: null, note: null };
  }
  const keys = Object.keys(first);
  if (!keys.includes('row_id') || !keys.includes('status')) throw foreign(file, 1);
  const columns = namesBehind(keys, 'row.');
  return {
    ...{ path, kind: path === file ? 'results' : 'run', file, form: isJson ? 'jsonl' : 'csv', facts, columns },
    ...{ scorers: namesBehind(keys, 'score.'), hasOwnIds: columns.includes('id'), check: null, note: null },
  };
}

function namesBehind(keys: readonly string[], prefix: string): readonly string[] {
  return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

async function readHead(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function foreign(file: string, line: number): ResultsError {
  return new ResultsError({ file, line }, 'is no result file of promptgrid', { hint: WHAT_TO_NAME });
}
