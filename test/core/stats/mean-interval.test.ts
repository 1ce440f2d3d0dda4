import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/sampling.ts';
import { type ClusteredMean, ClusterSums, clusteredMean } from '../../../src/core/stats/clustered-mean.ts';
import { meanInterval } from '../../../src/core/stats/mean-interval.ts';
import { wilsonInterval } from '../../../src/core/stats/wilson.ts';

/** The mean of rows' values. */
function meanOf(rows: readonly (readonly number[])[]): ClusteredMean | null {
  const sums = new ClusterSums();
  for (const [row, values] of rows.entries()) for (const value of values) sums.add(row, value);
  return clusteredMean(sums);
}

const bit = fc.integer({ min: 0, max: 1 });
const rows = fc.array(fc.array(bit, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 40 });

const SHARE = { isShare: true } as const;
const SCORES = { isShare: false } as const;

/** Five rows of up to three answers. */
const FIVE = [
  [1, 1, 1],
  [1, 0, 1],
  [0, 0, 0],
  [1, 1, 1],
  [1, 1],
];

describe('the interval of a share', () => {
  it('is Wilson’s to the last digit if each row has one value', () => {
    fc.assert(
      fc.property(fc.array(bit, { minLength: 1, maxLength: 300 }), (values) => {
        const passed = values.filter((value) => value === 1).length;
        const interval = meanInterval(meanOf(values.map((value) => [value])), SHARE);
        expect(interval).toEqual(wilsonInterval(passed, values.length));
      }),
    );
  });

  it('is Wilson’s of the rows if all repeats of a row agree, up to what few rows show', () => {
    const interval = meanInterval(
      meanOf(Array.from({ length: 200 }, (_, row) => Array(5).fill(row < 140 ? 1 : 0))),
      SHARE,
    );
    const byRows = wilsonInterval(140, 200);
    expect(interval?.low).toBeCloseTo(byRows?.low ?? Number.NaN, 3);
    expect(interval?.high).toBeCloseTo(byRows?.high ?? Number.NaN, 3);
  });

  it.each([
    ['nothing', 0],
    ['everything', 1],
  ])('is that of as many rows if %s passed, whatever the repeats', (_what, value) => {
    const interval = meanInterval(meanOf(Array.from({ length: 20 }, () => Array(5).fill(value))), SHARE);
    expect(interval).toEqual(wilsonInterval(20 * value, 20));
  });

  it('is that of NumPy and SciPy for the formula', () => {
    // NumPy 2.4.6, SciPy 1.17.1: K = 14**2 / 44 for sizes 3, 3, 3, 3, 2; v = K/(K - 1) * sum((s - n m)**2) / 14**2;
    // d = v / (m (1 - m) / 13) = 2.616667; w = K m (1 - m); n_eff = 14 (w + .15) / (w d + .15 * 44/14) = 5.286943; then
    // Wilson's with norm.ppf(.975) and norm.ppf(.95).
    const interval = meanInterval(meanOf(FIVE), SHARE);
    expect(interval?.low).toBeCloseTo(0.31749113527189515, 13);
    expect(interval?.high).toBeCloseTo(0.9307267614765762, 13);
    const narrower = meanInterval(meanOf(FIVE), { ...SHARE, level: 0.9 });
    expect(narrower?.low).toBeCloseTo(0.3690837457098117, 13);
    expect(narrower?.high).toBeCloseTo(0.9144115991114539, 13);
  });

  it('is never narrower than Wilson’s of all values', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bit, bit, bit), { minLength: 2, maxLength: 60 }), (all) => {
        const mean = meanOf(all);
        const { low, high } = meanInterval(mean, SHARE) ?? { low: 1, high: 0 };
        const n = 3 * all.length;
        const narrow = wilsonInterval((mean?.mean ?? 0) * n, n);
        expect(low).toBeLessThanOrEqual((narrow?.low ?? 0) + 1e-12);
        expect(high).toBeGreaterThanOrEqual((narrow?.high ?? 1) - 1e-12);
      }),
    );
  });

  it('contains the share, is from 0 to 1, and mirrors that of failures', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const mean = meanOf(all);
        const { low, high } = meanInterval(mean, SHARE) ?? { low: 1, high: 0 };
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual((mean?.mean ?? 0) + 1e-12);
        expect(high).toBeGreaterThanOrEqual((mean?.mean ?? 1) - 1e-12);
        expect(high).toBeLessThanOrEqual(1);
        const failed = meanInterval(meanOf(all.map((values) => values.map((value) => 1 - value))), SHARE);
        expect(failed?.low).toBeCloseTo(1 - high, 10);
      }),
    );
  });

  it('of one row is that of one trial', () => {
    expect(meanInterval(meanOf([[1, 1, 1, 1]]), SHARE)).toEqual(wilsonInterval(1, 1));
  });
});

