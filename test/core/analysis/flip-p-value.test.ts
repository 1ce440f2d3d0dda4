import { describe, expect, it } from 'vitest';
import { flipPValue } from '../../../src/core/analysis/flip-p-value.ts';
import { seededRandom } from '../../../src/core/sampling.ts';
import { signFlipTest } from '../../../src/core/stats/sign-flip.ts';

/** Differences of two means over five repeats, of which the first is a little better. */
function ofRepeats(n: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const passed = (skill: number): number => Array.from({ length: 5 }, () => random()).filter((x) => x < skill).length;
  return Float64Array.from({ length: n }, () => (passed(0.52) - passed(0.5)) / 5);
}

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

describe('the p-value of flipped signs', () => {
  it('is that of the test itself for few differences, and for equal ones', () => {
    for (const seed of SEEDS.slice(0, 5)) {
      const few = ofRepeats(150, seed);
      expect(flipPValue(few)).toBe(signFlipTest(few, { seed: 1 }).pValue);
    }
    const equal = Float64Array.from({ length: 5000 }, (_, index) => (index % 25 < 13 ? 1 : -1));
    expect(flipPValue(equal)).toBe(signFlipTest(equal, { seed: 1 }).pValue);
  });

  it('is, of many differences, that of all signs, and no smaller where it decides anything', () => {
    for (const seed of SEEDS) {
      const many = ofRepeats(1500, seed);
      const { pValue: exact, method } = signFlipTest(many, { seed: 1 });
      expect(method).toBe('exact');
      expect(flipPValue(many)).toBeLessThan(exact * 1.03 + 1e-6);
      expect(flipPValue(many)).toBeGreaterThan(exact * (exact < 0.08 ? 0.9999 : 0.995));
    }
  });

  it('is left to the test where few differences weigh as much as all others', () => {
    const random = seededRandom(5);
    const uneven = Float64Array.from({ length: 2000 }, (_, index) => random() * (index < 9 ? 1 : -0.0001));
    const { pValue, method } = signFlipTest(uneven, { seed: 1 });
    expect(method).toBe('sampled');
    expect(pValue).toBeLessThan(0.1);
    expect(flipPValue(uneven)).toBe(pValue);
  });

  it('is drawn coarsely where it decides nothing', () => {
    const random = seededRandom(3);
    const alike = Float64Array.from({ length: 100 }, () => random() - 0.5);
    const { pValue, method } = signFlipTest(alike, { seed: 1 });
    expect(method).toBe('sampled');
    expect(pValue).toBeGreaterThan(0.2);
    expect(Math.abs(flipPValue(alike) - pValue)).toBeLessThan(0.06);
    expect(Number.isInteger(Math.round(flipPValue(alike) * 1001 * 1e6) / 1e6)).toBe(true);
  });

  it('is 1 where nothing differs', () => {
    expect(flipPValue(new Float64Array(9))).toBe(1);
    expect(flipPValue(new Float64Array(0))).toBe(1);
  });
});
