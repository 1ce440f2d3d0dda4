import { normalQuantile } from './normal.ts';
import { type Interval, wilsonOfShare } from './wilson.ts';

/** Rows by which of two passed them; whole numbers from 0. */
export interface PairedTable {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

/**
 * Interval of the share that the first passed less the share that the second passed, on the same rows.
 * R. G. Newcombe, "Improved Confidence Intervals for the Difference between Binomial Proportions Based on Paired Data",
 * Statistics in Medicine 17 (1998), 2635–2650, method 10: the ends of Wilson's intervals of both shares, their distances
 * put together as those of two correlated figures. It has a width also where the two passed the same rows.
 * Simulated beside T. Tango's score interval (1998) at 20, 50 and 200 rows it holds as often and is narrower.
 * @param level share of such intervals that are to hold the true difference, above 0 and below 1
 * @returns ends from -1 to 1, around the difference that was seen; null for no rows
 */
export function pairedShareInterval(table: PairedTable, level = 0.95): Interval | null {
  const { both, onlyFirst, onlySecond, neither } = table;
  const n = both + onlyFirst + onlySecond + neither;
  if (n === 0) return null;
  const z = normalQuantile((1 + level) / 2);
  const first = armsOf((both + onlyFirst) / n, n, z);
  const second = armsOf((both + onlySecond) / n, n, z);
  const difference = (onlyFirst - onlySecond) / n;
  const correlation = correlationOf(table, n);
  return {
    low: Math.max(-1, difference - together(first.below, second.above, correlation)),
    high: Math.min(1, difference + together(first.above, second.below, correlation)),
  };
}

/** How far Wilson's interval reaches below and above a share. */
function armsOf(share: number, n: number, z: number): { readonly below: number; readonly above: number } {
  const { low, high } = wilsonOfShare(share, n, z);
  return { below: share - low, above: high - share };
}

/** Correlation of passing, drawn towards 0 where it is positive, with Newcombe's correction for continuity. */
function correlationOf({ both, onlyFirst, onlySecond, neither }: PairedTable, n: number): number {
  const margins = (both + onlyFirst) * (onlySecond + neither) * (both + onlySecond) * (onlyFirst + neither);
  if (margins === 0) return 0;
  const alike = both * neither - onlyFirst * onlySecond;
  return (alike > 0 ? Math.max(0, alike - n / 2) : alike) / Math.sqrt(margins);
}

function together(a: number, b: number, correlation: number): number {
  return Math.sqrt(Math.max(0, a * a - 2 * correlation * a * b + b * b));
}
