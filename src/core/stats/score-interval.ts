import { bootstrapMeanInterval } from './bootstrap.ts';
import { meanInterval } from './mean-interval.ts';
import { momentsOf } from './moments.ts';
import type { Interval } from './wilson.ts';

/** Method of an interval. `wilson`: Wilson's with an effective sample size. */
type ScoreIntervalMethod = 'wilson' | 'student' | 'studentised bootstrap';

/** The interval of a mean, and its method. */
interface ScoreInterval {
  readonly interval: Interval;
  readonly method: ScoreIntervalMethod;
}

/** What is known about independent values. */
interface ScoreIntervalOptions {
  /** Integer from 0, for the bootstrap. */
  readonly seed: number;
  /** As of `MeanIntervalOptions`. */
  readonly level?: number | undefined;
  readonly bounds?: Interval | null | undefined;
}

/** With fewer unbounded values the bootstrap is used, whatever their distribution. */
const FEW = 50;
/**
 * Multiplied by the squared skewness: the number of values from which Student's interval is as good (Cochran's rule for
 * a level of 95 %).
 */
const VALUES_BY_SKEWNESS = 25;

/**
 * Interval of the mean of independent values, such as of one score per row, by the method with the best coverage.
 * Bounded values, such as scores, use `meanInterval`, which is valid with 10 rows and if nearly all scores are equal.
 * Unbounded values use the studentised bootstrap if they are fewer than 50 or skewed (n ≤ 25 × skewness², W. G.
 * Cochran, Sampling Techniques, 1977, chapter 2), otherwise Student's interval, which is then as good.
 * @returns null for fewer than two values
 */
export function scoreInterval(values: Float64Array, options: ScoreIntervalOptions): ScoreInterval | null {
  const n = values.length;
  if (n < 2) return null;
  const { seed, level = 0.95, bounds } = options;
  const { mean, deviation, skew } = momentsOf(values);
  const isEasy = n >= FEW && n > VALUES_BY_SKEWNESS * skew ** 2;
  if (bounds === null && !isEasy) {
    const interval = bootstrapMeanInterval(values, { seed, level, method: 'studentised' });
    return interval === null ? null : { interval, method: 'studentised bootstrap' };
  }
  const clustered = { mean, standardError: deviation / Math.sqrt(n), clusters: n, n, clusterSize: 1 };
  const interval = meanInterval(clustered, { isShare: false, level, bounds });
  return interval === null ? null : { interval, method: bounds === null ? 'student' : 'wilson' };
}
