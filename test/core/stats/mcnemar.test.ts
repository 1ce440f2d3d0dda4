import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcnemarExact } from '../../../src/core/stats/mcnemar.ts';

/**
 * Only first, only second, p. From SciPy 1.17.1:
 * from scipy.stats import binomtest; print(float(binomtest(b, b + c, 0.5).pvalue))
 */
const SCIPY = [
  [0, 1, 1],
  [0, 5, 0.0625],
  [1, 5, 0.21875],
  [0, 6, 0.03125],
  [3, 10, 0.09228515625],
  [8, 9, 1],
  [17, 3, 0.0025768280029296875],
  [76, 360, 2.8913946350346335e-45],
  [209, 152, 0.003150656880360618],
  [400, 600, 2.728464156065947e-10],
  [0, 1000, 1.8665272370064378e-301],
] as const;

/**
 * Only first, only second, p where SciPy's own digits give out. From mpmath 1.3.0 at 60 digits: 2 * fsum of terms from
 * k = min(b, c) down, the first exp(loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1) - n * log(2)), each next one
 * times k / (n - k + 1).
 */
const MPMATH = [
  [15, 17, 0.860050065908581],
  [16, 40, 0.0018415547884925443],
  [76, 360, 2.891394635034685e-45],
  [999_000, 1_000_000, 0.4798298053092772],
  [4_990_000, 5_000_000, 0.001558608768298822],
  [9_990_000, 10_000_000, 0.02532534693305791],
  [10_000_000, 9_980_000, 7.67157536716184e-6],
  [9_999_999, 10_000_000, 1],
] as const;

const counts = fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 10_000_000 }));

describe('McNemar’s exact test', () => {
  it.each(SCIPY)('of %i against %i is SciPy’s', (onlyFirst, onlySecond, p) => {
    expect(mcnemarExact(onlyFirst, onlySecond) / p).toBeCloseTo(1, 11);
  });

  it.each(MPMATH)('of %i against %i keeps twelve digits', (onlyFirst, onlySecond, p) => {
    expect(mcnemarExact(onlyFirst, onlySecond) / p).toBeCloseTo(1, 12);
  });

  it('finds nothing if no row differs, or equally many each way', () => {
    expect([0, 1, 50, 10_000_000].map((count) => mcnemarExact(count, count))).toEqual([1, 1, 1, 1]);
  });

  it('gives 0 if the probability underflows', () => {
    expect([mcnemarExact(0, 10_000_000), mcnemarExact(100_000, 120_000)]).toEqual([0, 0]);
  });

  it('is from 0 to 1 and the same for first and second exchanged', () => {
    fc.assert(
      fc.property(counts, counts, (onlyFirst, onlySecond) => {
        const p = mcnemarExact(onlyFirst, onlySecond);
        expect(0 <= p && p <= 1).toBe(true);
        expect(mcnemarExact(onlySecond, onlyFirst)).toBe(p);
      }),
    );
  });

  it('falls as the split grows more uneven', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5000 }), fc.nat({ max: 10_000 }), (n, pick) => {
        const fewer = pick % Math.ceil(n / 2);
        expect(mcnemarExact(fewer, n - fewer)).toBeLessThanOrEqual(mcnemarExact(fewer + 1, n - fewer - 1));
      }),
    );
  });
});
