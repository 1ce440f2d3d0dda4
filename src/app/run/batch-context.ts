import type { UnpricedAnswer } from '../../engine/answer-cost.ts';
import type { Executor } from '../../engine/execute.ts';
import type { BatchConfig } from '../config/run-config.ts';
import type { CallPhase } from './call-context.ts';
import type { PlanExecutor } from './plan-executor.ts';

/** What batches are made with. */
export interface BatchPhase extends CallPhase {
  readonly batch: BatchConfig;
  /** Asks trials one by one. */
  readonly live: PlanExecutor;
  /** By the names of their providers. */
  readonly executors: ReadonlyMap<string, Executor>;
  readonly onUnpriced: (answer: UnpricedAnswer) => void;
}
