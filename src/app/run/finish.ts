import type { LostCalls } from '../../core/billed.ts';
import { FolderLostError, PromptgridError, StorageError } from '../../core/errors.ts';
import { sumOf } from '../../core/paid.ts';
import type { KeptResults } from '../../core/summary.ts';
import type { RunControl } from '../../engine/control.ts';
import type { ForeignResults } from '../../store/foreign-results.ts';
import type { Journal } from '../../store/journal.ts';
import type { JournalIndex } from '../../store/journal-index.ts';
import { lostResults } from '../../store/journal-loss.ts';
import { readPaid } from '../../store/journal-reader.ts';
import { RUN_FILES, type RunFolder } from '../../store/run-folder.ts';
import type { RunEnvironment } from '../environment.ts';
import { onlyFailedOf } from '../plan/failed-rows.ts';
import { type PlannedRow, planRows } from '../plan/plan-stream.ts';
import { deriveResults } from '../scoring/derive.ts';
import type { Derived, ResultsInput } from '../scoring/results-maker.ts';
import type { Calls } from './call-phase.ts';
import { derivationInputs } from './derivation.ts';
import type { LiveResults } from './live-results.ts';
import { describeEnd, NO_FILES, type RunEnd, type RunOutcome, type WrittenOutcome } from './outcome.ts';
import type { PlannedRun, Prepared } from './prepare.ts';
import { checkRunGates } from './run-gates.ts';
import { writeRunPage } from './run-page.ts';
import { type Books, callsOf, openBooks } from './session.ts';
import { removeStale } from './stale-files.ts';
import type { StoppedVariant } from './stopped-variant.ts';
import { withSavings } from './stopped-variant.ts';

/** What is done with the books and the calls of a session. */
type BooksWork<Outcome> = (books: Books, calls: Calls) => Promise<Outcome>;

/**
 * Opens the books and the calls of a session and closes them afterwards. If it fails, the run stays resumable: its
 * state says so, and its files hold the results so far, as far as either can be written.
 */
export async function withBooks<Outcome>(
  prepared: Prepared,
  environment: RunEnvironment,
  work: BooksWork<Outcome>,
): Promise<{ readonly books: Books; readonly outcome: Outcome }> {
  const books = await openBooks(prepared, environment);
  try {
    return { books, outcome: await closing(prepared, books, environment, work) };
  } catch (error) {
    // If the folder now belongs to another process, so do its files.
    const isOurs = !(error instanceof FolderLostError);
    if (isOurs && prepared.book.hasBegun) await endFailed(prepared, books, environment, error);
    throw error;
  }
}

async function closing<Outcome>(
  prepared: Prepared,
  books: Books,
  environment: RunEnvironment,
  work: BooksWork<Outcome>,
): Promise<Outcome> {
  try {
    const calls = callsOf(prepared, books, environment);
    const outcome = await work(books, calls);
    calls.conclude();
    for (const warning of prepared.lanes.callWarnings()) environment.events.onWarning?.(warning);
    return outcome;
  } finally {
    // Connections hold memory that the result files can use.
    await prepared.lanes.close();
    await books.close();
  }
}

async function endFailed(
  prepared: Prepared,
  { journal, holds }: Books,
  { control }: RunEnvironment,
  error: unknown,
): Promise<void> {
  const { reason } = control;
  const isKnown = reason?.kind === 'interrupted' || reason?.kind === 'callback';
  const end = describeEnd(isKnown ? reason : { kind: 'failed', error });
  try {
    // After an unexpected error, the state in memory may be wrong; a resumed run reads the journal itself.
    if (!(error instanceof PromptgridError)) return await endWithoutFiles(prepared, journal, end);
    const derived = await derive(prepared, { journal, holds, live: null }, control);
    await prepared.book.end(outcomeOf(prepared, derived, { end, lost: holds.lost, stopped: [] }), journal, null);
  } catch {
    await endWithoutFiles(prepared, journal, end);
  }
}

