import type { CompletedResult, Result } from '../../core/result.ts';
import type { Scorer } from '../../core/scorer.ts';

const NONE: readonly CompletedResult[] = [];

/** True where a scorer compares the answers to a row with each other, so that all of them are needed at once. */
export function comparesAnswers(scorers: readonly Scorer[]): boolean {
  return scorers.some(({ asks }) => asks?.compares === true);
}

/** The answers among a row's results, where a scorer compares answers; else none, for nobody looks at them. */
export function peersOf(results: readonly (Result | null)[], scorers: readonly Scorer[]): readonly CompletedResult[] {
  if (!comparesAnswers(scorers)) return NONE;
  return results.filter((result) => result?.status === 'completed');
}
