import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gammaSumTail } from '../../../src/core/stats/gamma-sum.ts';
import { mcnemarExact } from '../../../src/core/stats/mcnemar.ts';

function tailOf(parts: readonly (readonly [value: number, shape: number])[]): number {
  return gammaSumTail(
    Float64Array.from(parts, ([value]) => value),
    Float64Array.from(parts, ([, shape]) => shape),
  );
}

const HUNDREDTHS = Array.from({ length: 39 }, (_, index) => [(index + 1) / 100, 1] as const);

/**
 * Values with shapes, and the chance that the sum is at most 0.
 * Two values: scipy.stats.beta.cdf(.98, 149, 1) and beta.cdf(.97, 200, 3.5), SciPy 1.17.1.
 * Shapes of 1: 1 - sum over v_i > 0 of v_i**n / prod over j of (v_i - v_j), with Python's fractions.Fraction.
 * Three values v - m of v = 1, 0, -1 with b, z, c: scipy.integrate.quad over s of
 * beta.pdf(s, b + c, z) * beta.sf((1 - m / s) / 2, c, b), the share of the first and third, and of the third among them.
 */
const EXACT: readonly (readonly [readonly (readonly [number, number])[], number])[] = [
  [
    [
      [0.02, 149],
      [-0.98, 1],
    ],
    0.049281654330089464,
  ],
  [
    [
      [0.03, 200],
      [-0.97, 3.5],
    ],
    0.09234170590286998,
  ],
  [
    [
      [0.5, 1],
      [0.25, 1],
      [-1, 1],
    ],
    0.5333333333333333,
  ],
  [
    [
      [-1, 1],
      [-1 / 3, 1],
      [0.2, 1],
      [2 / 7, 1],
      [0.5, 1],
      [0.01, 1],
      [0.03, 1],
    ],
    0.5630880226422973,
  ],
  [[...HUNDREDTHS, [-1, 1]], 0.0009705584648446689],
  [
    [
      [1.01, 3],
      [0.01, 441],
      [-0.99, 1],
    ],
    0.0014419042247979848,
  ],
  [
    [
      [1 - 0.00775, 18],
      [-0.00775, 753],
      [-1.00775, 1],
    ],
    0.0014339888082792029,
  ],
  [
    [
      [1.008, 2],
      [0.008, 5000],
      [-0.992, 30],
    ],
    0.021869245386554312,
  ],
];

const values = fc.array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(1, 1, 0.5, 2, 7, 300)), {
  minLength: 1,
  maxLength: 30,
});

describe('the probability that a weighted sum of gamma variables is at most 0', () => {
  it.each(EXACT)('of %j is the exact one', (parts, chance) => {
    expect(tailOf(parts) / chance).toBeCloseTo(1, 7);
  });

  it('is that of a fair coin if values have one size', () => {
    for (const [heads, tails] of [
      [6, 1],
      [9, 3],
      [40, 12],
      [400, 350],
    ] as const) {
      const coin = mcnemarExact(heads, tails - 1) / 2;
      const chance = tailOf([
        [0.7, heads],
        [-0.7, tails],
      ]);
      expect(chance / coin).toBeCloseTo(1, 8);
    }
  });

  it('is the same for shapes of 1 and for as many at once', () => {
    const apart = tailOf([...Array.from({ length: 60 }, () => [0.05, 1] as const), [-0.9, 1], [-0.9, 1]]);
    const together = tailOf([
      [0.05, 60],
      [-0.9, 2],
    ]);
    expect(apart / together).toBeCloseTo(1, 8);
  });

  it('is 1 if no value is above 0, otherwise 0 if none is below', () => {
    expect(
      tailOf([
        [-1, 1],
        [0, 3],
      ]),
    ).toBe(1);
    expect(tailOf([[0, 2]])).toBe(1);
    expect(
      tailOf([
        [0, 2],
        [0.1, 1],
      ]),
    ).toBe(0);
  });

  it('is from 0 to 1, and complements that of the negated values', () => {
    fc.assert(
      fc.property(values, (parts) => {
        const chance = tailOf(parts);
        expect(chance >= 0 && chance <= 1).toBe(true);
        if (parts.every(([value]) => value === 0)) return;
        const opposite = tailOf(parts.map(([value, shape]) => [-value, shape] as const));
        expect(chance + opposite).toBeCloseTo(1, 6);
      }),
    );
  });
});
