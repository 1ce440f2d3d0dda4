import { type Estimate, FEWEST_ESTIMATED_TRIALS, type JudgesEstimate } from '../../core/estimate.ts';
import type { Journal } from '../../store/journal.ts';
import { JournalIndex } from '../../store/journal-index.ts';
import { findEarlierResults } from '../../store/journal-scan.ts';
import { readRecordedCalls } from '../../store/recorded-calls.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import type { RunConfig } from '../config/run-config.ts';
import { balanceWarnings } from '../endpoints/worst-case.ts';
import type { RunEnvironment } from '../environment.ts';
import { NOTHING_PAID, type PaidSoFar } from '../forecast/paid.ts';
import { withFailedRows } from '../plan/failed-rows.ts';
import { countDone } from '../plan/open-trials.ts';
import type { Plan } from '../plan/plan-stream.ts';
import { ResultsMaker } from '../scoring/results-maker.ts';
import type { Calls } from './call-phase.ts';
import { finish, resultsInput, withBooks } from './finish.ts';
import { askJudges } from './judge-phase.ts';
import { LiveResults } from './live-results.ts';
import { findNothingToDo, nothingFailed } from './nothing-to-do.ts';
import type { RunOutcome } from './outcome.ts';
import type { Prepared } from './prepare.ts';
import { runRace } from './race-phase.ts';
import { remakeFiles } from './remake.ts';
import { type Books, beginBook, inRunFolder } from './session.ts';
import { estimateSession, estimateSessionJudges, hasCosts, paidBefore } from './session-estimate.ts';
import type { StoppedVariant } from './stopped-variant.ts';

export { type RunEnvironment, runEnvironment } from '../environment.ts';
export type { BatchProgress, RunEvents, RunStart } from '../events.ts';
export { exitStatusOf, outcomeDocument, type RunOutcome, type WrittenOutcome, writtenOutcome } from './outcome.ts';

/**
 * Executes a run: checks everything, makes the remaining calls, writes the result files. If no call is left, no endpoint
 * is contacted; if nothing changed either, no file is written.
 * Ends early, with a matching state, when `environment.control` is stopped.
 * @throws PromptgridError before the first call if an input cannot be used
 * @throws StorageError if results could not be stored; the journal is kept
 */
export async function executeRun(given: RunConfig, environment: RunEnvironment): Promise<RunOutcome> {
  for (const warning of given.warnings) environment.events.onWarning?.(warning);
  const config = await withFailedRows(given);
  const { failed } = config.selection;
  if (failed?.ids.size === 0) return nothingFailed(config);
  return inRunFolder(config, environment, {
    settled: async (shaped, inputs) =>
      (await findNothingToDo(shaped, inputs, environment.events)) ?? remakeFiles(shaped, inputs, environment),
    work: (prepared) => carryOut(prepared, environment),
  });
}

async function carryOut(prepared: Prepared, environment: RunEnvironment): Promise<RunOutcome> {
  const { config, plan, lanes, book, trials } = prepared;
  const { events } = environment;
  await askFirst(prepared, environment);
  const making: { live: LiveResults | null } = { live: null };
  try {
    const { books, outcome: stopped } = await withBooks(prepared, environment, async ({ journal, holds }, calls) => {
      for (const warning of await balanceWarnings(prepared, lanes.lanes)) events.onWarning?.(warning);
      const { done: alreadyDone, foreign } = await countDone(plan, journal, config);
      if (foreign > 0) events.onWarning?.(foreignWarning(prepared, foreign, alreadyDone));
      const isShown = trials - alreadyDone >= FEWEST_ESTIMATED_TRIALS && hasCosts(prepared, journal.index);
      const isRead = isShown || prepared.scorers.some(({ asks }) => asks !== null);
      // A call whose answer may still come belongs to a trial that is estimated as open.
      const earlier = { wasted: holds.wasted, lost: holds.lostForGood };
      const paid = isRead ? await paidBefore(prepared, earlier, journal.loss) : NOTHING_PAID;
      const judges = await estimateSessionJudges(prepared, journal.index, paid);
      const answers = isShown ? await estimateSession(prepared, journal.index, paid) : null;
      const estimate = answers === null ? null : { ...answers, judges };
      if (estimate !== null) book.noteEstimate(estimate);
      else if (trials > alreadyDone) book.dropOtherEstimate();
      if (estimate === null && judges !== null && judges.openRows > 0) book.noteJudges(judges);
      await beginBook(prepared, journal, foreign);
      announce(prepared, { alreadyDone, estimate, judges }, environment);
      making.live = await openLive(prepared, { journal, holds }, environment);
      return makeAll(prepared, journal, environment, { calls, live: making.live });
    });
    return await finish(prepared, books, environment, { stopped, live: making.live, isPilot: false });
  } finally {
    await making.live?.discard();
  }
}

