import type { ClusteredMean } from './clustered-mean.ts';
import { normalQuantile } from './normal.ts';
import { studentQuantile } from './student.ts';
import { type Interval, wilsonOfShare } from './wilson.ts';

/** What is known of the values of a mean. */
export interface MeanIntervalOptions {
  /** Whether every value is 0 or 1, so that the mean is a share. */
  readonly isShare: boolean;
  /** Share of such intervals that are to hold the true mean, above 0 and below 1; default 0.95. */
  readonly level?: number | undefined;
  /** What no value lies outside of, and so no mean; 0 to 1 by default, as scores are, null for values without bounds. */
  readonly bounds?: Interval | null | undefined;
}

/**
 * What the clusters' own spread is set against, in clusters that failed: with no more than this, how alike the values of
 * a cluster are is hardly to be seen, and they are taken for wholly alike. Not from theory; found by simulation.
 */
const PRIOR_CLUSTERS = 0.15;

/**
 * Interval of a mean over clusters, such as over rows with repeats.
 *
 * A share has Wilson's interval with an effective sample size: values divided by the design effect, which is how many
 * times the clustered variance is that of independent values (E. L. Korn and B. I. Graubard, "Confidence intervals for
 * proportions with small expected number of positive counts estimated from survey data", Survey Methodology 24 (1998);
 * N. Dean and M. Pagano, "Evaluating Confidence Interval Methods for Binomial Proportions in Clustered Surveys", Journal
 * of Survey Statistics and Methodology 3 (2015)). The design effect is at least 1, and the fewer clusters have failed or
 * passed, the more it is drawn towards that of clusters which pass or fail as one; where all values are the same it is
 * that. With one value in each cluster the interval is Wilson's own. How often it holds: docs/STATISTICS.md.
 *
 * Other means have Student's interval with one degree of freedom less than there are clusters.
 * @returns null where nothing is known: no mean, or one cluster and no share
 */
export function meanInterval(clustered: ClusteredMean | null, options: MeanIntervalOptions): Interval | null {
  if (clustered === null) return null;
  const upper = (1 + (options.level ?? 0.95)) / 2;
  if (options.isShare) return wilsonOfShare(clustered.mean, effectiveSize(clustered), normalQuantile(upper));
  const { mean, standardError, clusters } = clustered;
  if (standardError === null) return null;
  const margin = studentQuantile(upper, clusters - 1) * standardError;
  return within({ low: mean - margin, high: mean + margin }, options.bounds);
}

function within({ low, high }: Interval, bounds: Interval | null = { low: 0, high: 1 }): Interval {
  return bounds === null ? { low, high } : { low: Math.max(bounds.low, low), high: Math.min(bounds.high, high) };
}

/** How many independent values of 0 or 1 would tell as much of their share. */
function effectiveSize({ mean, standardError, clusters, n, clusterSize }: ClusteredMean): number {
  if (clusters === n) return n;
  const variance = (mean * (1 - mean)) / (n - 1);
  if (standardError === null || variance === 0) return n / clusterSize;
  const seen = Math.max(1, standardError ** 2 / variance);
  const weight = clusters * mean * (1 - mean);
  return (n * (weight + PRIOR_CLUSTERS)) / (weight * seen + PRIOR_CLUSTERS * clusterSize);
}
