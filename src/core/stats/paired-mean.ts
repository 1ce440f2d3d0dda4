import { boundedMeanInterval, clusterUnits, type MeanUnits, singleUnits } from './bounded-mean.ts';
import { studentQuantile } from './student.ts';
import type { Interval } from './wilson.ts';

/** Scores are from 0 to 1, so two of them differ by at most this. */
export const DIFFERENCE_BOUNDS: Interval = { low: -1, high: 1 };

/** Which differences belong together, and the coverage of the interval. */
interface PairedMeanOptions {
  /** Cluster of each difference, from 0, as long as the differences; without it each is independent. */
  readonly clusters?: Uint32Array | undefined;
  /** Coverage of the interval, above 0 and below 1; default 0.95. */
  readonly level?: number;
}

/** A mean of differences with its uncertainty, in their unit. */
interface PairedMean {
  readonly mean: number;
  /** From 0, which it is if all differences, or all clusters' sums, are equal. */
  readonly standardError: number;
  /** Degrees of freedom of Student's distribution: the number of clusters minus one. */
  readonly df: number;
  /** Valid for any distribution of the differences: `boundedMeanInterval`. */
  readonly interval: Interval;
  /** Student's: valid if no row can differ by much more than the observed ones. It has no width if all are equal. */
  readonly student: Interval;
}

/**
 * Mean of score differences between two on the same rows. Differences in one cluster may be correlated in any way.
 *
 * The standard error is that of E. Miller, "Adding Error Bars to Evals" (arXiv 2411.00640), 2.2 (clustered errors) and
 * 4.2 (paired differences), with the factor k / (k - 1) for k clusters: A. C. Cameron and D. L. Miller, "A
 * Practitioner's Guide to Cluster-Robust Inference", Journal of Human Resources 50 (2015), (11) and (12). Independent
 * differences have the error of a plain mean.
 * @param differences from -1 to 1, by row
 * @returns null for fewer than two differences or clusters, whose spread is unknown
 */
export function pairedMeanInterval(
  differences: Float64Array,
  { clusters, level = 0.95 }: PairedMeanOptions,
): PairedMean | null {
  const n = differences.length;
  const units = clusters === undefined ? singleUnits(differences) : clusterUnits(differences, clusters);
  const count = units.sums.length;
  const interval = boundedMeanInterval(units, { bounds: DIFFERENCE_BOUNDS, level });
  if (count < 2 || interval === null) return null;
  let sum = 0;
  for (const difference of differences) sum += difference;
  const mean = sum / n;
  const standardError = Math.sqrt((squaresAbout(mean, units) * count) / (count - 1)) / n;
  const margin = studentQuantile((1 + level) / 2, count - 1) * standardError;
  return { mean, standardError, df: count - 1, interval, student: { low: mean - margin, high: mean + margin } };
}

/** Sum of squared deviations of the units' sums from the mean times their sizes. */
function squaresAbout(mean: number, { sums, sizes }: MeanUnits): number {
  let squares = 0;
  for (let index = 0; index < sums.length; index++) {
    const apart = (sums[index] ?? 0) - (sizes[index] ?? 0) * mean;
    squares += apart * apart;
  }
  return squares;
}
