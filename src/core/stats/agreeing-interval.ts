import type { Interval } from './wilson.ts';

/** A test's result for the difference that an interval is of. */
interface TestedDifference {
  /** Two-sided, for no difference. */
  readonly pValue: number;
  /** One minus the interval's level: 0.05 for 95 %. */
  readonly alpha: number;
  /** Student's interval at the same level: how near to 0 the difference may be under the assumptions of the test. */
  readonly student: Interval;
}

/**
 * An interval that agrees with the test: it reaches 0 if the p-value is above alpha, and does not go beyond it
 * otherwise. The test decides, because it is exact if neither side is better. For differences of -1, 0 and 1 the two
 * never disagree, and nothing is changed. For others the interval allows for rows unlike all observed ones, which the
 * test does not. So if a difference is significant, the end towards 0 is Student's.
 * @param interval as of `boundedMeanInterval`
 */
export function agreeingInterval({ low, high }: Interval, { pValue, alpha, student }: TestedDifference): Interval {
  if (pValue > alpha) return { low: Math.min(low, 0), high: Math.max(high, 0) };
  if (low >= 0 || high <= 0) return { low, high };
  const isAbove = student.low + student.high > 0;
  return isAbove ? { low: Math.max(0, student.low), high } : { low, high: Math.min(0, student.high) };
}
