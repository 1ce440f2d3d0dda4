import type { CostRange } from '../../core/estimate.ts';
import type { Picounits } from '../../core/money.ts';
import { momentsOf } from '../../core/stats/moments.ts';
import { scoreInterval } from '../../core/stats/score-interval.ts';

/** The cost of judged rows, and what is known about the others. */
interface JudgedSample {
  /** Cost of judging a row, in picounits. */
  readonly values: Float64Array;
  /** Remaining rows. */
  readonly rest: number;
  /** Paid already. */
  readonly paid: Picounits;
  /** Confidence level of ranges, above 0 and below 1. */
  readonly level: number;
  /** Whole number from 0, for the bootstrap. */
  readonly seed: number;
}

/**
 * What is paid plus what M remaining rows will cost, from n rows like them: M times their mean. The interval of that
 * mean (`scoreInterval`) covers only the unknown mean. The remaining rows also vary around it, so the total's range is
 * √(M² + n M) times as wide instead of M times (W. G. Cochran, Sampling Techniques, 1977, 2.6, as for a difference of
 * two means). If all rows cost the same, a share of the others is assumed to differ by the expected amount. That share
 * is what the sample could have missed: 1 − (half of 1 − level)^(1/n).
 * @returns null for fewer than two rows, unless none remain
 */
export function forecastJudged({ values, rest, paid, level, seed }: JudgedSample): CostRange | null {
  if (rest === 0) return { low: paid, expected: paid, high: paid, ceiling: null };
  const n = values.length;
  const interval = scoreInterval(values, { seed, level, bounds: null })?.interval;
  if (interval === undefined) return null;
  const { mean } = momentsOf(values);
  const expected = rest * mean;
  const scale = Math.sqrt(rest ** 2 + n * rest);
  const missed = interval.low === interval.high ? (1 - ((1 - level) / 2) ** (1 / n)) * expected : 0;
  const below = (mean - interval.low) * scale + missed;
  const above = (interval.high - mean) * scale + missed;
  const plus = (more: number): Picounits => paid + BigInt(Math.round(Math.max(0, more)));
  return { low: plus(expected - below), expected: plus(expected), high: plus(expected + above), ceiling: null };
}
