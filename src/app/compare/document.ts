import type { Comparison } from '../../core/comparison.ts';

/** The document that `compare --json` prints. Shares and scores are from 0 to 1; unknown values are null. */
export function compareDocument(comparison: Comparison): object {
  const { verdict, pairs, gates, flips, unsound, measures, ...others } = comparison;
  return { verdict, unsound, pairs, measures, gates, flips, ...others };
}
