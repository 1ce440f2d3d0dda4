import { BudgetError } from '../../core/budget-error.ts';
import { type ErrorCount, ErrorTally } from '../../core/error-tally.ts';
import { PilotError, UsageError } from '../../core/errors.ts';
import type { Estimate, JudgesEstimate } from '../../core/estimate.ts';
import { paidInAll } from '../../core/paid.ts';
import { countTrials } from '../../core/plan.ts';
import { rowsForPrecision } from '../../core/stats/forecast.ts';
import { spreadOrder } from '../../core/stats/spread-order.ts';
import { remedyOf } from '../../reporters/errors.ts';
import type { Journal } from '../../store/journal.ts';
import { JournalReader } from '../../store/journal-reader.ts';
import type { RecordedCalls } from '../../store/recorded-calls.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import type { MoneyConfig, RunConfig } from '../config/run-config.ts';
import { type AccountBalance, readBalances } from '../endpoints/balances.ts';
import type { RunEnvironment } from '../environment.ts';
import { countFor, estimateFrom } from '../forecast/basis.ts';
import type { CountedRows } from '../forecast/counted-rows.ts';
import type { GridEstimate } from '../forecast/grid-estimate.ts';
import { estimateJudges } from '../forecast/judges.ts';
import type { EstimateOptions } from '../forecast/options.ts';
import type { PaidSoFar } from '../forecast/paid.ts';
import { jointPilot } from '../forecast/total.ts';
import { countDone } from '../plan/open-trials.ts';
import { type Plan, planRows } from '../plan/plan-stream.ts';
import type { Calls } from '../run/call-phase.ts';
import { finish, withBooks } from '../run/finish.ts';
import { askJudges } from '../run/judge-phase.ts';
import { describeEnd, type RunOutcome } from '../run/outcome.ts';
import type { Prepared } from '../run/prepare.ts';
import { beginBook, inRunFolder } from '../run/session.ts';
import { paidBefore } from '../run/session-estimate.ts';
import type { EstimateOutcome } from './outcome.ts';

/** First number of rows if only a precision is requested. */
const FIRST_ROWS = 20;
/** Most rows that a precision alone may run; a larger pilot needs an explicit row count. */
const MOST_ROWS = 200;

/**
 * Runs a few rows, spread over prompt lengths, in the run's own folder, so that the run does not repeat them; then
 * estimates.
 * @throws PilotError if no call got an answer
 */
export async function runPilot(
  given: RunConfig,
  options: EstimateOptions,
  environment: RunEnvironment,
): Promise<EstimateOutcome> {
  const { batch } = given;
  const isGated = isHeldToMaxCost(given, options);
  const config = isGated ? { ...given, budget: options.maxCost } : given;
  // A pilot is to say something soon.
  return inRunFolder({ ...config, batch: null }, environment, {
    refuse: (rows) => checkPilotRows(rows, options.pilotRows ?? 0),
    work: async (prepared) => {
      const { books, outcome } = await withBooks(prepared, environment, ({ journal, holds }, calls) =>
        askPilot({ prepared, journal, holds, options, environment, batch }, calls),
      );
      const finished = await finish(prepared, books, environment, { stopped: [], live: null, isPilot: true });
      return outcomeOf(prepared, outcome, { finished, environment });
    },
  }).catch((error: unknown) => {
    throw isGated && error instanceof BudgetError ? unaffordable(error) : error;
  });
}

/** True if a pilot may spend no more than the gate allows the whole run: no other budget is lower. */
export function isHeldToMaxCost({ budget }: MoneyConfig, { maxCost }: EstimateOptions): boolean {
  return maxCost !== null && (budget === null || maxCost < budget);
}

function unaffordable({ message, hint }: BudgetError): BudgetError {
  return new BudgetError(`--max-cost is the budget of the pilot, too: ${message}`, {
    hint: `${hint}; or run the pilot without --max-cost`,
  });
}

/** @throws UsageError if a pilot would have more rows than the dataset */
function checkPilotRows(rows: number, wanted: number): void {
  if (wanted <= rows) return;
  throw new UsageError(`--pilot ${wanted} is more than the ${rows} rows that take part`, {
    hint: 'give fewer, such as --pilot 20; promptgrid run runs all of them',
  });
}

