import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holmAdjusted } from '../../../src/core/stats/holm.ts';

/**
 * P-values and what they are corrected to. From NumPy 2.4.6, with m p-values sorted into s:
 * np.minimum(1, np.maximum.accumulate((m - np.arange(m)) * s)), put back into the order given.
 */
const NUMPY = [
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ],
  [
    [0.2, 0.001, 0.9, 0.04, 0.04, 0.011],
    [0.4, 0.006, 0.9, 0.16, 0.16, 0.055],
  ],
  [
    [0.6, 0.7],
    [1, 1],
  ],
] as const;

const families = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });

describe('Holm’s correction', () => {
  it.each(NUMPY)('of %j is NumPy’s', (pValues, wanted) => {
    const adjusted = holmAdjusted(pValues);
    expect(adjusted).toHaveLength(wanted.length);
    for (const [index, p] of adjusted.entries()) expect(p).toBeCloseTo(wanted[index] ?? Number.NaN, 13);
  });

  it('leaves a single p-value as it is, and none none', () => {
    expect(holmAdjusted([0.04])).toEqual([0.04]);
    expect(holmAdjusted([])).toEqual([]);
  });

  it('never falls below the p-value, never exceeds Bonferroni’s or 1, and keeps the order', () => {
    fc.assert(
      fc.property(families, (pValues) => {
        const adjusted = holmAdjusted(pValues);
        for (const [i, p] of pValues.entries()) {
          const own = adjusted[i] ?? Number.NaN;
          expect(p <= own && own <= Math.min(1, pValues.length * p)).toBe(true);
          for (const [j, other] of pValues.entries()) if (p <= other) expect(own).toBeLessThanOrEqual(adjusted[j] ?? 0);
        }
      }),
    );
  });

  it('rejects what testing one after the other, smallest first, rejects', () => {
    fc.assert(
      fc.property(families, fc.constantFrom(0.01, 0.05, 0.2), (pValues, level) => {
        const sorted = pValues.toSorted((a, b) => a - b);
        const stop = sorted.findIndex((p, rank) => p * (sorted.length - rank) > level);
        const rejected = stop === -1 ? sorted.length : stop;
        expect(holmAdjusted(pValues).filter((p) => p <= level)).toHaveLength(rejected);
      }),
    );
  });
});
