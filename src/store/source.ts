import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ResultsError, RunFolderError, type SourcePlace } from '../core/errors.ts';
import { baselineReader, checkBaselineVersion, isBaselineHeader } from './baseline-header.ts';
import { checkCompleted, checkFinished, checkOwnTrials } from './finished.ts';
import { type RecordReader, type ResultFormat, resultFormats } from './formats/index.ts';
import { headText } from './formats/text-head.ts';
import { readUnder } from './records.ts';
import { RESTORE_JOURNAL, restoringHint } from './restoring.ts';
import { firstOf, namesBehind, RESULT_FILE_NAMES, readHead, resultFilesIn } from './result-files.ts';
import { ResultsCheck } from './results-check.ts';
import type { StoredRun } from './run-file.ts';
import { RUN_FILES, readRun } from './run-folder.ts';
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
  /** Finds what another program changed, or a workbook cut, where no journal corrects it; null for all others. */
  readonly changes: SavedChanges | null;
  /** Why a result file is read without its run; null for all others. */
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
  const run = isOwnFile(path) ? await readRun(dirname(path)).catch(() => null) : null;
  if (run !== null) {
    if (!options.allowPartial) await checkCompleted(run);
    return openOwnFile(run, { path, file: path });
  }
  if (await isRunDocument(path)) throw foreign({ file: path }, `name the run folder, ${dirname(path)}`);
  const source = await openFile({ path, file: path, facts: NO_FACTS, check: null, isAsWritten: false });
  return source.kind === 'results' ? { ...source, note: await whyAlone(path) } : source;
}

/** True for the name that a result file has in the folder of its run. */
function isOwnFile(path: string): boolean {
  return resultFormats.some(({ fileName, layout }) => layout === 'long' && fileName === basename(path));
}

/** True for a file of a run that holds no scored results, beside its run.json. */
async function isRunDocument(path: string): Promise<boolean> {
  if (!Object.values<string>(RUN_FILES).includes(basename(path))) return false;
  return (await stat(join(dirname(path), RUN_FILES.run)).catch(() => null)) !== null;
}

const ALONE = 'it is read as it is. Its clusters and pass marks, and whether it is whole or simulated, are not known';

/** The note about a file that is read without its run. */
async function whyAlone(path: string): Promise<string> {
  const folder = dirname(path);
  if ((await stat(join(folder, RUN_FILES.run)).catch(() => null)) === null) {
    return `${path}: has no run.json beside it that says what it held; it is read as it is`;
  }
  const reason = await readRun(folder).then(
    () => 'its name is not that of a result file of the run beside it',
    (error: unknown) =>
      `the run.json beside it cannot be used (${error instanceof Error ? error.message : String(error)})`,
  );
  return `${path}: ${reason}; ${ALONE}`;
}

/**
 * The note about a source once all of it was read; null for none.
 * @param trials how many results it gave
 * @throws RunFolderError if results of the run are missing, unless a part is enough
 * @throws ResultsError if it gave none, with the reason
 */
export function sourceWarning(source: Source, { allowPartial }: SourceOptions, trials: number): string | null {
  const { path, kind, check, changes, note } = source;
  const { missing, expected } = check ?? { missing: 0, expected: 0 };
  const restoring =
    check?.isJournalShort === true ? RESTORE_JOURNAL : 'give the run command again, which restores the file';
  if (missing > 0 && !allowPartial) {
    const where = kind === 'run' ? ' in its result file' : '';
    throw new RunFolderError(`${path}: ${missing} of ${expected} results are missing${where}`, {
      hint: `${restoring}, or take what there is with --allow-partial`,
    });
  }
  if (trials === 0) throw nothingLeft(source, restoring);
  const changed = changes?.note ?? null;
  const found = check === null ? note : check.warning();
  return changed === null ? found : `${found ?? path}: ${changed}`;
}

