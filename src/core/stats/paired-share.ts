import { boundedMeanInterval, type MeanUnits } from './bounded-mean.ts';
import { DIFFERENCE_BOUNDS } from './paired-mean.ts';
import type { Interval } from './wilson.ts';

/** Rows by which of two passed them; whole numbers from 0. */
export interface PairedTable {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

/**
 * Interval of the share that the first passed less the share that the second passed, on the same rows: that of a mean of
 * differences of -1, 0 and 1 (`boundedMeanInterval`). Each end misses the true difference with a chance of at most
 * (1 - level) / 2 for every number of rows, and it holds 0 exactly where McNemar's exact test has a p-value above
 * 1 - level: the low end is above 0 with the chance that at least as many of the rows that only one passed are the first's.
 * @param level share of such intervals that are to hold the true difference, above 0 and below 1
 * @returns ends from -1 to 1, around the difference that was seen; null for no rows
 */
export function pairedShareInterval(table: PairedTable, level = 0.95): Interval | null {
  return boundedMeanInterval(unitsOf(table), { bounds: DIFFERENCE_BOUNDS, level });
}

function unitsOf({ both, onlyFirst, onlySecond, neither }: PairedTable): MeanUnits {
  const kinds = [
    { difference: -1, count: onlySecond },
    { difference: 0, count: both + neither },
    { difference: 1, count: onlyFirst },
  ].filter(({ count }) => count > 0);
  return {
    sums: Float64Array.from(kinds, ({ difference }) => difference),
    sizes: new Float64Array(kinds.length).fill(1),
    counts: Float64Array.from(kinds, ({ count }) => count),
  };
}
