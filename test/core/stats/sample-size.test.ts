import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/sampling.ts';
import { mcnemarExact } from '../../../src/core/stats/mcnemar.ts';
import { rowsForMeanDifference, rowsForShareDifference } from '../../../src/core/stats/sample-size.ts';

/**
 * Discordant, difference, power, alpha, rows. From NumPy 2.4.6 and SciPy 1.17.1, with
 * A = norm.ppf(1 - alpha / 2) * np.sqrt(psi) + norm.ppf(power) * np.sqrt(psi - d * d):
 * np.ceil(A * A / (4 * d * d) * (1 + np.sqrt(1 + 4 * d / A ** 2)) ** 2)
 */
const SHARES = [
  [0.2, 0.1, 0.8, 0.05, 175],
  [0.2, 0.1, 0.9, 0.05, 226],
  [0.1, 0.05, 0.8, 0.05, 351],
  [0.05, 0.02, 0.8, 0.05, 1077],
  [0.3, 0.05, 0.9, 0.01, 1821],
  [0.1, 0.1, 0.8, 0.05, 96],
] as const;

/**
 * Difference in standard deviations, power, alpha, rows. From SciPy 1.17.1: the first n with which
 * nct.sf(q, n - 1, d * sqrt(n)) + nct.cdf(-q, n - 1, d * sqrt(n)) is the power, where q = t.ppf(1 - alpha / 2, n - 1)
 */
const MEANS = [
  [0.5, 0.8, 0.05, 34],
  [0.2, 0.8, 0.05, 199],
  [0.1, 0.9, 0.05, 1053],
  [1, 0.8, 0.05, 10],
  [0.3, 0.9, 0.01, 169],
] as const;

const USUAL = { power: 0.8, alpha: 0.05 };

/** Share of simulated sets of rows in which McNemar's test finds the difference at 5 %. */
function powerOf(rows: number, discordant: number, difference: number): number {
  const random = seededRandom(11);
  const rounds = 4000;
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    let [first, second] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const drawn = random();
      if (drawn < (discordant + difference) / 2) first += 1;
      else if (drawn < discordant) second += 1;
    }
    if (mcnemarExact(first, second) <= 0.05) found += 1;
  }
  return found / rounds;
}

describe('the rows needed for a difference of shares', () => {
  it.each(SHARES)('are NumPy’s for %f, %f, %f and %f', (discordant, difference, ...others) => {
    const [power, alpha, rows] = others;
    expect(rowsForShareDifference({ discordant, difference, power, alpha })).toBe(rows);
    expect(rowsForShareDifference({ discordant, difference: -difference, power, alpha })).toBe(rows);
  });

  it.each([
    [0.2, 0.1],
    [0.3, 0.1],
    [0.1, 0.05],
    [0.5, 0.3],
  ])('detect %f with a difference of %f in four of five cases', (discordant, difference) => {
    const rows = rowsForShareDifference({ discordant, difference, ...USUAL }) ?? 0;
    const power = powerOf(rows, discordant, difference);
    // Two standard errors of 4,000 rounds below; three points and as much above.
    expect(power).toBeGreaterThan(0.8 - 0.013);
    expect(power).toBeLessThan(0.83 + 0.013);
  });

  it('are null if no number is enough', () => {
    expect(rowsForShareDifference({ discordant: 0.2, difference: 0, ...USUAL })).toBeNull();
    expect(rowsForShareDifference({ discordant: 0, difference: 0, ...USUAL })).toBeNull();
    expect(rowsForShareDifference({ discordant: 0.1, difference: 0.11, ...USUAL })).toBeNull();
    expect(rowsForShareDifference({ discordant: 0.2, difference: 1e-200, ...USUAL })).toBeNull();
    expect(rowsForShareDifference({ discordant: 0.2, difference: 0.1, power: 1, alpha: 0.05 })).toBeNull();
    expect(rowsForShareDifference({ discordant: 0.2, difference: 0.1, power: 0.8, alpha: 0 })).toBeNull();
  });

  it('are six if all rows would differ', () => {
    expect(rowsForShareDifference({ discordant: 1, difference: 1, ...USUAL })).toBe(6);
  });
});

describe('the rows needed for a mean difference', () => {
  it.each(MEANS)('are SciPy’s for %f standard deviations, %f and %f', (difference, power, alpha, rows) => {
    expect(rowsForMeanDifference({ standardDeviation: 1, difference, power, alpha })).toBe(rows);
    expect(rowsForMeanDifference({ standardDeviation: 8, difference: -8 * difference, power, alpha })).toBe(rows);
  });

  it('are those of which all must point one way if differences hardly vary', () => {
    expect(rowsForMeanDifference({ standardDeviation: 0, difference: 0.1, ...USUAL })).toBe(6);
    expect(rowsForMeanDifference({ standardDeviation: 0.05, difference: 0.1, ...USUAL })).toBe(6);
  });

  it('are null if no number is enough', () => {
    expect(rowsForMeanDifference({ standardDeviation: 1, difference: 0, ...USUAL })).toBeNull();
    expect(rowsForMeanDifference({ standardDeviation: 0, difference: 0, ...USUAL })).toBeNull();
    expect(rowsForMeanDifference({ standardDeviation: 1, difference: 1e-200, ...USUAL })).toBeNull();
    expect(rowsForMeanDifference({ standardDeviation: 1, difference: 0.1, power: 1, alpha: 0.05 })).toBeNull();
  });
});

it('increase with smaller differences and higher power', () => {
  const shares = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  const powers = fc.double({ min: 0.5, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(shares, shares, powers, fc.double({ min: 0.001, max: 0.2, noNaN: true }), (a, b, power, alpha) => {
      const [difference, discordant] = [Math.min(a, b), Math.max(a, b)];
      const sought = { discordant, difference, power, alpha, standardDeviation: discordant };
      for (const rows of [rowsForShareDifference, rowsForMeanDifference]) {
        const wanted = rows(sought) ?? Number.NaN;
        expect(Number.isInteger(wanted) && wanted > 0).toBe(true);
        expect(rows({ ...sought, difference: difference / 2 })).toBeGreaterThanOrEqual(wanted);
        expect(rows({ ...sought, alpha: alpha / 2 })).toBeGreaterThanOrEqual(wanted);
        expect(rows({ ...sought, power: (1 + power) / 2 })).toBeGreaterThanOrEqual(wanted);
      }
    }),
  );
});
