import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/sampling.ts';
import { logGamma } from '../../../src/core/stats/beta.ts';
import { PairedEvidence } from '../../../src/core/stats/evidence.ts';

function evidenceOf(differences: readonly number[], alpha = 0.05): PairedEvidence {
  const evidence = new PairedEvidence(alpha);
  for (const difference of differences) evidence.add(difference);
  return evidence;
}

/** Rows that only the first passed, then rows that only the second passed. */
function flips(first: number, second: number): readonly number[] {
  return [...Array(first).fill(1), ...Array(second).fill(-1)];
}

/** Bayes factor of a uniform prior for which of two wins where they differ. */
function betaBinomial(first: number, second: number): number {
  const logBeta = logGamma(first + 1) + logGamma(second + 1) - logGamma(first + second + 2);
  return Math.exp((first + second) * Math.log(2) + logBeta);
}

describe('the evidence of paired differences', () => {
  it('is that of NumPy for the sum of bets', () => {
    // NumPy 2.4.6: lam = (arange(16) + .5) / 16; mean over lam and ±lam of prod(1 + lam * d)
    expect(evidenceOf([1, 0, 0.5, -0.25, 1, -1, 0.125, 1]).eValue).toBeCloseTo(0.8811806027079001, 13);
  });

  it.each([
    [8, 2],
    [3, 3],
    [20, 5],
    [60, 40],
  ])('of %i rows that only the first passed and %i that only the second did is the Bayes factor', (first, second) => {
    const { eValue } = evidenceOf(flips(first, second));
    expect(Math.abs(eValue / betaBinomial(first, second) - 1)).toBeLessThan(0.001);
  });

  it('is 1 without rows and unchanged by rows without a difference', () => {
    const evidence = evidenceOf(Array(1000).fill(0));
    expect(evidence.eValue).toBe(1);
    expect(evidence.favoured).toBeNull();
    expect(evidence.isDecided).toBe(false);
  });

  it('is decided when it reaches 1/alpha, for the one that passed more, and stays decided', () => {
    const evidence = evidenceOf(flips(0, 7));
    expect(evidence.isDecided).toBe(false);
    expect(evidence.favoured).toBe('second');
    evidence.add(-1);
    expect(evidence.eValue).toBeGreaterThanOrEqual(20);
    expect(evidence.isDecided).toBe(true);
    for (const difference of flips(60, 0)) evidence.add(difference);
    expect([evidence.isDecided, evidence.favoured]).toEqual([true, 'second']);
  });

  it('mirrors, and does not depend on the order of rows, up to rounding', () => {
    const differences = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 200 });
    fc.assert(
      fc.property(differences, (all) => {
        const { eValue } = evidenceOf(all);
        expect(evidenceOf(all.map((difference) => -difference)).eValue / eValue).toBeCloseTo(1, 9);
        expect(evidenceOf(all.toReversed()).eValue / eValue).toBeCloseTo(1, 9);
      }),
    );
  });

  it('stays finite after any number of rows', () => {
    const evidence = evidenceOf(flips(100_000, 0));
    expect(evidence.eValue).toBeGreaterThan(1e290);
    expect(Number.isFinite(evidence.eValue)).toBe(true);
    for (const difference of flips(0, 300_000)) evidence.add(difference);
    expect(Number.isFinite(evidence.eValue)).toBe(true);
  });

  it('is 1 on average after a row without a difference between the two, whatever came before', () => {
    const before = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 30 });
    fc.assert(
      fc.property(before, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, size) => {
        const after = [size, -size].map((difference) => evidenceOf([...all, difference]).eValue);
        const mean = after.reduce((sum, eValue) => sum + eValue, 0) / 2;
        expect(mean / evidenceOf(all).eValue).toBeCloseTo(1, 9);
      }),
    );
  });

  it('is ever decided in at most 5 of 100 runs without a difference, checked after each of 500 rows', () => {
    const random = seededRandom(11);
    const runs = 1000;
    let decided = 0;
    for (let run = 0; run < runs; run++) {
      const evidence = new PairedEvidence(0.05);
      for (let row = 0; row < 500; row++) evidence.add(Math.sign(Math.floor(3 * random()) - 1));
      if (evidence.isDecided) decided += 1;
    }
    // Three standard errors of a share of 1,000 above 5 %; a fixed test looked at so often decides in far more.
    expect(decided).toBeLessThan(71);
    expect(decided).toBeGreaterThan(0);
  });
});
