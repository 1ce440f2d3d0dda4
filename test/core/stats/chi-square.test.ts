import { expect, it } from 'vitest';
import { chiSquareQuantile } from '../../../src/core/stats/chi-square.ts';

/** Probability, degrees of freedom, scipy.stats.chi2.ppf of SciPy 1.17.1. */
const SCIPY = [
  [0.2, 5, 2.342534305841209],
  [0.2, 19, 13.71579],
  [0.2, 200, 183.0027],
  [0.975, 5, 12.832502],
  [0.975, 50, 71.420195],
] as const;

it.each(SCIPY)(
  'the chi-square quantile of %f with %i degrees of freedom is SciPy’s to one percent',
  (p, df, wanted) => {
    expect(chiSquareQuantile(p, df) / wanted).toBeGreaterThan(0.99);
    expect(chiSquareQuantile(p, df) / wanted).toBeLessThan(1.01);
  },
);

it('the chi-square quantile is never below 0 and grows with the degrees of freedom', () => {
  expect(chiSquareQuantile(0.0001, 1)).toBeGreaterThanOrEqual(0);
  const quantiles = [1, 2, 5, 20, 100].map((df) => chiSquareQuantile(0.2, df));
  expect(quantiles).toEqual(quantiles.toSorted((a, b) => a - b));
});
