import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalQuantile, normalTail } from '../../../src/core/stats/normal.ts';

/** z, probability. From SciPy 1.17.1: from scipy.stats import norm; print(float(norm.sf(z))) */
const SCIPY = [
  [0, 0.5],
  [0.5, 0.3085375387259869],
  [1, 0.15865525393145707],
  [1.959963984540054, 0.025],
  [2.999, 0.0013543365337271057],
  [3, 0.0013498980316300933],
  [3.001, 0.0013454728250849653],
  [5, 2.866515718791933e-7],
  [10, 7.61985302416047e-24],
  [37, 5.7255712225239266e-300],
  [-1.5, 0.9331927987311419],
  [-8, 0.9999999999999993],
] as const;

describe('the tail of the normal distribution', () => {
  it.each(SCIPY)('from %f is SciPy’s', (z, probability) => {
    expect(normalTail(z) / probability).toBeCloseTo(1, 12);
  });

  it('is 1 and 0 at the ends', () => {
    expect([-Infinity, -50, 50, Infinity].map((z) => normalTail(z))).toEqual([1, 1, 0, 0]);
  });

  it('inverts the quantile', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 0.999999, noNaN: true }), (p) => {
        expect(normalTail(-normalQuantile(p)) / p).toBeCloseTo(1, 11);
      }),
    );
  });
});