function nothingLeft({ file, kind, changes }: Source, restoring: string): ResultsError {
  const changed = changes?.note ?? null;
  if (changed !== null) {
    return new ResultsError({ file }, `has no results that can be used: ${changed}`, {
      hint: 'name the run folder or its results.jsonl: the ids cannot be read from this file any more',
    });
  }
  if (kind === 'baseline') {
    return new ResultsError({ file }, 'holds no results', { hint: 'save the baseline again, or name a run folder' });
  }
  return new ResultsError({ file }, 'none of its lines is a result of its run', { hint: restoring });
}

const WHAT_TO_NAME = `name a run folder, a ${RESULT_FILE_NAMES}, or a file of promptgrid baseline save`;

async function openFolder(path: string, { allowPartial }: SourceOptions): Promise<Source> {
  const run = await readRun(path);
  if (!allowPartial) await checkCompleted(run);
  const [found] = await resultFilesIn(path);
  if (found === undefined) {
    await checkFinished(path);
    throw new RunFolderError(`${path}: has no result files`, {
      hint: await restoringHint(run, 'give the run command again: it writes them from the journal'),
    });
  }
  return openOwnFile(run, { path, file: found.file });
}

/** A result file of a run: as its run.json says, and as its journal corrects it. */
async function openOwnFile(run: StoredRun, { path, file }: Pick<Source, 'path' | 'file'>): Promise<Source> {
  await checkOwnTrials(run);
  const check = await ResultsCheck.open({ run, fileName: basename(file) });
  try {
    const isAsWritten = check === null && run.results !== null;
    const source = await openFile({ path, file, facts: runFacts(run), check, isAsWritten });
    if (source.kind === 'baseline') {
      await check?.close();
      return source;
    }
    // Ids may come from a column of another name.
    const hasOwnIds = run.dataset.hasOwnIds ?? source.hasOwnIds;
    return { ...source, hasOwnIds, changes: check?.hasJournal === true ? null : source.changes };
  } catch (error) {
    await check?.close();
    throw error;
  }
}

/** Which file, and what is known of it. */
interface OpenedFile extends Pick<Source, 'path' | 'file' | 'facts' | 'check'> {
  /** True if run.json says that its run wrote it like this. */
  readonly isAsWritten: boolean;
}

async function openFile({ path, file, facts: given, check, isAsWritten }: OpenedFile): Promise<Source> {
  const head = await readHead(file);
  if (head.toString('utf8').trim() === '') throw new ResultsError({ file }, 'is empty', { hint: WHAT_TO_NAME });
  const format = resultFormats.find((each) => each.claims(head));
  if (format === undefined || isJsonDocument(head)) throw foreign({ file, line: 1 });
  const first = await firstOf(readUnder(check, { file, reader: format }));
  if (first === null) {
    throw new ResultsError({ file }, 'holds no results', { hint: 'finish the run first: there is nothing to compare' });
  }
  if (isBaselineHeader(first)) {
    checkBaselineVersion(file, first);
    const facts = { ...baselineFacts(first), check: null, changes: null, note: null };
    return { path, kind: 'baseline', file, reader: baselineReader, ...facts };
  }
  if (!Object.hasOwn(first, 'row_id') || !Object.hasOwn(first, 'status')) throw foreign({ file, line: 1 });
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
    check,
    changes: mayBeChanged(format, isAsWritten) ? new SavedChanges(isAsWritten) : null,
    note: null,
  };
}

/** What a format cuts is cut in a file that is as it was written too. */
function mayBeChanged({ isExact, mostTextUnits }: ResultFormat, isAsWritten: boolean): boolean {
  return isAsWritten ? mostTextUnits !== undefined : !isExact;
}

/** True for one JSON object over several lines: a line of results is a whole object. */
function isJsonDocument(head: Buffer): boolean {
  return /^\{\s*$/.test(headText(head).split('\n', 1)[0] ?? '');
}

function foreign(place: SourcePlace, hint = WHAT_TO_NAME): ResultsError {
  return new ResultsError(place, 'is not a result file of promptgrid', { hint });
}
