import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../../../src/core/stats/wilson.ts';

/**
 * Passed, n, low, high. From SciPy 1.17.1:
 * from scipy.stats import binomtest
 * ci = binomtest(k, n).proportion_ci(confidence_level=0.95, method='wilson'); print(repr(ci.low), repr(ci.high))
 */
const SCIPY = [
  [0, 1, 0, 0.7934506856227626],
  [1, 1, 0.20654931437723745, 1],
  [0, 10, 0, 0.27753279986288926],
  [10, 10, 0.7224672001371109, 1],
  [1, 10, 0.017876213095072896, 0.4041500267952385],
  [5, 10, 0.236593090512564, 0.7634069094874361],
  [46, 48, 0.8602434412954456, 0.9884981065106133],
  [42, 48, 0.7529954171361317, 0.9414294856142802],
  [33, 48, 0.5466692858410841, 0.8005431655341219],
  [81, 263, 0.2552885198782742, 0.36620957698280004],
  [15, 148, 0.06238639953073629, 0.16048724172330803],
  [999, 1000, 0.9943574414020421, 0.9998234536293739],
  [1, 1_000_000, 1.765245767453709e-7, 5.664911804311442e-6],
  [500_000, 1_000_000, 0.4990200198900048, 0.5009799801099952],
] as const;

describe('the Wilson interval', () => {
  it.each(SCIPY)('of %i out of %i is SciPy’s', (passed, n, low, high) => {
    const interval = wilsonInterval(passed, n);
    expect(interval?.low).toBeCloseTo(low, 13);
    expect(interval?.high).toBeCloseTo(high, 13);
  });

  it('is null without trials', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });

  it('begins at exactly 0 if nothing passed, and ends at exactly 1 if everything did', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (n) => {
        expect(wilsonInterval(0, n)?.low).toBe(0);
        expect(wilsonInterval(n, n)?.high).toBe(1);
      }),
    );
  });

  it('contains the observed share, is from 0 to 1, and mirrors that of failures', () => {
    const cases = fc.integer({ min: 1, max: 10_000 }).chain((n) => fc.tuple(fc.nat({ max: n }), fc.constant(n)));
    fc.assert(
      fc.property(cases, ([passed, n]) => {
        const { low, high } = wilsonInterval(passed, n) ?? { low: Number.NaN, high: Number.NaN };
        expect(0 <= low && low <= passed / n && passed / n <= high && high <= 1).toBe(true);
        expect(wilsonInterval(n - passed, n)?.low).toBeCloseTo(1 - high, 12);
      }),
    );
  });
});
