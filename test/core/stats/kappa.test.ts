import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Agreement, agreement } from '../../../src/core/stats/kappa.ts';

/** Both pass, only first, only second, both fail. */
type Counts = readonly [number, number, number, number];

/**
 * Counts, accuracy, kappa, low, high. From NumPy 2.4.6, p the table of shares, r and c its sums by row and by column,
 * pe = r @ c, k = (np.trace(p) - pe) / (1 - pe):
 * a = sum(p[i, i] * (1 - (r[i] + c[i]) * (1 - k)) ** 2 for i in range(m))
 * b = (1 - k) ** 2 * sum(p[i, j] * (c[i] + r[j]) ** 2 for i in range(m) for j in range(m) if i != j)
 * se = np.sqrt((a + b - (k - pe * (1 - k)) ** 2) / (n * (1 - pe) ** 2)); k -/+ norm.ppf(0.975) * se
 * The same lines give kappa 0.429 and variance 0.002885 for the table of 200 in Fleiss, Cohen & Everitt (1969).
 */
const NUMPY: readonly (readonly [Counts, number, number, number, number])[] = [
  [[20, 5, 10, 15], 0.7, 0.4, 0.15109229047666106, 0.6489077095233388],
  [[45, 15, 25, 15], 0.6, 0.13043478260869554, -0.06293827779258956, 0.32380784300998067],
  [[80, 3, 7, 110], 0.95, 0.8977400552203703, 0.8360226903038076, 0.9594574201369329],
  [[90, 4, 5, 1], 0.91, 0.13461538461538383, -0.18309662131047008, 0.4523273905412377],
  [[1, 9, 8, 2], 0.15, -0.7, -1, -0.38858768821958284],
];

function agreementOf([bothPass, onlyFirst, onlySecond, bothFail]: Counts): Agreement {
  return agreement({ bothPass, onlyFirst, onlySecond, bothFail });
}

const count = fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 1_000_000 }));

describe('agreement', () => {
  it.each(NUMPY)('of %j is NumPy’s', (counts, accuracy, kappa, ...ends) => {
    const [low, high] = ends;
    const made = agreementOf(counts);
    expect(made.n).toBe(counts.reduce((sum, some) => sum + some, 0));
    expect(made.accuracy).toBeCloseTo(accuracy, 13);
    expect(made.kappa).toBeCloseTo(kappa, 12);
    expect(made.kappaInterval?.low).toBeCloseTo(low, 12);
    expect(made.kappaInterval?.high).toBeCloseTo(high, 12);
  });

  it('is Wilson’s interval for the share of rows', () => {
    // from scipy.stats import binomtest; binomtest(35, 50).proportion_ci(method='wilson')
    expect(agreementOf([20, 5, 10, 15]).accuracyInterval?.low).toBeCloseTo(0.562496495355466, 12);
    expect(agreementOf([20, 5, 10, 15]).accuracyInterval?.high).toBeCloseTo(0.8089644649911906, 12);
  });

  it('does not look certain because few rows agree', () => {
    // 1 - (1 - low) / (1 - 0.5), where Wilson's interval of 10 out of 10 begins at 0.7224672001371109
    const made = agreementOf([5, 0, 0, 5]);
    expect(made.kappa).toBe(1);
    expect(made.kappaInterval?.low).toBeCloseTo(0.4449344002742217, 12);
    expect(made.kappaInterval?.high).toBe(1);
    const opposed = agreementOf([0, 5, 5, 0]);
    expect(opposed.kappa).toBe(-1);
    expect(opposed.kappaInterval?.low).toBe(-1);
    expect(opposed.kappaInterval?.high).toBeCloseTo(-0.4449344002742217, 12);
  });

  it('is that of chance if one of the two says the same for all rows', () => {
    const { kappa, kappaInterval } = agreementOf([15, 5, 0, 0]);
    expect(kappa).toBe(0);
    expect(kappaInterval?.low).toBeLessThan(-0.1);
    expect(kappaInterval?.high).toBeGreaterThan(0.1);
  });

  it('has no kappa if both say the same for all rows, and is empty without rows', () => {
    for (const counts of [[5, 0, 0, 0] as const, [0, 0, 0, 5] as const]) {
      expect(agreementOf(counts)).toMatchObject({ n: 5, accuracy: 1, kappa: null, kappaInterval: null });
    }
    expect(agreementOf([0, 0, 0, 0])).toEqual({
      n: 0,
      accuracy: null,
      accuracyInterval: null,
      kappa: null,
      kappaInterval: null,
    });
  });

  it('keeps kappa from -1 to 1, the same for first and second and for passes and failures exchanged', () => {
    fc.assert(
      fc.property(count, count, count, count, (bothPass, onlyFirst, onlySecond, bothFail) => {
        const made = agreementOf([bothPass, onlyFirst, onlySecond, bothFail]);
        const swapped = agreementOf([bothPass, onlySecond, onlyFirst, bothFail]);
        const negated = agreementOf([bothFail, onlyFirst, onlySecond, bothPass]);
        expect([swapped.kappa, negated.kappa]).toEqual([made.kappa, made.kappa]);
        if (made.kappa === null) return;
        const { low, high } = made.kappaInterval ?? { low: Number.NaN, high: Number.NaN };
        expect(-1 <= low && low <= made.kappa && made.kappa <= high && high <= 1).toBe(true);
        expect(swapped.kappaInterval?.low).toBeCloseTo(low, 6);
        expect(negated.kappaInterval?.high).toBeCloseTo(high, 6);
      }),
    );
  });
});
