import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PairedTable, pairedShareInterval } from '../../../src/core/stats/paired-share.ts';

/** Both, only first, only second, neither. */
type Counts = readonly [number, number, number, number];

/**
 * Counts, level, low, high. From NumPy 2.4.6 and SciPy 1.17.1, with z = norm.ppf((1 + level) / 2) and, for p = x / n,
 * wilson(x) = (p + z² / 2n ∓ z * sqrt(p * (1 - p) / n + z² / 4n²)) / (1 + z² / n) for (a + b, l1, u1), (a + c, l2, u2):
 * phi = (max(a * d - b * c - n / 2, 0) if a * d > b * c else a * d - b * c) / sqrt of the product of the margins
 * low = D - sqrt((p1 - l1)² - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2)²), and high likewise with 1 and 2 exchanged.
 */
const NUMPY: readonly (readonly [Counts, number, number, number])[] = [
  [[1, 1, 7, 12], 0.95, -0.506920226686141, -0.02555912416485978],
  [[14, 5, 0, 22], 0.95, 0.01148324138303325, 0.2264926843512112],
  [[36, 12, 2, 0], 0.95, 0.05692958400323875, 0.3404276029749406],
  [[36, 12, 2, 0], 0.9, 0.08166543565795026, 0.31712268238022423],
  [[59, 6, 16, 80], 0.95, -0.11862119563870992, -0.004625113933050061],
  [[3, 2, 5, 1], 0.95, -0.606367703984451, 0.17086472269884767],
  [[200, 9, 14, 40], 0.9, -0.050232853341719716, 0.01185849008574814],
  [[20, 0, 0, 0], 0.95, -0.16112515805281935, 0.16112515805281935],
  [[10, 0, 0, 10], 0.95, -0.08975665937768061, 0.08975665937768061],
  [[0, 20, 0, 0], 0.95, 0.7721346162421944, 1],
];

/** Counts, low, high, as Newcombe (1998) gives them for method 10 at 95 %. */
const PAPER: readonly (readonly [Counts, number, number])[] = [
  [[36, 12, 2, 0], 0.0569, 0.3404],
  [[18, 12, 2, 18], 0.0562, 0.329],
];

function tableOf([both, onlyFirst, onlySecond, neither]: Counts): PairedTable {
  return { both, onlyFirst, onlySecond, neither };
}

const count = fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 1_000_000 }));
const tables = fc.tuple(count, count, count, count).filter((counts) => counts.some((some) => some > 0));

describe('the interval of a difference of shares on the same rows', () => {
  it.each(NUMPY)('of %j at level %f is NumPy’s', (counts, level, low, high) => {
    const interval = pairedShareInterval(tableOf(counts), level);
    expect(interval?.low).toBeCloseTo(low, 12);
    expect(interval?.high).toBeCloseTo(high, 12);
  });

  it.each(PAPER)('of %j is the paper’s', (counts, low, high) => {
    const interval = pairedShareInterval(tableOf(counts));
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  it('is at 95 % where no level is told, and not there for no rows', () => {
    expect(pairedShareInterval(tableOf([36, 12, 2, 0]))).toEqual(pairedShareInterval(tableOf([36, 12, 2, 0]), 0.95));
    expect(pairedShareInterval(tableOf([0, 0, 0, 0]))).toBeNull();
  });

  it('has a width where both passed the same rows, and a smaller one of more rows', () => {
    const widths = [10, 100, 1000].map((rows) => {
      const { low, high } = pairedShareInterval(tableOf([rows, 0, 0, rows])) ?? { low: 0, high: 0 };
      return high - low;
    });
    expect(widths.toSorted((a, b) => b - a)).toEqual(widths);
    expect(widths[2]).toBeGreaterThan(0);
  });

  it('holds the difference that was seen, lies from -1 to 1, and is mirrored for first and second exchanged', () => {
    fc.assert(
      fc.property(tables, fc.constantFrom(0.5, 0.9, 0.95, 0.999), ([both, onlyFirst, onlySecond, neither], level) => {
        const n = both + onlyFirst + onlySecond + neither;
        const seen = (onlyFirst - onlySecond) / n;
        const interval = pairedShareInterval({ both, onlyFirst, onlySecond, neither }, level);
        const { low, high } = interval ?? { low: Number.NaN, high: Number.NaN };
        expect(-1 <= low && low <= seen && seen <= high && high <= 1).toBe(true);
        const other = pairedShareInterval({ both, onlyFirst: onlySecond, onlySecond: onlyFirst, neither }, level);
        expect(other?.low).toBeCloseTo(-high, 13);
        expect(other?.high).toBeCloseTo(-low, 13);
      }),
    );
  });

  it('is mirrored too where passes and failures are exchanged', () => {
    fc.assert(
      fc.property(tables, ([both, onlyFirst, onlySecond, neither]) => {
        const interval = pairedShareInterval({ both, onlyFirst, onlySecond, neither });
        const other = pairedShareInterval({ both: neither, onlyFirst, onlySecond, neither: both });
        expect(other?.low).toBeCloseTo(interval?.low ?? Number.NaN, 12);
        expect(other?.high).toBeCloseTo(interval?.high ?? Number.NaN, 12);
      }),
    );
  });
});