function foreignWarning({ folder, facts }: Prepared, count: number, alreadyDone: number): string {
  const results = count === 1 ? '1 result is' : `${count} results are`;
  const what = `${folder.file(RUN_FILES.journal)}: ${results} of no trial of this run as it is now, and not used`;
  if (alreadyDone > 0 || !facts.hasIds) return what;
  return `${what}; every trial runs anew: did a spreadsheet change the ids of rows, such as 0001 to 1?`;
}

interface Making {
  readonly calls: Calls;
  /** Result files in the making; null if they are made later. */
  readonly live: LiveResults | null;
}

/** Makes the calls of a run, including judge requests. @returns the variants that did not run every row */
async function makeAll(
  prepared: Prepared,
  journal: Journal,
  environment: RunEnvironment,
  { calls, live }: Making,
): Promise<readonly StoppedVariant[]> {
  const { race } = prepared.config;
  // A race alternates between answers and verdicts: its progress counts trials.
  const { onJudging, onJudged, ...others } = environment.events;
  const events = race === null ? { ...others, onJudging, onJudged } : others;
  const make = async (plan: Plan): Promise<void> => {
    const judge = (isFirst: boolean): Promise<void> =>
      askJudges({ ...prepared, plan }, journal, { ...environment, events }, { ...calls, isFirst });
    if (calls.first !== null) {
      await calls.first.make(plan);
      await judge(true);
    }
    await calls.make(plan, live);
    await judge(false);
  };
  if (race !== null) return runRace(prepared, race, { journal, environment, make });
  await make(prepared.plan);
  return [];
}

/**
 * null if result files can only be made later: verdicts come after all answers, a race and batches have another order,
 * and each endpoint reads the plan at its own pace.
 */
async function openLive(
  prepared: Prepared,
  { journal, holds }: Pick<Books, 'journal' | 'holds'>,
  { control }: RunEnvironment,
): Promise<LiveResults | null> {
  const { config, lanes, scorers } = prepared;
  if (
    config.race !== null ||
    config.batch !== null ||
    lanes.lanes.length > 1 ||
    scorers.some(({ asks }) => asks !== null)
  )
    return null;
  // A full disk is reported when the files are made from the journal: calls are stored there as long as possible.
  const maker = await ResultsMaker.open(resultsInput(prepared, { journal, holds })).catch(() => null);
  if (maker === null) return null;
  const live = new LiveResults(maker, () => control.killed);
  journal.whenFull(() => live.discard());
  return live;
}

/** If the user must confirm, nothing is touched before the answer. @throws DeclinedError for a no */
async function askFirst(prepared: Prepared, { events }: RunEnvironment): Promise<void> {
  const { config } = prepared;
  if (config.confirmAbove === null || events.confirm === undefined) return;
  const nothing = { index: new JournalIndex(), paid: NOTHING_PAID };
  const { index, paid } = config.output.overwrite ? nothing : await readBefore(prepared);
  const estimate = await estimateSession(prepared, index, paid);
  const judges = await estimateSessionJudges(prepared, index, paid);
  // Judges may be left to call although every trial has its answer.
  if (estimate.done === estimate.trials && (judges === null || judges.openRows === 0)) return;
  await events.confirm({ ...estimate, judges });
}

/** The results of earlier sessions, and what they paid, before any book is opened. */
async function readBefore(prepared: Prepared): Promise<{ readonly index: JournalIndex; readonly paid: PaidSoFar }> {
  const { folder, earlier } = prepared;
  const { index, loss } = await findEarlierResults(folder.file(RUN_FILES.journal), earlier?.journal ?? null);
  const calls = await readRecordedCalls({ folder: folder.path, run: earlier, index });
  return { index, paid: await paidBefore(prepared, calls, loss) };
}

interface Outset {
  readonly alreadyDone: number;
  readonly estimate: Estimate | null;
  readonly judges: JudgesEstimate | null;
}

function announce(prepared: Prepared, { alreadyDone, estimate, judges }: Outset, { events }: RunEnvironment): void {
  const { config, plan, folder, rows, trials } = prepared;
  const simulated = config.simulation !== null;
  const variants = plan.grid.variants.length;
  const judged = prepared.scorers.filter(({ asks }) => asks !== null).map(({ name }) => name);
  const start = { folder: folder.path, rows, variants, trials, alreadyDone, simulated };
  events.onStart?.({ ...start, judged, judges, estimate });
}
