import type { ClusteredMean } from './clustered-mean.ts';
import { normalQuantile } from './normal.ts';
import { studentQuantile } from './student.ts';
import { type Interval, wilsonOfShare } from './wilson.ts';

/** What is known about the values of a mean. */
export interface MeanIntervalOptions {
  /** Whether every value is 0 or 1, so that the mean is a share. */
  readonly isShare: boolean;
  /** Coverage of the interval, above 0 and below 1; default 0.95. */
  readonly level?: number | undefined;
  /** Bounds of the values; 0 to 1 by default, as for scores, null if unbounded. */
  readonly bounds?: Interval | null | undefined;
}

/** How much an effective sample size relies on the observed spread. */
interface Belief {
  /**
   * Clusters at an end of the bounds that the spread is weighed against: with no more than this, it is hardly visible,
   * and values are assumed to vary as widely as possible. Found by simulation, not from theory (docs/STATISTICS.md).
   */
  readonly prior: number;
  /** The minimum variance, relative to that of independent values of 0 and 1 with this mean. */
  readonly least: number;
}

const SHARES: Belief = { prior: 0.15, least: 1 };
const SCORES: Belief = { prior: 0.05, least: 0 };

/**
 * Interval of a mean over clusters, such as over rows with repeats.
 *
 * It is Wilson's with an effective sample size: the number of independent values of 0 and 1 with the same spread about
 * this mean. That is the number of values divided by the design effect, the ratio of the clustered variance to theirs
 * (E. L. Korn and B. I. Graubard, "Confidence intervals for proportions with small expected number of positive counts
 * estimated from survey data", Survey Methodology 24 (1998); N. Dean and M. Pagano, "Evaluating Confidence Interval
 * Methods for Binomial Proportions in Clustered Surveys", Journal of Survey Statistics and Methodology 3 (2015)). A
 * share with one value in each cluster has Wilson's own interval. Scores between their bounds vary less than 0 and 1
 * would and have a narrower one, with Student's quantile, because their spread is an estimate. If all values are at one
 * end, or nearly, the spread is not informative. Clusters are then assumed to be entirely at one end or the other, so
 * an interval always has a width.
 *
 * Unbounded values have Student's interval with one degree of freedom less than there are clusters.
 * @returns null if nothing is known: no mean, or one cluster that is not a share
 */
export function meanInterval(clustered: ClusteredMean | null, options: MeanIntervalOptions): Interval | null {
  if (clustered === null) return null;
  const upper = (1 + (options.level ?? 0.95)) / 2;
  if (options.isShare) return wilsonOfShare(clustered.mean, effectiveSize(clustered, SHARES), normalQuantile(upper));
  const { standardError, clusters } = clustered;
  if (standardError === null) return null;
  const { bounds = { low: 0, high: 1 } } = options;
  return boundedInterval({ ...clustered, standardError }, studentQuantile(upper, clusters - 1), bounds);
}

/** The interval of a mean with known spread, by a quantile of Student's distribution. */
function boundedInterval(
  clustered: ClusteredMean & { readonly standardError: number },
  quantile: number,
  bounds: Interval | null,
): Interval {
  const { mean, standardError } = clustered;
  const margin = quantile * standardError;
  if (bounds === null) return { low: mean - margin, high: mean + margin };
  const width = bounds.high - bounds.low;
  const place = Math.min(1, Math.max(0, (mean - bounds.low) / width));
  const size = effectiveSize({ ...clustered, mean: place, standardError: standardError / width }, SCORES);
  const { low, high } = wilsonOfShare(place, size, quantile);
  return { low: bounds.low + width * low, high: bounds.low + width * high };
}

/**
 * How many independent values of 0 and 1 would determine their mean as precisely. Clusters of different sizes count
 * like clusters of one size whose values share a cluster equally often (L. Kish, Survey Sampling, 1965). That applies
 * both to enlarging the spread for their number and to relying on it.
 */
function effectiveSize({ mean, standardError, clusters, n, clusterSize }: ClusteredMean, belief: Belief): number {
  const { prior, least } = belief;
  if (clusters === n && least === 1) return n;
  const variance = (mean * (1 - mean)) / (n - 1);
  const worth = n / clusterSize;
  if (standardError === null || variance === 0) return worth;
  const fewer = (worth * (clusters - 1)) / (clusters * (worth - 1));
  const seen = Math.max(least, (fewer * standardError ** 2) / variance);
  const weight = worth * mean * (1 - mean);
  return (n * (weight + prior)) / (weight * seen + prior * clusterSize);
}
