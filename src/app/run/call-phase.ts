import type { Result } from '../../core/result.ts';
import type { Trial } from '../../core/trial.ts';
import { Account } from '../../engine/account.ts';
import type { StepAside } from '../../engine/aside.ts';
import type { Budget } from '../../engine/budget.ts';
import { CallSlots } from '../../engine/call-slots.ts';
import type { RunControl } from '../../engine/control.ts';
import { Executor } from '../../engine/execute.ts';
import { Pauses } from '../../engine/pauses.ts';
import { runPool } from '../../engine/pool.ts';
import type { RateBooks } from '../../engine/rate-book.ts';
import { Rates } from '../../engine/rates.ts';
import { Refusals } from '../../engine/refusals.ts';
import type { ResponseCache } from '../../engine/response-cache.ts';
import { SingleFlight } from '../../engine/single-flight.ts';
import type { Clock } from '../../io/clock.ts';
import type { HoldFile } from '../../store/hold-file.ts';
import type { Journal } from '../../store/journal.ts';
import { type CallConfig, type MoneyConfig, type OpenConfig, ofModel, type PaceLimits } from '../config/run-config.ts';
import { modelAccountId } from '../endpoints/account-id.ts';
import type { Lane } from '../endpoints/lanes.ts';
import { needsOf } from '../endpoints/needs.ts';
import { isLimited } from '../endpoints/rate-books.ts';
import type { RunEvents } from '../events.ts';
import { isOpen } from '../plan/open-trials.ts';
import { type Plan, planRows } from '../plan/plan-stream.ts';
import type { LiveResults, LiveRow } from './live-results.ts';
import { UnpricedAnswers } from './unpriced-answers.ts';

/** What the calls of a run need. */
interface CallPhase {
  readonly config: CallConfig & MoneyConfig & OpenConfig;
  readonly lanes: readonly Lane[];
  readonly journal: Journal;
  /** null if the run has none. */
  readonly budget: Budget | null;
  /** Where the possible cost of calls is recorded. */
  readonly holds: HoldFile;
  /** null if answers are not cached. */
  readonly cache: ResponseCache | null;
  /** Where calls are counted for limits; null if the run sets none. */
  readonly rates: RateBooks | null;
  readonly control: RunControl;
  readonly clock: Clock;
  /** From 0 to 1, excluding 1. */
  readonly random: () => number;
  readonly events: RunEvents;
}

/**
 * Runs a trial and stores its result; null if the run ended before it had one. `stepAside` yields its place to others
 * while it waits. `onStored` is called with the result once it is stored.
 */
export type CarryOut = (
  trial: Trial,
  stepAside?: StepAside,
  onStored?: (result: Result) => void,
) => Promise<Result | null>;

/** The calls of a session: limits, pace and what is learned about the endpoints carry over from one to the next. */
export interface Calls {
  /**
   * Makes every remaining call of a plan. Each endpoint has its own pace, so none delays another.
   * @param live makes the result files meanwhile; only with a single endpoint
   */
  readonly make: (plan: Plan, live?: LiveResults | null) => Promise<void>;
  readonly carryOut: CarryOut;
  /** Call this when all calls of the session are over: it stops the run if variants were stopped before their end. */
  readonly conclude: () => void;
}

/** Opens the path that calls go through. */
export function openCalls(phase: CallPhase): Calls {
  const { lanes, journal, config, control, clock, events } = phase;
  const refusals = new Refusals(control, clock);
  const unpriced = new UnpricedAnswers((text) => events.onWarning?.(text));
  const shared = { refusals, unpriced, flights: new SingleFlight() };
  const executors = new Map(lanes.map((lane) => [lane.provider.name, openExecutor(phase, lane, shared)]));
  const carryOut: CarryOut = async (trial, stepAside, onStored) => {
    const executor = executors.get(trial.variant.model.provider);
    const result = (await executor?.execute(trial, stepAside)) ?? null;
    if (result === null) return null;
    await journal.append(result);
    const noting = executor?.stored(trial.id);
    if (noting !== undefined) await noting;
    onStored?.(result);
    return result;
  };
  const work = ({ trial, place, row }: OpenTrial, stepAside: StepAside): Promise<Result | null> =>
    carryOut(trial, stepAside, (result) => {
      events.onResult?.(result);
      row?.settle(place, result);
    });
  return {
    carryOut,
    conclude: () => refusals.conclude(),
    make: async (plan, live = null) => {
      const { concurrency } = config;
      const { only, grid } = plan;
      const { variants } = grid;
      refusals.expect(only === undefined ? variants : variants.filter(({ index }) => only.has(index)), variants);
      const runs = lanes.map((lane) =>
        runPool({ batches: openTrials(phase, { plan, lane, live }), work, concurrency, control }),
      );
      for (const outcome of await Promise.allSettled(runs)) {
        if (outcome.status === 'rejected') throw outcome.reason;
      }
    },
  };
}

