/** An interval of a share, both ends from 0 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % point of the standard normal distribution. */
const Z_95 = 1.959963984540054;

/**
 * Wilson score interval of a binomial share, 95 %, without continuity correction.
 * E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927), 209–212.
 * @param passed successes, from 0 to `n`
 * @param n trials; null is returned for 0
 */
export function wilsonInterval(passed: number, n: number): Interval | null {
  if (n === 0) return null;
  const share = passed / n;
  const zSquared = Z_95 * Z_95;
  const centre = share + zSquared / (2 * n);
  const spread = Z_95 * Math.sqrt((share * (1 - share)) / n + zSquared / (4 * n * n));
  const scale = 1 + zSquared / n;
  // Rounding would leave the ends that are exactly 0 and 1 a little inside.
  return {
    low: passed === 0 ? 0 : (centre - spread) / scale,
    high: passed === n ? 1 : (centre + spread) / scale,
  };
}
