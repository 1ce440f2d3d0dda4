import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcnemarExact } from '../../../src/core/stats/mcnemar.ts';
import { anySignTail, wholeSignTail } from '../../../src/core/stats/sign-sums.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 24 });

/** What the sizes add up to where every third has the other sign. */
function seenSum(steps: readonly number[]): number {
  return Math.abs(steps.reduce((sum, step, index) => sum + (index % 3 ? step : -step), 0));
}

describe('the probability of a sum with random signs', () => {
  it('is the same one number after another and by matching halves', () => {
    fc.assert(
      fc.property(sizes, (steps) => {
        const whole = Float64Array.from(steps);
        const least = seenSum(steps);
        const chance = least === 0 ? 1 : anySignTail(whole, least - 0.5);
        expect(wholeSignTail(whole, least)).toBeCloseTo(chance, 12);
      }),
    );
  });

  it('is the binomial distribution’s for ones, even if its terms underflow', () => {
    for (const [n, least] of [
      [10, 4],
      [436, 284],
      [3000, 200],
      [3000, 1900],
    ] as const) {
      const chance = wholeSignTail(new Float64Array(n).fill(1), least);
      expect(chance / mcnemarExact((n - least) / 2, (n + least) / 2)).toBeCloseTo(1, 9);
    }
  });

  it('is 1 for a sum of at least 0, and that of two choices for the whole sum', () => {
    expect(wholeSignTail(Float64Array.of(3, 1, 2), 0)).toBe(1);
    expect(wholeSignTail(Float64Array.of(3, 1, 2), 6)).toBe(2 / 8);
    expect(anySignTail(Float64Array.of(0.3, 0.1, 0.25), 0.64)).toBe(2 / 8);
  });
});
