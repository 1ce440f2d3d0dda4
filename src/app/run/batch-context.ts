import type { Batches } from '../../core/provider.ts';
import type { UnpricedAnswer } from '../../engine/answer-cost.ts';
import type { GrowingHold } from '../../engine/budget.ts';
import type { Executor } from '../../engine/execute.ts';
import type { KnownBatch } from '../../store/batch-file.ts';
import type { BatchConfig } from '../config/run-config.ts';
import type { Lane } from '../endpoints/lanes.ts';
import type { Plan } from '../plan/plan-stream.ts';
import type { CallPhase } from './call-context.ts';
import type { PlanExecutor } from './plan-executor.ts';

/** What batches are made with. */
export interface BatchPhase extends CallPhase {
  readonly batch: BatchConfig;
  /** Asks trials one by one. */
  readonly live: PlanExecutor;
  /** By the names of their providers. */
  readonly executors: ReadonlyMap<string, Executor>;
  readonly onUnpriced: (answer: UnpricedAnswer, lane: Lane) => void;
}

/** One endpoint with its part of the plan. */
export interface LaneWork {
  readonly plan: Plan;
  readonly lane: Lane;
  readonly executor: Executor;
  readonly batches: Batches;
}

/** A batch that was created and is not over for this run. */
export interface BoughtBatch {
  readonly batch: KnownBatch & { readonly id: string };
  /** null without a budget. */
  readonly hold: GrowingHold | null;
  /** Requests that are over, as far as the API says. */
  readonly done: number;
  /** False while only its number of requests speaks for it: it may be somebody else's. */
  readonly isProven: boolean;
  /** True once its end was asked for. */
  readonly isCancelling: boolean;
  /** Why a batch that is over could not be taken; null while nothing is wrong. */
  readonly fault: BatchFault | null;
}

/** A batch that was not looked at yet. */
export function newlyBought(
  batch: BoughtBatch['batch'],
  { hold, isProven }: Pick<BoughtBatch, 'hold' | 'isProven'>,
): BoughtBatch {
  return { batch, hold, isProven, done: 0, isCancelling: false, fault: null };
}

/** What is wrong with a batch that is over. */
export interface BatchFault {
  /** How often in a row it was looked at in vain. */
  readonly looks: number;
  /** A clause. */
  readonly message: string;
}
