import type { CostRange } from '../../core/estimate.ts';
import type { Picounits } from '../../core/money.ts';
import { momentsOf } from '../../core/stats/moments.ts';
import { scoreInterval } from '../../core/stats/score-interval.ts';

/** What rows cost that were judged, and what is to be known of the others. */
interface JudgedSample {
  /** What judging a row cost, in picounits. */
  readonly values: Float64Array;
  /** Rows to come. */
  readonly rest: number;
  /** Paid already. */
  readonly paid: Picounits;
  /** Share of ranges that are to hold the true figure, above 0 and below 1. */
  readonly level: number;
  /** Whole number from 0, for the bootstrap. */
  readonly seed: number;
}

/**
 * What is paid and what M rows to come will cost, from n rows like them: M times their mean. The interval of that mean
 * (`scoreInterval`) is for a mean that is not known; that the rows to come differ from it as well makes the total's range
 * √(M² + n M) times as wide instead of M times (W. G. Cochran, Sampling Techniques, 1977, 2.6, as for a difference of two
 * means). Where all rows cost the same, as many of the others are taken to differ, by as much as is expected, as could
 * have been missed: 1 − (half of 1 − level)^(1/n) of them.
 * @returns null for fewer than two rows, unless none are to come
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
