import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreeingInterval } from '../../../src/core/stats/agreeing-interval.ts';
import { pairedMeanInterval } from '../../../src/core/stats/paired-mean.ts';
import { signFlipTest } from '../../../src/core/stats/sign-flip.ts';

const student = { low: 0.02, high: 0.08 };

describe('an interval that agrees with its test', () => {
  it('stays unchanged if both agree', () => {
    const [below, about] = [
      { low: -0.3, high: -0.1 },
      { low: -0.3, high: 0.1 },
    ];
    expect(agreeingInterval(below, { pValue: 0.01, alpha: 0.05, student })).toEqual(below);
    expect(agreeingInterval(about, { pValue: 0.06, alpha: 0.05, student })).toEqual(about);
  });

  it('extends to 0 if the test finds no difference', () => {
    expect(agreeingInterval({ low: 0.01, high: 0.2 }, { pValue: 0.051, alpha: 0.05, student })).toEqual({
      low: 0,
      high: 0.2,
    });
    expect(agreeingInterval({ low: -0.2, high: -0.01 }, { pValue: 1, alpha: 0.05, student })).toEqual({
      low: -0.2,
      high: 0,
    });
  });

  it('uses Student’s end towards 0 if the test finds a difference, and does not cross 0', () => {
    const found = { pValue: 0.05, alpha: 0.05 };
    expect(agreeingInterval({ low: -0.1, high: 0.12 }, { ...found, student })).toEqual({ low: 0.02, high: 0.12 });
    const below = { low: -0.09, high: 0.01 };
    expect(agreeingInterval({ low: -0.4, high: 0.1 }, { ...found, student: below })).toEqual({ low: -0.4, high: 0 });
  });

  it('never contradicts the sign-flip test, and contains the mean', () => {
    const rows = fc.array(fc.oneof(fc.constantFrom(-1, 0, 0.5, 1), fc.double({ min: -1, max: 1, noNaN: true })), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(rows, (values) => {
        const differences = Float64Array.from(values);
        const { pValue } = signFlipTest(differences, { seed: 1 });
        const paired = pairedMeanInterval(differences, {});
        if (paired === null) return;
        const { low, high } = agreeingInterval(paired.interval, { pValue, alpha: 0.05, student: paired.student });
        if (pValue <= 0.05) expect(low >= 0 || high <= 0).toBe(true);
        else expect(low <= 0 && high >= 0).toBe(true);
        expect(low <= paired.mean + 1e-9 && paired.mean - 1e-9 <= high).toBe(true);
      }),
    );
  });
});
