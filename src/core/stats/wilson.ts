import { normalQuantile } from './normal.ts';

/** An interval of a share, both ends from 0 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % point of the standard normal distribution. */
const Z_95 = normalQuantile(0.975);

/**
 * Wilson score interval of a binomial share, 95 %, without continuity correction.
 * E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927), 209–212.
 * @param passed successes, from 0 to `n`
 * @param n trials; null is returned for 0
 */
export function wilsonInterval(passed: number, n: number): Interval | null {
  return n === 0 ? null : wilsonOfShare(passed / n, n, Z_95);
}

/**
 * The same for an observed share and an effective number of trials, at any level.
 * @param share from 0 to 1
 * @param n above 0 and not necessarily an integer, such as an effective sample size
 * @param z two-sided point of the standard normal distribution, such as 1.96
 */
export function wilsonOfShare(share: number, n: number, z: number): Interval {
  const zSquared = z * z;
  const centre = share + zSquared / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + zSquared / (4 * n * n));
  const scale = 1 + zSquared / n;
  // Rounding would move the ends that are exactly 0 and 1 slightly inside.
  return {
    low: share === 0 ? 0 : (centre - spread) / scale,
    high: share === 1 ? 1 : (centre + spread) / scale,
  };
}