interface PilotContext {
  readonly prepared: Prepared;
  readonly journal: Journal;
  readonly holds: RecordedCalls;
  readonly options: EstimateOptions;
  readonly environment: RunEnvironment;
  /** Of the run that is estimated. */
  readonly batch: RunConfig['batch'];
}

interface AskedPilot {
  readonly estimate: Estimate;
  readonly counted: CountedRows;
  readonly balances: readonly AccountBalance[];
  readonly rows: number;
  readonly rowsNeeded: number | null;
}

async function askPilot(context: PilotContext, calls: Calls): Promise<AskedPilot> {
  const { prepared, journal, options } = context;
  const { plan, facts, folder } = prepared;
  const config = { ...prepared.config, batch: context.batch };
  const { lanes } = prepared.lanes;
  const reader = await JournalReader.of(folder.file(RUN_FILES.journal), journal.index);
  try {
    const counted = await countFor({ config, options, plan, journal: reader });
    await beginBook(prepared, journal, (await countDone(plan, journal, config)).foreign);
    const order = spreadOrder(Uint32Array.from(counted.lengthsOf(firstVariant(prepared))), plan.selection.seed);
    const chosen = new Set<number>();
    const estimateAt = (paid: PaidSoFar): Promise<GridEstimate> =>
      estimateFrom({ config, options, plan, facts, lanes, counted, journal: reader, paid });
    let wanted = Math.min(options.pilotRows ?? FIRST_ROWS, counted.counted);
    for (;;) {
      for (const place of take(order, wanted - chosen.size)) chosen.add(counted.ordinals[place] ?? place);
      await callRows(context, calls.make, chosen);
      const paid = await paidByNow(context);
      const grid = await estimateAt(paid);
      if (grid.parts.every(({ pilot }) => pilot.size === 0)) await refuseUnanswered(context, reader, chosen);
      const needed = rowsNeeded(grid, options, Math.max(1, counted.tagColumns.length));
      const next = needed === null ? null : nextSize({ needed, asked: chosen.size, rows: counted.counted }, options);
      if (next === null || context.environment.control.reason !== null) {
        const judges = await judgePilot(context, calls, { reader, chosen });
        const paidNow = await paidByNow(context);
        // Calls to judges that were lost count with the answers.
        const { estimate: own } = paidNow.lost.calls === paid.lost.calls ? grid : await estimateAt(paidNow);
        const estimate = { ...own, judges };
        const balances = await readBalances(lanes);
        return { estimate, counted, balances, rows: chosen.size, rowsNeeded: needed };
      }
      wanted = next;
    }
  } finally {
    await reader.close();
  }
}

/** Runs the judges on the pilot's answers once its rows are settled, and estimates their cost over all rows. */
async function judgePilot(
  context: PilotContext,
  calls: Calls,
  { reader, chosen }: { readonly reader: JournalReader; readonly chosen: ReadonlySet<number> },
): Promise<JudgesEstimate | null> {
  const { prepared, journal, options, environment } = context;
  const { plan, lanes } = prepared;
  const trials = countTrials(plan.grid, chosen.size);
  await askJudges({ ...prepared, plan: { ...plan, chosen }, trials }, journal, environment, calls);
  const paid = await paidByNow(context);
  return estimateJudges({ ...prepared, lanes: lanes.lanes, journal: reader, options, paid });
}

async function paidByNow({ prepared, journal: { loss }, holds }: PilotContext): Promise<PaidSoFar> {
  return paidBefore(prepared, holds, loss);
}

function firstVariant({ plan }: Prepared): Prepared['plan']['grid']['variants'][number] {
  const [variant] = plan.grid.variants;
  if (variant === undefined) throw new RangeError('the grid has no variant');
  return variant;
}

