import { normalTail } from './normal.ts';
import { wholeSignTail } from './sign-sums.ts';

/** Result of Wilcoxon's test. */
interface WilcoxonTest {
  /** Two-sided, from 0 to 1. */
  readonly pValue: number;
  /** Non-zero differences. */
  readonly n: number;
  /** Whether all signs were enumerated, or the sum of ranks was treated as normal. */
  readonly method: 'exact' | 'normal';
}

/** Up to this many differences without ties, all signs are enumerated. */
const MOST_EXACT = 50;
/** Sizes that differ by less than this share of the largest are ties split by rounding; 0 likewise. */
const ROUNDING = 1e-12;

/**
 * Wilcoxon's signed-rank test of differences, two-sided: it uses only the order of their sizes. F. Wilcoxon,
 * "Individual Comparisons by Ranking Methods", Biometrics Bulletin 1 (1945), 80–83; differences of 0 left out, without
 * continuity correction. As scipy.stats.wilcoxon, with the method 'exact' up to 50 differences without ties, else
 * 'asymptotic', with average ranks and the variance corrected for ties.
 * @param differences finite
 */
export function wilcoxonSignedRank(differences: Float64Array): WilcoxonTest {
  const largest = differences.reduce((most, difference) => Math.max(most, Math.abs(difference)), 0);
  const least = largest * ROUNDING;
  const ranked = differences.filter((difference) => Math.abs(difference) > least);
  const n = ranked.length;
  if (n === 0) return { pValue: 1, n, method: 'exact' };
  const { signedSum, ties } = signedRanks(ranked, least);
  const reached = Math.abs(signedSum);
  if (n <= MOST_EXACT && ties === 0) {
    const ranks = Float64Array.from({ length: n }, (_, index) => index + 1);
    return { pValue: wholeSignTail(ranks, reached), n, method: 'exact' };
  }
  // The signed rank sum has four times the variance of the sum of positive ranks.
  const variance = (n * (n + 1) * (2 * n + 1)) / 6 - ties / 12;
  return { pValue: Math.min(1, 2 * normalTail(reached / Math.sqrt(variance))), n, method: 'normal' };
}

/** Sum of the signed ranks; `ties`: sum of t³ - t over groups of t tied sizes. */
function signedRanks(
  differences: Float64Array,
  rounding: number,
): { readonly signedSum: number; readonly ties: number } {
  const above = differences.filter((difference) => difference > 0).toSorted();
  const below = differences
    .filter((difference) => difference < 0)
    .map((difference) => -difference)
    .toSorted();
  let [signedSum, ties] = [0, 0];
  let [nextAbove, nextBelow] = [0, 0];
  while (nextAbove < above.length || nextBelow < below.length) {
    const size = Math.min(above[nextAbove] ?? Infinity, below[nextBelow] ?? Infinity) + rounding;
    const [fromAbove, fromBelow] = [nextAbove, nextBelow];
    while ((above[nextAbove] ?? Infinity) <= size) nextAbove += 1;
    while ((below[nextBelow] ?? Infinity) <= size) nextBelow += 1;
    const [countAbove, countBelow] = [nextAbove - fromAbove, nextBelow - fromBelow];
    const count = countAbove + countBelow;
    signedSum += (countAbove - countBelow) * (fromAbove + fromBelow + (count + 1) / 2);
    ties += (count - 1) * count * (count + 1);
  }
  return { signedSum, ties };
}
