import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilcoxonSignedRank } from '../../../src/core/stats/wilcoxon.ts';

/** So many differences between -40.25 and 59.75, no two of one size. */
function apart(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => ((index * 37) % 101) - 40.25);
}

/**
 * Differences, method, p. From SciPy 1.17.1: from scipy.stats import wilcoxon
 * print(float(wilcoxon(d, method=m, correction=False).pvalue)) with m 'exact' or 'asymptotic'
 */
const SCIPY: readonly (readonly [string, readonly number[], 'exact' | 'normal', number])[] = [
  ['Darwin’s maize', [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75], 'exact', 0.041259765625],
  ['six', [1.5, -0.3, 2.2, 0.7, -1.1, 3], 'exact', 0.21875],
  ['five of one sign', [1, 2, 3, 4, 5], 'exact', 0.0625],
  ['twenty and two of 0', [...apart(20), 0, 0], 'exact', 0.3299827575683594],
  ['fifty', apart(50), 'exact', 0.039015525521861605],
  ['fifty-one', apart(51), 'normal', 0.04486458025585686],
  ['ties and zeros', [0, 0, 1, -1, 2, 2, 3, -2, 1, 1], 'normal', 0.17583403918261342],
  ['300 of few sizes', Array.from({ length: 300 }, (_, i) => ((i * 7) % 11) - 4), 'normal', 3.6350895377503167e-7],
];

const lists = fc
  .array(fc.oneof(fc.integer({ min: -4, max: 4 }), fc.double({ min: -1e300, max: 1e300, noNaN: true })), {
    maxLength: 80,
  })
  .map((values) => Float64Array.from(values));

describe('Wilcoxon’s signed-rank test', () => {
  it.each(SCIPY)('of %s is SciPy’s', (_what, differences, method, p) => {
    const made = wilcoxonSignedRank(Float64Array.from(differences));
    expect(made.method).toBe(method);
    expect(made.n).toBe(differences.filter((difference) => difference !== 0).length);
    expect(made.pValue / p).toBeCloseTo(1, 11);
  });

  it('finds nothing if nothing differs', () => {
    expect(wilcoxonSignedRank(new Float64Array())).toEqual({ pValue: 1, n: 0, method: 'exact' });
    expect(wilcoxonSignedRank(new Float64Array(9))).toEqual({ pValue: 1, n: 0, method: 'exact' });
  });

  it('treats sizes that differ only by rounding as ties, and rounding errors of 0 as 0', () => {
    const tenths = [0.3 - 0.2, 0.2 - 0.1, 0.1, 0.4 - 0.7, 0.1 + 0.2 - 0.3, 0.5];
    expect(wilcoxonSignedRank(Float64Array.from(tenths))).toEqual(
      wilcoxonSignedRank(Float64Array.of(1, 1, 1, -3, 0, 5)),
    );
  });

  it('is from 0 to 1, the same for first and second exchanged, and depends only on the order of sizes', () => {
    fc.assert(
      fc.property(lists, (differences) => {
        const { pValue, n } = wilcoxonSignedRank(differences);
        expect(0 <= pValue && pValue <= 1 && n <= differences.length).toBe(true);
        expect(wilcoxonSignedRank(differences.map((value) => -value)).pValue).toBe(pValue);
        expect(wilcoxonSignedRank(differences.toReversed()).pValue).toBe(pValue);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 60 }), (steps) => {
        const cubes = wilcoxonSignedRank(Float64Array.from(steps, (step) => step ** 3));
        expect(cubes).toEqual(wilcoxonSignedRank(Float64Array.from(steps)));
      }),
    );
  });
});
