import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcnemarExact } from '../../../src/core/stats/mcnemar.ts';
import { type PairedTable, pairedShareInterval } from '../../../src/core/stats/paired-share.ts';

/** Both, only first, only second, neither. */
type Counts = readonly [number, number, number, number];

/**
 * Counts, level, low, high: where the chance that the share of the third less that of the first is at least x is
 * (1 - level) / 2, the shares having a Dirichlet distribution with the counts of the rows that only the second passed plus
 * 1, of those that both or neither did, and of those that only the first did; scipy.integrate.quad over the beta
 * distributions of what the first and the third have together, and of which part the first has, and brentq, SciPy 1.17.1.
 */
const SCIPY: readonly (readonly [Counts, number, number, number])[] = [
  [[14, 5, 0, 22], 0.95, -0.005427741931529591, 0.2620446755483097],
  [[36, 12, 2, 0], 0.95, 0.0390628548132544, 0.3549884966661051],
  [[36, 12, 2, 0], 0.9, 0.06158387934269864, 0.3315430642679611],
  [[59, 6, 16, 80], 0.95, -0.12679869599309287, 0.0006075403456595151],
  [[3, 2, 5, 1], 0.95, -0.7021036459428018, 0.28281555974423517],
  [[200, 9, 14, 40], 0.9, -0.053468181459630046, 0.014938439718977993],
  [[93, 0, 7, 0], 0.95, -0.1389197284558593, -0.011712744713693957],
];

/** Rows with no difference, and how large a loss may not have been met: 1 - 0.05 ** (1 / n). */
const ALIKE = [
  [3, 0.6315968501359612],
  [148, 0.02003795168910416],
  [149, 0.019904816220685073],
] as const;

function tableOf([both, onlyFirst, onlySecond, neither]: Counts): PairedTable {
  return { both, onlyFirst, onlySecond, neither };
}

const count = fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 1_000_000 }));
const tables = fc.tuple(count, count, count, count).filter((counts) => counts.some((some) => some > 0));

describe('the interval of a difference of shares on the same rows', () => {
  it.each(SCIPY)('of %j at level %f is SciPy’s', (counts, level, low, high) => {
    const interval = pairedShareInterval(tableOf(counts), level);
    expect(interval?.low).toBeCloseTo(low, 8);
    expect(interval?.high).toBeCloseTo(high, 8);
  });

  it.each(ALIKE)('of %i rows without a difference rules out a loss of %f and more, wherever rows pass', (n, most) => {
    for (const counts of [
      [n, 0, 0, 0],
      [0, 0, 0, n],
      [1, 0, 0, n - 1],
    ] as const) {
      const interval = pairedShareInterval(tableOf(counts), 0.9);
      expect(interval?.low).toBeCloseTo(-most, 8);
      expect(interval?.high).toBeCloseTo(most, 8);
    }
  });

  it('contains 0 exactly if McNemar’s exact test does not reject it', () => {
    for (let onlyFirst = 0; onlyFirst <= 40; onlyFirst++) {
      for (let onlySecond = 0; onlySecond <= onlyFirst; onlySecond++) {
        const table = tableOf([30, onlyFirst, onlySecond, 25]);
        for (const level of [0.9, 0.95, 0.99]) {
          const { low, high } = pairedShareInterval(table, level) ?? { low: 1, high: -1 };
          expect(low <= 0 && high >= 0).toBe(mcnemarExact(onlyFirst, onlySecond) > 1 - level);
        }
      }
    }
  });

  it('is at 95 % by default, and null without rows', () => {
    expect(pairedShareInterval(tableOf([36, 12, 2, 0]))).toEqual(pairedShareInterval(tableOf([36, 12, 2, 0]), 0.95));
    expect(pairedShareInterval(tableOf([0, 0, 0, 0]))).toBeNull();
  });

  it('has a width if both passed the same rows, and a smaller one with more rows', () => {
    const widths = [10, 100, 1000].map((rows) => {
      const { low, high } = pairedShareInterval(tableOf([rows, 0, 0, rows])) ?? { low: 0, high: 0 };
      return high - low;
    });
    expect(widths.toSorted((a, b) => b - a)).toEqual(widths);
    expect(widths[2]).toBeGreaterThan(0);
  });

  it('contains the observed difference, is from -1 to 1, and is mirrored for first and second exchanged', () => {
    fc.assert(
      fc.property(tables, fc.constantFrom(0.5, 0.9, 0.95, 0.999), ([both, onlyFirst, onlySecond, neither], level) => {
        const n = both + onlyFirst + onlySecond + neither;
        const seen = (onlyFirst - onlySecond) / n;
        const interval = pairedShareInterval({ both, onlyFirst, onlySecond, neither }, level);
        const { low, high } = interval ?? { low: Number.NaN, high: Number.NaN };
        expect(-1 <= low && low <= seen + 1e-9 && seen - 1e-9 <= high && high <= 1).toBe(true);
        const other = pairedShareInterval({ both, onlyFirst: onlySecond, onlySecond: onlyFirst, neither }, level);
        expect(other?.low).toBeCloseTo(-high, 9);
        expect(other?.high).toBeCloseTo(-low, 9);
      }),
    );
  });
});