describe('the interval of scores', () => {
  it.each([
    ['a score a row', [[0.1], [0.9], [0.4], [0.7]], 0.15830412327493248, 0.8665817663893408],
    ['repeats', [[0.9, 0.8], [1, 1], [0.5, 0.7, 0.6], [0.95]], 0.3587793169995414, 0.9686993852254518],
  ])('with %s is that of NumPy and SciPy for the formula', (_what, all, low, high) => {
    // NumPy 2.4.6, SciPy 1.17.1, as above with .05 for .15, t.ppf(.975, 3) for norm.ppf and no least design effect.
    const interval = meanInterval(meanOf(all), SCORES);
    expect(interval?.low).toBeCloseTo(low, 12);
    expect(interval?.high).toBeCloseTo(high, 12);
  });

  it('is nearly Student’s if there are many spread-out scores', () => {
    const mean = meanOf(Array.from({ length: 2000 }, (_, row) => [0.2 + (row % 7) / 10]));
    const bounded = meanInterval(mean, SCORES);
    const unbounded = meanInterval(mean, { ...SCORES, bounds: null });
    expect(bounded?.low).toBeCloseTo(unbounded?.low ?? Number.NaN, 4);
    expect(bounded?.high).toBeCloseTo(unbounded?.high ?? Number.NaN, 4);
  });

  it('has a width if all are equal, and ends at the bound if they are there', () => {
    const full = meanInterval(meanOf(Array.from({ length: 20 }, () => [1])), SCORES);
    expect(full?.high).toBe(1);
    expect(full?.low).toBeGreaterThan(0.75);
    expect(full?.low).toBeLessThan(0.9);
    const half = meanInterval(meanOf(Array.from({ length: 20 }, () => [0.5])), SCORES);
    expect((half?.high ?? 0) - (half?.low ?? 0)).toBeGreaterThan(0.01);
  });

  it('contains the mean and stays within the bounds, including custom ones', () => {
    const values = fc.array(fc.double({ min: -3, max: 7, noNaN: true }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(values, (all) => {
        const mean = meanOf(all.map((value) => [value]));
        const { low, high } = meanInterval(mean, { ...SCORES, bounds: { low: -3, high: 7 } }) ?? { low: 9, high: -9 };
        expect(low).toBeGreaterThanOrEqual(-3 - 1e-12);
        expect(low).toBeLessThanOrEqual((mean?.mean ?? 0) + 1e-9);
        expect(high).toBeGreaterThanOrEqual((mean?.mean ?? 0) - 1e-9);
        expect(high).toBeLessThanOrEqual(7 + 1e-12);
        const scaled = meanInterval(meanOf(all.map((value) => [(value + 3) / 10])), SCORES);
        expect(scaled?.low).toBeCloseTo((low + 3) / 10, 9);
      }),
    );
  });

  it('is null without scores and for one row', () => {
    expect(meanInterval(null, SHARE)).toBeNull();
    expect(meanInterval(null, SCORES)).toBeNull();
    expect(meanInterval(meanOf([[0.4, 0.6]]), SCORES)).toBeNull();
  });
});

describe('the interval of values without bounds', () => {
  const UNBOUNDED = { isShare: false, bounds: null } as const;

  it('is SciPy’s by Student’s t', () => {
    // SciPy 1.17.1: x = array([.1, .9, .4, .7]); t.interval(.95, 3, loc=x.mean(), scale=x.std(ddof=1) / 2), and .5
    const mean = meanOf([[0.1], [0.9], [0.4], [0.7]]);
    const interval = meanInterval(mean, UNBOUNDED);
    expect(interval?.low).toBeCloseTo(-0.031928103424649024, 12);
    expect(interval?.high).toBeCloseTo(1.0819281034246488, 12);
    const half = meanInterval(mean, { ...UNBOUNDED, level: 0.5 });
    expect(half?.low).toBeCloseTo(0.3911438425292396, 12);
    expect(half?.high).toBeCloseTo(0.6588561574707602, 12);
  });

  it('has as many degrees of freedom as there are rows minus one, whatever the repeats', () => {
    const once = meanInterval(meanOf([[0.3], [0.5], [0.4]]), UNBOUNDED);
    const often = meanInterval(meanOf([0.3, 0.5, 0.4].map((value) => Array(9).fill(value))), UNBOUNDED);
    expect(often?.low).toBeCloseTo(once?.low ?? Number.NaN, 12);
    expect(often?.high).toBeCloseTo(once?.high ?? Number.NaN, 12);
  });
});

it.each([
  [0.5, 0.2],
  [0.8, 0.5],
  [0.95, 0.8],
])('the interval of a share of %f contains it, for 20 rows with 5 repeats and a correlation of %f', (p, alike) => {
  const random = seededRandom(7);
  const runs = 600;
  let held = 0;
  for (let run = 0; run < runs; run++) {
    // A row's answers are all one answer, or independent ones: repeats of a row are correlated by `alike`.
    const passes = (): number => (random() < p ? 1 : 0);
    const all = Array.from({ length: 20 }, () => {
      return random() < alike ? Array(5).fill(passes()) : Array.from({ length: 5 }, passes);
    });
    const { low, high } = meanInterval(meanOf(all), SHARE) ?? { low: 1, high: 0 };
    if (low <= p && p <= high) held += 1;
  }
  // 92 to 98 %, with two standard errors of a share of 600.
  expect(held / runs).toBeGreaterThan(0.92 - 0.022);
  expect(held / runs).toBeLessThan(0.98 + 0.012);
});
