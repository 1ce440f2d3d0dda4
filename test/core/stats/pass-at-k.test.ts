import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logGamma } from '../../../src/core/stats/beta.ts';
import { passAtK, passHatK } from '../../../src/core/stats/pass-at-k.ts';

/**
 * n, passed, k, pass@k, pass^k. From Python 3, with comb of math and Fraction:
 * float(1 - Fraction(comb(n - c, k), comb(n, k))), float(Fraction(comb(c, k), comb(n, k)))
 */
const EXACT = [
  [5, 2, 1, 0.4, 0.4],
  [5, 2, 2, 0.7, 0.1],
  [5, 2, 3, 0.9, 0],
  [5, 2, 4, 1, 0],
  [10, 3, 5, 0.9166666666666666, 0],
  [200, 13, 10, 0.49755111473060615, 1.2738851058221087e-14],
  [200, 13, 100, 0.9999194971988055, 0],
  [1000, 900, 30, 1, 0.04034950243810148],
] as const;

const attempts = fc
  .integer({ min: 1, max: 500 })
  .chain((n) => fc.tuple(fc.constant(n), fc.nat({ max: n }), fc.integer({ min: 1, max: n })));

/** Probability that `passed` of `n` attempts pass where each does with probability `p`. */
function binomial(n: number, passed: number, p: number): number {
  const choices = logGamma(n + 1) - logGamma(passed + 1) - logGamma(n - passed + 1);
  return Math.exp(choices + passed * Math.log(p) + (n - passed) * Math.log1p(-p));
}

describe('pass@k and pass^k', () => {
  it.each(EXACT)('of %i attempts of which %i passed, k = %i, are the exact ones', (...figures) => {
    const [n, passed, k, any, all] = figures;
    expect(passAtK(n, passed, k)).toBeCloseTo(any, 14);
    expect(passHatK(n, passed, k)).toBeCloseTo(all, 14);
  });

  it('are right on average, whatever the probability of passing', () => {
    const [n, k, p] = [12, 5, 0.3];
    let [any, all] = [0, 0];
    for (let passed = 0; passed <= n; passed++) {
      any += binomial(n, passed, p) * (passAtK(n, passed, k) ?? Number.NaN);
      all += binomial(n, passed, p) * (passHatK(n, passed, k) ?? Number.NaN);
    }
    expect(any).toBeCloseTo(1 - 0.7 ** 5, 12);
    expect(all).toBeCloseTo(0.3 ** 5, 12);
  });

  it('are the pass rate for k = 1, and mirror each other', () => {
    fc.assert(
      fc.property(attempts, ([n, passed, k]) => {
        expect(passAtK(n, passed, 1)).toBeCloseTo(passed / n, 12);
        expect(passHatK(n, passed, 1)).toBeCloseTo(passed / n, 12);
        expect(passAtK(n, passed, k)).toBeCloseTo(1 - (passHatK(n, n - passed, k) ?? Number.NaN), 12);
      }),
    );
  });

  it('are exactly 0 and 1 if nothing or everything passed', () => {
    fc.assert(
      fc.property(attempts, ([n, , k]) => {
        expect([passAtK(n, 0, k), passHatK(n, 0, k), passAtK(n, n, k), passHatK(n, n, k)]).toEqual([0, 0, 1, 1]);
      }),
    );
  });

  it('are unknown if k is more than the attempts', () => {
    expect([passAtK(4, 2, 5), passHatK(4, 2, 5), passAtK(0, 0, 1), passHatK(0, 0, 1)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
