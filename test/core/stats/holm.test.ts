import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { familySize, holmAdjusted } from '../../../src/core/stats/holm.ts';

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

  it('leaves a single p-value unchanged, and returns nothing for none', () => {
    expect(holmAdjusted([0.04])).toEqual([0.04]);
    expect(holmAdjusted([])).toEqual([]);
  });

  it('counts tests that were not made like ones with a p-value of 1, however many', () => {
    fc.assert(
      fc.property(families, fc.nat(20), (pValues, unmade) => {
        const padded = [...pValues, ...Array.from({ length: unmade }, () => 1)];
        const least = pValues.map((p) => p / 2);
        expect(holmAdjusted(pValues, least, unmade)).toEqual(holmAdjusted(padded, least).slice(0, pValues.length));
      }),
    );
    const many = Array.from({ length: 20_000 }, (_, index) => (index + 1) * 1e-12);
    expect(holmAdjusted(many, [], 199_970_000)[0]).toBeCloseTo(1e-12 * 199_990_000, 12);
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

  it('rejects the same as sequential testing, smallest first', () => {
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

/** P-values with the smallest that each test could have given. */
const discrete = fc.array(
  fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 12 }))
    .map(([p, differences]) => ({ p: Math.max(p, Math.min(1, 2 ** (1 - differences))), differences })),
  { maxLength: 30 },
);
const leastOf = (differences: number): number => Math.min(1, 2 ** (1 - differences));

describe('Holm’s correction of tests with a minimum p-value', () => {
  it('does not count tests that could never be significant', () => {
    // Of 100 rows one model lost 7 and gained none, and three others answered as before.
    expect(holmAdjusted([0.015625, 1, 1, 1], [0.015625, 1, 1, 1])).toEqual([0.015625, 1, 1, 1]);
    expect(holmAdjusted([0.015625, 1, 1, 1])[0]).toBe(0.0625);
  });

  it('counts for each p-value the tests that could have given one as small', () => {
    // Three, five and eight rows that differ: 0.25, 0.0625 and 0.0078125 at least.
    const least = [0.25, 0.0625, 0.0078125];
    // 0.0625 could have come of the second and the third, 0.0703125 of the third alone, once the second is out.
    expect(holmAdjusted([0.25, 0.0625, 0.0703125], least)).toEqual([0.25, 0.125, 0.125]);
    expect(holmAdjusted([0.25, 0.5, 0.0078125], least)).toEqual([0.5, 0.5, 0.0078125]);
  });

  it('is Holm’s own if every test could give any p-value', () => {
    fc.assert(
      fc.property(families, (pValues) => {
        expect(
          holmAdjusted(
            pValues,
            pValues.map(() => 0),
          ),
        ).toEqual(holmAdjusted(pValues));
      }),
    );
  });

  it('is between the p-value and Holm’s own, and keeps the order', () => {
    fc.assert(
      fc.property(discrete, (tests) => {
        const pValues = tests.map(({ p }) => p);
        const adjusted = holmAdjusted(
          pValues,
          tests.map(({ differences }) => leastOf(differences)),
        );
        for (const [index, own] of holmAdjusted(pValues).entries()) {
          const p = adjusted[index] ?? Number.NaN;
          expect((pValues[index] ?? 2) <= p && p <= own).toBe(true);
          for (const [other, bound] of pValues.entries()) {
            if ((pValues[index] ?? 2) <= bound) expect(p).toBeLessThanOrEqual(adjusted[other] ?? 0);
          }
        }
      }),
    );
  });

  it('rejects what Tarone’s procedure at one step rejects', () => {
    fc.assert(
      fc.property(discrete, fc.constantFrom(0.01, 0.05, 0.2), (tests, level) => {
        const least = tests.map(({ differences }) => leastOf(differences));
        const size = familySize(least, level);
        const adjusted = holmAdjusted(
          tests.map(({ p }) => p),
          least,
        );
        for (const [index, { p }] of tests.entries())
          if (p <= level / size) expect(adjusted[index]).toBeLessThanOrEqual(level);
      }),
    );
  });
});

describe('the size of a family', () => {
  it('is the number of tests that could be significant beside each other', () => {
    expect(familySize([], 0.05)).toBe(0);
    expect(familySize([0, 0, 0], 0.05)).toBe(3);
    expect(familySize([0.015625, 1, 1, 1], 0.05)).toBe(1);
    // Each could reach 0.05, but not 0.05 / 3, nor 0.05 / 2.
    expect(familySize([0.03125, 0.03125, 0.03125], 0.05)).toBe(2);
  });
});
