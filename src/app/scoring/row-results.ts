import type { CompletedResult, Result } from '../../core/result.ts';
import type { Scorer } from '../../core/scorer.ts';

const NONE: readonly CompletedResult[] = [];

/** The answers among a row's results, where a scorer compares answers; else none, for nobody looks at them. */
export function peersOf(results: readonly (Result | null)[], scorers: readonly Scorer[]): readonly CompletedResult[] {
  if (!scorers.some(({ asks }) => asks?.compares === true)) return NONE;
  return results.filter((result) => result?.status === 'completed');
}
