import type { Interval } from './wilson.ts';

/** What a test found of the difference that an interval is of. */
interface TestedDifference {
  /** Two-sided, of no difference. */
  readonly pValue: number;
  /** One less the interval's level: 0.05 for 95 %. */
  readonly alpha: number;
  /** Student's interval at the same level: how near to 0 the difference may be by the assumptions of the test. */
  readonly student: Interval;
}

/**
 * An interval that says no other than the test: it reaches to 0 where the p-value is above alpha, and not beyond it where
 * it is not. The test decides, since it is exact where neither side is better. Of differences of -1, 0 and 1 the two never
 * disagree, and nothing is changed. Of other ones the interval reckons with rows unlike all that were seen, which the test
 * does not: where a difference is significant, the end towards 0 is therefore Student's.
 * @param interval as of `boundedMeanInterval`
 */
export function agreeingInterval({ low, high }: Interval, { pValue, alpha, student }: TestedDifference): Interval {
  if (pValue > alpha) return { low: Math.min(low, 0), high: Math.max(high, 0) };
  if (low >= 0 || high <= 0) return { low, high };
  const isAbove = student.low + student.high > 0;
  return isAbove ? { low: Math.max(0, student.low), high } : { low, high: Math.min(0, student.high) };
}
