import type { LostCalls } from '../../core/billed.ts';
import { FolderLostError, PromptgridError, StorageError } from '../../core/errors.ts';
import { Summarizer } from '../../core/summary.ts';
import type { RunControl } from '../../engine/control.ts';
import type { Journal } from '../../store/journal.ts';
import type { JournalIndex } from '../../store/journal-index.ts';
import { RUN_FILES, type RunFolder } from '../../store/run-folder.ts';
import type { RunEnvironment } from '../environment.ts';
import { planRows } from '../plan/plan-stream.ts';
import { type Derived, deriveResults } from '../scoring/derive.ts';
import type { Calls } from './call-phase.ts';
import { describeEnd, type RunEnd, type RunOutcome } from './outcome.ts';
import type { Prepared } from './prepare.ts';
import { checkRunGates } from './run-gates.ts';
import { type Books, callsOf, openBooks } from './session.ts';
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
  const end = describeEnd(control.reason?.kind === 'interrupted' ? control.reason : { kind: 'failed', error });
  try {
    // After an unexpected error, the state in memory may be wrong; a resumed run reads the journal itself.
    if (!(error instanceof PromptgridError)) return await endWithoutFiles(prepared, journal, end);
    const derived = await derive(prepared, journal, control);
    await prepared.book.end(outcomeOf(prepared, derived, { end, lost: holds.lost, stopped: [] }), journal.extent);
  } catch {
    await endWithoutFiles(prepared, journal, end);
  }
}

/** If run.json cannot be written either, the user needs the error that ended the run. */
async function endWithoutFiles({ book }: Prepared, { extent }: Journal, end: RunEnd): Promise<void> {
  await book.endWithoutFiles(end, extent).catch(() => undefined);
}

/** Files are made from the journal however the calls ended, unless the user cancels at once. */
export async function finish(
  prepared: Prepared,
  { journal, holds }: Pick<Books, 'journal' | 'holds'>,
  environment: RunEnvironment,
  stopped: readonly StoppedVariant[] = [],
): Promise<RunOutcome> {
  const { control, events } = environment;
  // If the folder now belongs to another process, so do its files.
  await prepared.folder.lock.verify();
  const ended = { end: describeEnd(control.reason), lost: holds.lost, stopped };
  try {
    if (!control.killed) {
      events.onWriting?.();
      return await writeFiles(prepared, journal, environment, ended);
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
  return withoutFiles(prepared, end, holds.lost);
}

async function writeFiles(
  prepared: Prepared,
  journal: Journal,
  { control, events }: RunEnvironment,
  ended: Ended,
): Promise<RunOutcome> {
  const { folder, config, book } = prepared;
  const derived = await derive(prepared, journal, control);
  if (derived.sha256 !== prepared.facts.sha256) {
    events.onWarning?.(`${config.dataset.name} changed while it was being run; run again to ask what is new`);
  }
  const outcome = outcomeOf(prepared, derived, ended);
  for (const note of derived.notes) events.onWarning?.(note);
  if (derived.unreadable > 0) {
    const journalPath = folder.file(RUN_FILES.journal);
    events.onWarning?.(
      `${journalPath}: ${derived.unreadable} results were damaged during the run and are in no result file; run again`,
    );
  }
  await book.end(outcome, journal.extent).catch((cause: unknown) => {
    if (cause instanceof FolderLostError) throw cause;
    throw notWritten(folder, journal.index, cause);
  });
  return outcome;
}

interface Ended {
  readonly end: RunEnd;
  readonly lost: LostCalls;
  readonly stopped: readonly StoppedVariant[];
}

function outcomeOf(
  { folder, trials, config, book }: Prepared,
  { summary, analysis, files, simulated }: Derived,
  { end, lost, stopped }: Ended,
): RunOutcome {
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
    lost,
    analysis,
    files,
    gates: isWhole ? checkRunGates(config.gates, analysis) : [],
    toleratesErrors: isWhole && config.gates.maxErrored !== null,
    verdicts: isWhole ? book.verdicts(summary) : [],
    stopped: stopped.map((variant) => withSavings(variant, summary)),
    simulated: simulated || config.simulation !== null,
  };
}

function withoutFiles({ folder, trials, config, plan }: Prepared, end: RunEnd, lost: LostCalls): RunOutcome {
  const summary = new Summarizer(plan.grid.variants, []).summary();
  const nothing = { analysis: null, gates: [], toleratesErrors: false, verdicts: [], stopped: [], files: [] };
  return { ...end, folder: folder.path, trials, summary, lost, ...nothing, simulated: config.simulation !== null };
}

async function derive(
  { plan, folder, facts, scorers, config, book }: Prepared,
  { index }: Journal,
  control: RunControl,
): Promise<Derived> {
  const { output } = config;
  const { columns } = facts;
  const { variants, repeats } = plan.grid;
  const rows = (onBytes: (block: Uint8Array) => void) => planRows(plan, onBytes);
  const source = { rows, variants, repeats, columns };
  try {
    const isCancelled = (): boolean => control.killed;
    const derived = await deriveResults({ ...source, folder, index, scorers, scoring: config, output, isCancelled });
    book.noteResults(derived.digests);
    return derived;
  } catch (cause) {
    const isOther = cause instanceof PromptgridError && !(cause instanceof StorageError);
    throw isOther ? cause : notWritten(folder, index, cause);
  }
}

function notWritten({ path }: RunFolder, index: JournalIndex, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const what = cause instanceof StorageError ? reason : `${path}: the result files could not be written: ${reason}`;
  return new StorageError(`${what} (results kept in ${RUN_FILES.journal}: ${index.size})`, {
    hint: `make room, then run the same command again with --out ${path}: what is kept is not paid again`,
    cause,
  });
}
