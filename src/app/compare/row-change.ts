import { flipDirection } from '../../core/compare/worst-flips.ts';
import { isAtLeast, isAtMost } from '../../core/rounding.ts';
import type { VariantPair } from './variant-pairs.ts';

/** What one scorer says of a row on both sides. */
export interface RowChange {
  /** Mean scores of its answers. */
  readonly baseScore: number;
  readonly candidateScore: number;
  /** Whether it passed in at least half of its answers. */
  readonly hadPassed: boolean;
  readonly passes: boolean;
  /** True if all answers are the same texts on both sides. */
  readonly hasSameAnswers: boolean;
  /** True if the base's answers disagree. */
  readonly isFlaky: boolean;
  /** How it flipped; null if it did not. */
  readonly direction: 'worse' | 'better' | null;
}

/** Passed in half of the cases. */
const MOST = 0.5;

/**
 * Compares a row's scores by one scorer. A row whose answers and score are the same has not changed, also where the two
 * sides pass from different values on.
 * @returns null if one side could not be scored
 */
export function rowChange({ base, candidate }: VariantPair, row: number, scorer: number): RowChange | null {
  const [baseScore, candidateScore] = [base.score(row, scorer), candidate.score(row, scorer)];
  if (baseScore === null || candidateScore === null) return null;
  const hasSameAnswers = base.hasSameAnswers(candidate, row);
  const isSame = hasSameAnswers && isAtLeast(candidateScore, baseScore) && isAtMost(candidateScore, baseScore);
  const after = candidate.passedShare(row, scorer);
  const passed = [isSame ? after : base.passedShare(row, scorer), after] as const;
  return {
    baseScore,
    candidateScore,
    hadPassed: passed[0] >= MOST,
    passes: passed[1] >= MOST,
    hasSameAnswers,
    isFlaky: passed[0] > 0 && passed[0] < 1,
    direction: flipDirection([baseScore, candidateScore], passed),
  };
}