/** State shared by the executors of a session. */
interface Shared {
  readonly refusals: Refusals;
  readonly unpriced: UnpricedAnswers;
  readonly flights: SingleFlight;
}

function openExecutor(phase: CallPhase, lane: Lane, { refusals, unpriced, flights }: Shared): Executor {
  const { config, control, clock, random, budget, cache, events, rates: books } = phase;
  const { provider, priceOf, currency } = lane;
  const holds = budget === null ? phase.holds.bound(currency ?? '') : phase.holds.exact(currency ?? '');
  const { timeoutMs, retry, concurrency, isFixedConcurrency: isFixed, limits, modelLimits } = config;
  const ratesOf = (account: string, own: PaceLimits): Rates | null =>
    books === null || !isLimited(own)
      ? null
      : new Rates({ limits: own, book: books.of(account), clock, longestCallMs: timeoutMs });
  const account = new Account({
    concurrency,
    isFixed,
    rates: ratesOf(lane.account, limits),
    clock,
    onConcurrency: (places) => slots.resize(places),
  });
  const slots = new CallSlots(account.concurrency);
  const accounts = new Map<string, readonly Account[]>();
  for (const model of lane.models) {
    const own = ofModel(modelLimits, { provider: provider.name, model });
    if (own === null) continue;
    const rates = ratesOf(modelAccountId(lane.account, model), own);
    accounts.set(model, [new Account({ concurrency, isFixed: true, rates, clock }), account]);
  }
  const pauses = new Pauses({
    stopAfterMs: config.stopAfterWaitMs,
    clock,
    control,
    onPause: (pauseMs, reason) => events.onPause?.({ pauseMs, reason }),
    onWarning: (text) => events.onWarning?.(text),
  });
  const ofAll = [account];
  const isForAll = config.cache?.isForAll ?? false;
  return new Executor({
    provider,
    priceOf,
    timeoutMs,
    retry,
    control,
    clock,
    random,
    budget,
    holds,
    cache,
    slots,
    pauses,
    refusals,
    flights,
    onUnpriced: (answer) => unpriced.note(answer),
    accountsOf: (model) => accounts.get(model) ?? ofAll,
    isCacheable: ({ variant }) => isForAll || variant.temperature === 0,
    needOf: needsOf(config, lane),
  });
}

/** A trial to run. */
interface OpenTrial {
  readonly trial: Trial;
  /** Its place in its row, from 0. */
  readonly place: number;
  /** Where its result is awaited; null if result files are made later. */
  readonly row: LiveRow | null;
}

interface OpenPlan {
  readonly plan: Plan;
  readonly lane: Lane;
  readonly live: LiveResults | null;
}

/** Trials are handed to the pool together, as each batch costs it a few promises. */
const BATCH_TRIALS = 64;

/** The lane's trials that have no result yet, in the order of their rows. */
async function* openTrials(
  { journal, config }: CallPhase,
  { plan, lane: { provider }, live }: OpenPlan,
): AsyncGenerator<readonly OpenTrial[]> {
  // Without one, nobody needs the bytes, which some formats must read in addition.
  const onBytes = live === null ? undefined : (block: Uint8Array): void => live.noteBytes(block);
  let batch: OpenTrial[] = [];
  for await (const planned of planRows(plan, onBytes)) {
    const { trials } = planned;
    const places: number[] = [];
    for (let place = 0; place < trials.length; place++) {
      const trial = trials[place];
      const isOwn = trial?.variant.model.provider === provider.name;
      if (trial !== undefined && isOwn && isOpen(trial, journal, config)) places.push(place);
    }
    const row = live?.expect(planned, places.length) ?? null;
    for (const place of places) {
      const trial = trials[place];
      if (trial !== undefined) batch.push({ trial, place, row });
    }
    const waiting = live?.room();
    // The rows that it waits for may be in this batch.
    if (batch.length >= BATCH_TRIALS || (waiting !== undefined && batch.length > 0)) {
      yield batch;
      batch = [];
    }
    if (waiting !== undefined) await waiting;
  }
  live?.noteEnd();
  if (batch.length > 0) yield batch;
}