/** The next values, at most this many; the iterator stays open for more. */
function take(order: Iterator<number, undefined>, count: number): readonly number[] {
  const taken: number[] = [];
  while (taken.length < count) {
    const next = order.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

async function callRows(
  { prepared, journal, environment }: PilotContext,
  make: Calls['make'],
  chosen: ReadonlySet<number>,
): Promise<void> {
  const { config, folder } = prepared;
  const { variants, repeats } = prepared.plan.grid;
  const plan = { ...prepared.plan, chosen };
  const trials = chosen.size * variants.length * repeats;
  const { done: alreadyDone } = await countDone(plan, journal, config);
  const start = { rows: chosen.size, variants: variants.length, trials, alreadyDone };
  const simulated = config.simulation !== null;
  environment.events.onStart?.({ ...start, folder: folder.path, simulated, judged: [], judges: null, estimate: null });
  await make(plan);
}

/** A run that ended early reports its own reason. @throws PilotError with the most common reason */
async function refuseUnanswered(
  { environment, prepared }: PilotContext,
  reader: JournalReader,
  chosen: ReadonlySet<number>,
): Promise<void> {
  if (environment.control.reason !== null) return;
  const [commonest] = await errorsOf({ ...prepared.plan, chosen }, reader);
  const remedy = commonest === undefined ? null : remedyOf(commonest.code);
  const why = commonest === undefined ? '' : `: ${commonest.count} × ${commonest.code}: ${commonest.reason}`;
  throw new PilotError(`no call of the pilot got an answer, so nothing is known of answers${why}`, {
    hint: remedy ?? 'retry with the same command and --retry-errored',
  });
}

/** Why trials of a plan errored, the most common reason first. */
async function errorsOf(plan: Plan, reader: JournalReader): Promise<readonly ErrorCount[]> {
  const errors = new ErrorTally();
  for await (const { trials } of planRows(plan)) {
    for (const { id, variant } of trials) {
      const result = await reader.read(id);
      if (result?.status !== 'errored') continue;
      errors.add({ variant: variant.index, trialId: id, code: result.errorCode, message: result.errorMessage });
    }
  }
  return errors.counts();
}

/** Rows needed for the requested precision; null if it is reached, or none was requested. */
function rowsNeeded(
  { estimate, parts }: GridEstimate,
  { precision, level, plannedRows }: EstimateOptions,
  tagColumns: number,
): number | null {
  if (precision === null || plannedRows !== null) return null;
  let most = 0;
  let asked = 0;
  for (const { currency, cost } of estimate.costs) {
    if (cost.expected === null) continue;
    const paidIn = parts.filter((part) => part.estimate.currency === currency);
    const pilot = jointPilot(paidIn, ({ completionRate }) => completionRate);
    const population = paidIn[0]?.population;
    if (pilot === null || population === undefined) continue;
    const spent = pilot.reduce((sum, { y }) => sum + y, 0);
    const ahead = paidIn.reduce((sum, part) => sum + (part.forecast?.expected ?? 0) * (part.completionRate ?? 0), 0);
    // The range is of completions; the requested share is of the whole cost.
    const share = (precision * Number(cost.expected)) / Math.max(1, spent + ahead);
    most = Math.max(most, rowsForPrecision(pilot, population, { level, cap: null, precision: share, tagColumns }));
    asked = Math.max(asked, pilot.length);
  }
  return most > asked ? most : null;
}

interface PilotSize {
  readonly needed: number;
  readonly asked: number;
  /** Rows in total. */
  readonly rows: number;
}

/** Total rows to run next; null to stop here. */
function nextSize({ needed, asked, rows }: PilotSize, { pilotRows }: EstimateOptions): number | null {
  const most = Math.min(rows, Math.max(MOST_ROWS, pilotRows ?? 0));
  const next = Math.min(most, Math.max(needed, asked + 1));
  return needed > most || next <= asked ? null : next;
}

function outcomeOf(
  { config, folder }: Prepared,
  { estimate, counted, balances, rows, rowsNeeded: needed }: AskedPilot,
  { finished, environment }: { readonly finished: RunOutcome; readonly environment: RunEnvironment },
): EstimateOutcome {
  const { summary, kept } = finished;
  const paid = summary === null ? kept : paidInAll(summary);
  const stopped = environment.control.reason;
  return {
    estimate,
    balances,
    countedRows: counted.counted,
    expectedTokens: counted.expectedTokens,
    concurrency: config.concurrency,
    simulated: finished.simulated,
    pilot: {
      folder: folder.path,
      rows,
      paid: paid?.costs ?? [],
      unknownCosts: paid?.unknownCosts ?? 0,
      errored: (summary?.total.errored ?? 0) + (summary?.judge?.errored ?? 0),
      errors: summary?.errors ?? [],
      judgeErrors: summary?.judge?.errors ?? [],
      rowsNeeded: needed,
      stopped,
      stoppedBecause: describeEnd(stopped).stoppedBecause,
    },
  };
}
