import type { Plan } from '../plan/plan-stream.ts';
import type { LiveResults } from './live-results.ts';

/**
 * Who carries out a plan's trials: one by one (`call-phase.ts`), with the calls made from here or by the workers of a
 * queue (`queue-calls.ts`), or in batches (`batch-phase.ts`). Plan, journal, results, scores, budget and resume are the
 * same for all.
 */
export interface PlanExecutor {
  /**
   * Puts a result into the journal for every open trial of a plan, unless the run is stopped first. Each endpoint has its
   * own pace, so none delays another.
   * @param live makes the result files meanwhile; null if they are made later
   */
  readonly make: (plan: Plan, live: LiveResults | null) => Promise<void>;
}
