import { boundedMeanInterval, type MeanUnits } from './bounded-mean.ts';
import { DIFFERENCE_BOUNDS } from './paired-mean.ts';
import type { Interval } from './wilson.ts';

/** Rows by which of two passed them; integers from 0. */
export interface PairedTable {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

/**
 * Interval of the share that the first passed minus the share that the second passed, on the same rows: that of a mean
 * of differences of -1, 0 and 1 (`boundedMeanInterval`). Each end misses the true difference with a probability of at
 * most (1 - level) / 2 for any number of rows. The interval contains 0 exactly if McNemar's exact test has a p-value
 * above 1 - level.
 * @param level coverage of the interval, above 0 and below 1
 * @returns ends from -1 to 1, around the observed difference; null without rows
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
