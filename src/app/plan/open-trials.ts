import type { Result } from '../../core/result.ts';
import type { Trial } from '../../core/trial.ts';
import type { Journal } from '../../store/journal.ts';
import type { OpenConfig } from '../config/run-config.ts';
import { type Plan, planRows } from './plan-stream.ts';

/**
 * True if a trial of a plan is to be asked: it has no result, or an error that is to be tried again, or was left out
 * before: whether it is left out again is decided anew, and then it is in no plan.
 */
export function isOpen(trial: Trial, journal: Journal, { retryErrored }: OpenConfig): boolean {
  const status = journal.index.get(trial.id)?.status;
  return status === undefined || status === 'skipped' || (retryErrored && status === 'errored');
}

/** True if a trial that has such a result is likely to be asked all the same: with a race, what was left out is not. */
export function isOpenStatus(status: Result['status'], { retryErrored, race }: OpenConfig): boolean {
  return status === 'skipped' ? race === null : retryErrored && status === 'errored';
}

/** What a journal has of a plan. */
interface DoneCount {
  /** Trials of the plan that have a result. */
  readonly done: number;
  /** Results of the journal that are of no trial of the plan. */
  readonly foreign: number;
}

/** Counts what is done; reads the plan only where the journal holds anything. */
export async function countDone(plan: Plan, journal: Journal, config: OpenConfig): Promise<DoneCount> {
  const { asked, size } = journal.index;
  if (size === 0) return { done: 0, foreign: 0 };
  let [done, found] = [0, 0];
  for await (const { trials } of planRows(plan)) {
    for (const { id } of trials) {
      const status = journal.index.get(id)?.status;
      if (status === undefined) continue;
      found += 1;
      if (!isOpenStatus(status, config)) done += 1;
    }
  }
  return { done, foreign: asked - found };
}
