import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/sampling.ts';
import { mcnemarExact } from '../../../src/core/stats/mcnemar.ts';
import { signFlipTest } from '../../../src/core/stats/sign-flip.ts';
import { processorMs } from '../../support/processor-time.ts';

const SEEDED = { seed: 1 };

/**
 * Differences, p. From SciPy 1.17.1, which goes through all signs of so few: from scipy.stats import permutation_test
 * print(permutation_test((np.array(d),), np.sum, permutation_type='samples', n_resamples=np.inf).pvalue)
 */
const SCIPY = [
  [[1.2, -0.4, 0.3, 2.1, 0.9], 0.1875],
  [[0.1, 0.2, -0.3], 1],
  [[0.1, 0.2, 0.3, -0.6, 0.5, 0.4], 0.4375],
  [[0.31, -1.7, 2.2, 0.05, 0.6, -0.9, 1.13, 0.77, 2.4, -0.2, 0.45, 1.9], 0.12548828125],
  [[1, 1, 1, 1, -1, 1, 1, 1], 0.0703125],
  [[0.2, 0.4, -0.2, 0.6, 0.8, 0.2, -0.4, 1], 0.1328125],
  [[3, 0, 0, -1, 2], 0.5],
] as const;

/** Square roots of 1 to `count`, two of three of them above 0. */
function roots(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => Math.sqrt(index + 1) * (index % 3 ? 1 : -1));
}

