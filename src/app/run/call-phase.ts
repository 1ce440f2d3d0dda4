import type { Result } from '../../core/result.ts';
import type { Trial } from '../../core/trial.ts';
import { Account } from '../../engine/account.ts';
import type { StepAside } from '../../engine/aside.ts';
import { CallSlots } from '../../engine/call-slots.ts';
import { Executor } from '../../engine/execute.ts';
import { Pauses } from '../../engine/pauses.ts';
import { runPool } from '../../engine/pool.ts';
import { Rates } from '../../engine/rates.ts';
import { Refusals } from '../../engine/refusals.ts';
import { SingleFlight } from '../../engine/single-flight.ts';
import { ofModel, type PaceLimits } from '../config/run-config.ts';
import { modelAccountId } from '../endpoints/account-id.ts';
import type { Lane } from '../endpoints/lanes.ts';
import { needsOf } from '../endpoints/needs.ts';
import { isLimited } from '../endpoints/rate-books.ts';
import type { Plan } from '../plan/plan-stream.ts';
import type { BatchPhase } from './batch-context.ts';
import type { CallPhase } from './call-context.ts';
import { type OpenTrial, openTrials } from './lane-trials.ts';
import type { LiveResults } from './live-results.ts';
import type { PlanExecutor } from './plan-executor.ts';
import { courierOf } from './queue-calls.ts';
import { UnpricedAnswers } from './unpriced-answers.ts';

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
  /** Carries out what is open of a plan, by the executor of the run; see `PlanExecutor`. */
  readonly make: (plan: Plan, live?: LiveResults | null) => Promise<void>;
  readonly carryOut: CarryOut;
  /** Calls that must go before others; null if none. */
  readonly first: FirstCalls | null;
  /** Call this when all calls of the session are over: it stops the run if variants were stopped before their end. */
  readonly conclude: () => void;
}

/**
 * Calls that an earlier session left, and whose answers may have come since. A budget counts them at their most until
 * they are taken, and must not refuse others meanwhile.
 */
export interface FirstCalls {
  readonly has: (trialId: string) => boolean;
  /** True once such a trial has a result of this session. */
  readonly hasTaken: (trialId: string) => boolean;
  /** Carries out those of a plan. */
  readonly make: (plan: Plan) => Promise<void>;
}

/** Opens the path that calls go through. */
export function openCalls(phase: CallPhase): Calls {
  const { lanes, journal, config, control, clock, events } = phase;
  const refusals = new Refusals(control, clock);
  const unpriced = new UnpricedAnswers(lanes, (text) => events.onWarning?.(text));
  const shared = { refusals, unpriced, flights: new SingleFlight() };
  const executors = new Map(lanes.map((lane) => [lane.provider.name, openExecutor(phase, lane, shared)]));
  const { awaited } = phase.holds;
  const taken = new Set<string>();
  const carryOut: CarryOut = async (trial, stepAside, onStored) => {
    const executor = executors.get(trial.variant.model.provider);
    const executing = executor?.execute(trial, stepAside) ?? null;
    const result = executing instanceof Promise ? await executing : executing;
    if (result === null) return null;
    await journal.append(result);
    const noting = executor?.stored(trial.id);
    if (noting !== undefined) await noting;
    if (awaited.has(trial.id)) taken.add(trial.id);
    onStored?.(result);
    return result;
  };
  const work: Work = ({ trial, place, row }, stepAside) =>
    carryOut(trial, stepAside, (result) => {
      events.onResult?.(result);
      row?.settle(place, result);
    });
  const isLeft = (trialId: string): boolean => !taken.has(trialId);
  const isFirst = (trialId: string): boolean => awaited.has(trialId) && isLeft(trialId);
  const beforeOthers = liveExecutor(phase, { refusals, work, isWanted: isFirst });
  const oneByOne = liveExecutor(phase, { refusals, work, isWanted: isLeft });
  const { batch } = config;
  const executor =
    batch === null
      ? oneByOne
      : inBatches({
          ...phase,
          batch,
          live: oneByOne,
          executors,
          onUnpriced: (answer, lane) => unpriced.note(answer, lane),
        });
  return {
    carryOut,
    first:
      phase.budget === null || awaited.size === 0
        ? null
        : {
            has: (trialId) => awaited.has(trialId),
            hasTaken: (trialId) => taken.has(trialId),
            make: (plan) => beforeOthers.make(plan, null),
          },
    conclude: () => refusals.conclude(),
    make: (plan, live = null) => executor.make(plan, live),
  };
}

/** Asks trials in batches. Loaded on demand, as few runs do. */
function inBatches(phase: BatchPhase): PlanExecutor {
  return {
    make: async (plan, live) => {
      const { batchExecutor } = await import('./batch-phase.ts');
      await batchExecutor(phase).make(plan, live);
    },
  };
}

/** How the trials of an executor are carried out, and which of them. */
interface LiveWork {
  readonly refusals: Refusals;
  readonly work: Work;
  readonly isWanted: (trialId: string) => boolean;
}

/** Asks trials one by one. */
function liveExecutor(
  { config, lanes, journal, control }: CallPhase,
  { refusals, work, isWanted }: LiveWork,
): PlanExecutor {
  const { concurrency } = config;
  return {
    make: async (plan, live) => {
      const { only, grid } = plan;
      const { variants } = grid;
      refusals.expect(only === undefined ? variants : variants.filter(({ index }) => only.has(index)), variants);
      const runs = lanes.map((lane) => {
        const batches = openTrials({ journal, config }, { plan, lane, live, isWanted });
        return runPool({ batches, work, concurrency, control });
      });
      for (const outcome of await Promise.allSettled(runs)) {
        if (outcome.status === 'rejected') throw outcome.reason;
      }
    },
  };
}

/** Carries out one trial of the pool. */
type Work = (open: OpenTrial, stepAside: StepAside) => Promise<Result | null>;

/** State shared by the executors of a session. */
interface Shared {
  readonly refusals: Refusals;
  readonly unpriced: UnpricedAnswers;
  readonly flights: SingleFlight;
}

function openExecutor(phase: CallPhase, lane: Lane, { refusals, unpriced, flights }: Shared): Executor {
  const { config, control, clock, random, budget, cache, events, queue, rates: books } = phase;
  const { provider, priceOf, currency } = lane;
  // With a queue, it matters which calls a session left open: their answers may wait there.
  const isExact = budget !== null || queue !== null;
  const holds = isExact ? phase.holds.exact(currency ?? '') : phase.holds.bound(currency ?? '');
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
    courier: queue === null ? null : courierOf(queue, provider.name, currency),
    priceOf,
    timeoutMs: queue === null ? timeoutMs : Infinity,
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
    onUnpriced: (answer) => unpriced.note(answer, lane),
    accountsOf: (model) => accounts.get(model) ?? ofAll,
    isCacheable: ({ variant }) => isForAll || variant.temperature === 0,
    needOf: needsOf(config, lane),
  });
}
