import type { Result } from '../../core/result.ts';
import { type Trial, trialDigest } from '../../core/trial.ts';
import { DigestMap } from '../../io/digest-map.ts';
import { type ForeignResults, NO_FOREIGN } from '../../store/foreign-results.ts';
import type { Journal } from '../../store/journal.ts';
import { readForeignLines } from '../../store/journal-reader.ts';
import type { OpenConfig } from '../config/run-config.ts';
import { type Plan, planRows } from './plan-stream.ts';

/** Where results are in a journal, open or not. */
type Indexed = Pick<Journal, 'index'>;

/**
 * True if a trial of a plan must run: it has no result, its error is to be retried, or it was skipped before. A skip is
 * decided anew, and then the trial is in no plan.
 */
export function isOpen({ id }: Pick<Trial, 'id'>, { index }: Indexed, { retryErrored }: OpenConfig): boolean {
  const status = index.get(id)?.status;
  return status === undefined || status === 'skipped' || (retryErrored && status === 'errored');
}

/** True if a trial with such a result will probably run anyway: with a race, skipped trials will not. */
export function isOpenStatus(status: Result['status'], { retryErrored, race }: OpenConfig): boolean {
  return status === 'skipped' ? race === null : retryErrored && status === 'errored';
}

/** What a journal holds for a plan. */
interface DoneCount {
  /** Trials of the plan that have a result. */
  readonly done: number;
  /** Journal results that belong to no trial of the plan. */
  readonly foreign: number;
}

/** Counts completed trials; reads the plan only if the journal holds anything. */
export async function countDone(plan: Plan, { index }: Indexed, config: OpenConfig): Promise<DoneCount> {
  const { asked, size } = index;
  if (size === 0) return { done: 0, foreign: 0 };
  let [done, found] = [0, 0];
  for await (const { trials } of planRows(plan)) {
    for (const { id } of trials) {
      const status = index.get(id)?.status;
      if (status === undefined) continue;
      found += 1;
      if (!isOpenStatus(status, config)) done += 1;
    }
  }
  return { done, foreign: asked - found };
}

/** The results of no trial of a plan, with their lines. @param path of the journal, which only this process writes */
export async function findForeign(plan: Plan, { index }: Indexed, path: string): Promise<ForeignResults> {
  const own = new DigestMap();
  for await (const { trials } of planRows(plan)) {
    for (const { id } of trials) if (index.get(id) !== undefined) own.set(trialDigest(id), 1);
  }
  const trials = index.asked - own.size;
  if (trials <= 0) return NO_FOREIGN;
  return { trials, lines: await readForeignLines(path, (id) => own.get(trialDigest(id)) !== undefined) };
}
