import { studentQuantile } from './student.ts';
import type { Interval } from './wilson.ts';

/** What differences belong together, and how often the interval is to hold. */
export interface PairedMeanOptions {
  /** Cluster of each difference, from 0, as long as the differences; without it each stands alone. */
  readonly clusters?: Uint32Array | undefined;
  /** Share of such intervals that are to hold the true mean, above 0 and below 1; default 0.95. */
  readonly level?: number;
}

/** A mean of differences and how well it is known, in their unit. */
export interface PairedMean {
  readonly mean: number;
  /** From 0, where all differences are equal, or all clusters' sums. */
  readonly standardError: number;
  /** Degrees of freedom of Student's distribution: one less than there are clusters. */
  readonly df: number;
  readonly interval: Interval;
}

/**
 * Mean of differences between two on the same rows. Differences in one cluster may go together in any way.
 * E. Miller, "Adding Error Bars to Evals" (arXiv 2411.00640), 2.2 (clustered errors) and 4.2 (paired differences), with
 * the factor k / (k - 1) for k clusters: A. C. Cameron and D. L. Miller, "A Practitioner's Guide to Cluster-Robust
 * Inference", Journal of Human Resources 50 (2015), (11) and (12). Alone, differences have the error of a plain mean.
 * @param differences finite, by row
 * @returns null for fewer than two differences or clusters, whose spread is not known
 */
export function pairedMeanInterval(
  differences: Float64Array,
  { clusters, level = 0.95 }: PairedMeanOptions,
): PairedMean | null {
  const n = differences.length;
  let sum = 0;
  for (const difference of differences) sum += difference;
  const mean = sum / n;
  const { squares, count } =
    clusters === undefined ? aloneAbout(mean, differences) : sumsAbout(mean, differences, clusters);
  if (count < 2) return null;
  const standardError = Math.sqrt((squares * count) / (count - 1)) / n;
  const margin = studentQuantile((1 + level) / 2, count - 1) * standardError;
  return { mean, standardError, df: count - 1, interval: { low: mean - margin, high: mean + margin } };
}

/** Squared deviations of a number of clusters, added up. */
interface Squares {
  readonly squares: number;
  readonly count: number;
}

function aloneAbout(mean: number, differences: Float64Array): Squares {
  let squares = 0;
  for (const difference of differences) squares += (difference - mean) ** 2;
  return { squares, count: differences.length };
}

function sumsAbout(mean: number, differences: Float64Array, clusters: Uint32Array): Squares {
  let last = 0;
  for (const cluster of clusters) if (cluster > last) last = cluster;
  const sums = new Float64Array(last + 1);
  const isThere = new Uint8Array(last + 1);
  for (const [index, difference] of differences.entries()) {
    const cluster = clusters[index] ?? 0;
    sums[cluster] = (sums[cluster] ?? 0) + difference - mean;
    isThere[cluster] = 1;
  }
  let [squares, count] = [0, 0];
  for (const deviation of sums) squares += deviation * deviation;
  for (const there of isThere) count += there;
  return { squares, count };
}