/** Normal differences by G. E. P. Box and M. E. Muller (1958). */
function normals(count: number, mean: number): Float64Array {
  const random = seededRandom(7);
  return Float64Array.from(
    { length: count },
    () => mean + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

const lists = fc
  .array(fc.oneof(fc.double({ min: -1e300, max: 1e300, noNaN: true }), fc.integer({ min: -5, max: 5 })), {
    maxLength: 60,
  })
  .map((values) => Float64Array.from(values));

describe('the sign-flip test', () => {
  it.each(SCIPY)('of %j is SciPy’s', (differences, p) => {
    const made = signFlipTest(Float64Array.from(differences), SEEDED);
    expect(made.method).toBe('exact');
    expect(made.pValue).toBeCloseTo(p, 14);
  });

  it('enumerates all signs of hundreds of differences on a grid', () => {
    // NumPy 2.4.6: x = [1] + [0] * 598, and for each size k: x = x / 2 + shifted by k x / 2; the sum of x where
    // |2 * index - 598| >= 78 prints 0.10070838782672645
    const differences = Float64Array.from({ length: 200 }, (_, i) => ((1 + (i % 5)) / 5) * (i % 9 < 5 ? 1 : -1));
    const made = signFlipTest(differences, SEEDED);
    expect(made.method).toBe('exact');
    expect(made.pValue).toBeCloseTo(0.10070838782672645, 12);
  });

  it('enumerates all signs of thirty differences of any size', () => {
    // The same programme in NumPy with sizes rounded to 1/2000 prints 0.059377219527959824
    const made = signFlipTest(roots(30), SEEDED);
    expect(made.method).toBe('exact');
    expect(made.pValue).toBeCloseTo(0.059377219527959824, 4);
  });

  it('draws signs for more, and converges with more draws', () => {
    // The same programme in NumPy with sizes rounded to 1/2000 prints 0.010155074219512195
    const p = 0.010155074219512195;
    const few = signFlipTest(roots(60), SEEDED);
    expect(few.method).toBe('sampled');
    expect(Math.abs(few.pValue - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 20_000));
    const many = signFlipTest(roots(60), { seed: 2, rounds: 1_000_000 });
    expect(Math.abs(many.pValue - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 1_000_000) + 5e-5);
  });

  it('treats the sum of many as normal', () => {
    // SciPy: d = np.tile([400, 3, -400.5, -1.25], 20000); print(2 * norm.sf(d.sum() / np.sqrt((d * d).sum())))
    const differences = Float64Array.from({ length: 80_000 }, (_, index) => [400, 3, -400.5, -1.25][index % 4] ?? 0);
    const made = signFlipTest(differences, SEEDED);
    expect(made.method).toBe('normal');
    expect(made.pValue).toBeCloseTo(0.7548128433368049, 8);
  });

  it('draws the signs of the few that outweigh a hundred thousand others', () => {
    // Four alike among tiny ones: all four have one sign in 2 of 16 cases, which a normal sum would put at 0.0455.
    const differences = Float64Array.from({ length: 100_000 }, (_, index) => (index < 4 ? 1 : 1e-7 * Math.cos(index)));
    const made = signFlipTest(differences, SEEDED);
    expect(made.method).toBe('sampled');
    // The tiny ones decide half the ties at random.
    expect(made.pValue).toBeGreaterThan(0.05);
    expect(made.pValue).toBeLessThan(0.13);
  });

  it('is McNemar’s if all differences have one size, however many', () => {
    const differences = Float64Array.from({ length: 30_000 }, (_, index) => (index % 60 < 31 ? 0.25 : -0.25));
    expect(signFlipTest(differences, SEEDED)).toEqual({ pValue: mcnemarExact(15_500, 14_500), method: 'exact' });
  });

  it('loses no tie to rounding', () => {
    const made = signFlipTest(Float64Array.from([0.1, 0.2, 0.7 - 0.4, 0.9 - 1.3, 0.1 + 0.2 - 0.3]), SEEDED);
    // 1 + 2 + 3 - 4 = 2 in tenths: 14 of 16 choices of signs reach 2 or more, either way.
    expect(made).toEqual({ pValue: 14 / 16, method: 'exact' });
  });

  it('finds nothing if nothing differs', () => {
    expect(signFlipTest(new Float64Array(), SEEDED)).toEqual({ pValue: 1, method: 'exact' });
    expect(signFlipTest(new Float64Array(1000), SEEDED)).toEqual({ pValue: 1, method: 'exact' });
    expect(signFlipTest(Float64Array.of(0, 5), SEEDED)).toEqual({ pValue: 1, method: 'exact' });
  });

  it('is from 0 to 1, the same for first and second exchanged, whatever the unit', () => {
    fc.assert(
      fc.property(lists, fc.nat(), (differences, seed) => {
        const options = { seed, rounds: 200 };
        const { pValue } = signFlipTest(differences, options);
        expect(0 <= pValue && pValue <= 1).toBe(true);
        expect(
          signFlipTest(
            differences.map((value) => -value),
            options,
          ).pValue,
        ).toBe(pValue);
        expect(
          signFlipTest(
            differences.map((value) => value * 4),
            options,
          ).pValue,
        ).toBeCloseTo(pValue, 12);
      }),
    );
  });

  it('gives the same by every way of enumerating signs', () => {
    const values = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(values, (steps) => {
        const sum = Math.abs(steps.reduce((total, step) => total + step, 0));
        let reached = 0;
        for (let signs = 0; signs < 2 ** steps.length; signs++) {
          const flipped = steps.reduce((total, step, bit) => total + ((signs >> bit) & 1 ? step : -step), 0);
          if (Math.abs(flipped) >= sum) reached += 1;
        }
        const differences = Float64Array.from(steps, (step) => step * 0.1);
        expect(signFlipTest(differences, SEEDED).pValue).toBeCloseTo(reached / 2 ** steps.length, 12);
      }),
    );
  });

  it.each([
    ['a million', normals(1_000_000, 0)],
    ['2,500, the most that are drawn,', normals(2500, 0)],
    ['36, the most of which all signs are gone through,', normals(36, 0)],
    ['5,000 on a grid', Float64Array.from({ length: 5000 }, (_, index) => ((index % 3) - 1) / (1 + (index % 2)))],
  ])('takes well under half a second of processor time for %s', (_what, differences) => {
    // Usually less than 50: a busy machine takes several times as long.
    expect(processorMs(() => signFlipTest(differences, SEEDED))).toBeLessThan(500);
  });
});
