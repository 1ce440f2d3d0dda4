import { normalTail } from './normal.ts';
import { wholeSignTail } from './sign-sums.ts';

/** What Wilcoxon's test found. */
interface WilcoxonTest {
  /** Two-sided, from 0 to 1. */
  readonly pValue: number;
  /** Differences that are not 0. */
  readonly n: number;
  /** Whether all signs were gone through, or the sum of ranks was taken for normal. */
  readonly method: 'exact' | 'normal';
}

/** Up to so many differences, no two of one size, all signs are gone through. */
const MOST_EXACT = 50;
/** Sizes that differ by less than this share of the largest are one size, which rounding has parted; 0 likewise. */
const ROUNDING = 1e-12;

/**
 * Wilcoxon's signed-rank test of differences that lie about 0, two-sided: it goes by the order of their sizes alone.
 * F. Wilcoxon, "Individual Comparisons by Ranking Methods", Biometrics Bulletin 1 (1945), 80–83; differences of 0 left
 * out, without correction for continuity. As scipy.stats.wilcoxon, with the method 'exact' up to 50 differences of which
 * no two have one size, else 'asymptotic', with middle ranks and the variance corrected for ties.
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
  // The sum of ranks with their signs has four times the variance of that of the ranks above 0.
  const variance = (n * (n + 1) * (2 * n + 1)) / 6 - ties / 12;
  return { pValue: Math.min(1, 2 * normalTail(reached / Math.sqrt(variance))), n, method: 'normal' };
}

/** What ranks add up to with their signs; `ties`: the cube of how many share a size less that number, added up. */
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