/** If run.json cannot be written either, the user needs the error that ended the run. */
async function endWithoutFiles({ book }: PlannedRun, journal: Journal, end: RunEnd): Promise<void> {
  await book.endWithoutFiles(end, journal).catch(() => undefined);
}

/** What the calls of a session left. */
export interface Called {
  /** Variants that did not run every row. */
  readonly stopped: readonly StoppedVariant[];
  /** Result files in the making; null if they are made from the journal. */
  readonly live: LiveResults | null;
  /** True if only some rows were to be run. */
  readonly isPilot: boolean;
}

/** Files are made however the calls ended, unless the user cancels at once. */
export async function finish(
  prepared: PlannedRun,
  { journal, holds }: KeptBooks,
  environment: RunEnvironment,
  { stopped, live, isPilot }: Called,
): Promise<RunOutcome> {
  const { control, events } = environment;
  // If the folder now belongs to another process, so do its files.
  await prepared.folder.lock.verify();
  const ended = { end: describeEnd(control.reason), lost: holds.lost, stopped, isPilot };
  try {
    if (!control.killed) {
      events.onWriting?.();
      return await writeFiles(prepared, { journal, holds, live }, environment, ended);
    }
  } catch (error) {
    if (error instanceof FolderLostError) throw error;
    if (!control.killed) {
      await endWithoutFiles(prepared, journal, describeEnd({ kind: 'failed', error }));
      throw error;
    }
  }
  const end = describeEnd(control.reason);
  await endWithoutFiles(prepared, journal, end);
  return withoutFiles(prepared, { journal, holds }, end);
}

/** What a session has recorded. */
type KeptBooks = Pick<Books, 'journal' | 'holds'>;

/** Where the results of a session are. */
interface Kept extends Pick<Called, 'live'>, KeptBooks {}

async function writeFiles(
  prepared: PlannedRun,
  { journal, holds, live }: Kept,
  environment: RunEnvironment,
  ended: Ended,
): Promise<WrittenOutcome> {
  const { folder, config, book } = prepared;
  const { control, events } = environment;
  const derived = await derive(prepared, { journal, holds, live }, control);
  if (derived.sha256 !== prepared.facts.sha256) {
    events.onWarning?.(`${config.dataset.name} changed while it was being run; run again to ask what is new`);
  }
  const made = outcomeOf(prepared, derived, ended);
  const page = ended.isPilot ? null : await writeRunPage(prepared, made, environment);
  const digest = page?.digest ?? null;
  const digests = { ...derived.digests, ...(digest === null ? {} : { [RUN_FILES.page]: digest }) };
  book.noteResults(digests);
  for (const line of await removeStale(folder, prepared.earlier?.results ?? {}, digests)) events.onWarning?.(line);
  const outcome = digest === null ? made : { ...made, files: [...made.files, folder.file(RUN_FILES.page)] };
  for (const note of derived.notes) events.onWarning?.(note);
  if (derived.unreadable > 0) {
    const journalPath = folder.file(RUN_FILES.journal);
    events.onWarning?.(
      `${journalPath}: ${derived.unreadable} results were damaged during the run and are in no result file; run again`,
    );
  }
  // A pilot may leave verdicts open on rows that were answered before.
  const isOpen = ended.isPilot || page?.isMissing === true;
  const inputs = isOpen ? null : await derivationInputs(prepared, journal, { derived, outcome });
  await book.end(outcome, journal, inputs).catch((cause: unknown) => {
    if (cause instanceof FolderLostError) throw cause;
    throw notWritten(folder, journal.index, cause);
  });
  return outcome;
}

interface Ended extends Pick<Called, 'stopped' | 'isPilot'> {
  readonly end: RunEnd;
  readonly lost: LostCalls;
}

function outcomeOf(
  { folder, trials, config, book }: PlannedRun,
  { summary, analysis, files, simulated }: Derived,
  { end, lost, stopped }: Omit<Ended, 'isPilot'>,
): WrittenOutcome {
  const { completed, errored, skipped } = summary.total;
  const isPartial = end.state === 'completed' && completed + errored + skipped < trials;
  const state = isPartial ? 'partial' : end.state;
  const isWhole = state === 'completed';
  return {
    ...end,
    state,
    folder: folder.path,
    trials,
    summary,
    kept: null,
    lost,
    analysis,
    files,
    gates: isWhole ? checkRunGates(config.gates, analysis) : [],
    toleratesErrors: isWhole && config.gates.maxErrored !== null,
    verdicts: isWhole ? book.verdicts(summary) : [],
    stopped: stopped.map((variant) => withSavings(variant, summary)),
    simulated: book.isSimulated({ simulated }),
    nothingToDo: false,
    onlyFailed: onlyFailedOf(config),
  };
}

async function withoutFiles(
  { folder, trials, config, book }: PlannedRun,
  { journal, holds }: KeptBooks,
  end: RunEnd,
): Promise<RunOutcome> {
  return {
    ...end,
    folder: folder.path,
    trials,
    summary: null,
    kept: await keptResults(folder, { journal, holds }, book.foreign),
    lost: holds.lost,
    ...NO_FILES,
    simulated: book.isSimulated(journal),
    nothingToDo: false,
    onlyFailed: onlyFailedOf(config),
  };
}

/** What is paid is read from the journal: to add it up as calls are made would slow down every run. */
async function keptResults(
  folder: RunFolder,
  { journal, holds }: KeptBooks,
  foreign: ForeignResults,
): Promise<KeptResults> {
  const results = journal.index.asked - foreign.trials;
  const lost = lostResults(journal.loss);
  const told = lost === 0 ? {} : { lostResults: lost };
  try {
    const { trials, judges } = await readPaid(folder.file(RUN_FILES.journal), holds.wasted);
    const { costs, unknownCosts } = sumOf([trials, judges]);
    return { results, costs, unknownCosts: unknownCosts + lost, ...told };
  } catch {
    return { results, costs: null, unknownCosts: null, ...told };
  }
}

async function derive(prepared: PlannedRun, { journal, holds, live }: Kept, control: RunControl): Promise<Derived> {
  const { plan, folder, book } = prepared;
  const { index } = journal;
  const rows = (onBytes: (block: Uint8Array) => void): AsyncIterable<PlannedRow> => planRows(plan, onBytes);
  const isCancelled = (): boolean => control.killed;
  try {
    const made = (await live?.finish()) ?? null;
    const derived = made ?? (await deriveResults({ ...resultsInput(prepared, { journal, holds }), rows, isCancelled }));
    book.noteResults(derived.digests);
    return derived;
  } catch (cause) {
    const isOther = cause instanceof PromptgridError && !(cause instanceof StorageError);
    throw isOther ? cause : notWritten(folder, index, cause);
  }
}

/** What the result files of a run are made from. */
export function resultsInput(
  { plan, folder, facts: { columns }, scorers, config }: PlannedRun,
  { journal: { index, loss }, holds }: KeptBooks,
): ResultsInput {
  const { variants, repeats } = plan.grid;
  const { output, gates } = config;
  const { minRepeats } = gates;
  const made = { variants, repeats, folder, index, holds, lostResults: lostResults(loss) };
  return { ...made, columns, scorers, scoring: config, output, minRepeats };
}

function notWritten({ path }: RunFolder, index: JournalIndex, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const what = cause instanceof StorageError ? reason : `${path}: the result files could not be written: ${reason}`;
  return new StorageError(`${what} (results kept in ${RUN_FILES.journal}: ${index.size})`, {
    hint: `make room, then run the same command again with --out ${path}: what is kept is not paid again`,
    cause,
  });
}
