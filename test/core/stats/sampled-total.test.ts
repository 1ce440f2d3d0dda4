import { describe, expect, it } from 'vitest';
import { forecastPlannedTotal, forecastSampledTotal } from '../../../src/core/stats/sampled-total.ts';
import { drawRows, populationOf } from './pilots.ts';

const FIVE = populationOf([3, 5, 8, 13, 21].map((x) => ({ x, tag: null, y: 0 })));

describe('the total of a sampled dataset', () => {
  // python3 -c "import numpy as np; from scipy.stats import t; v = np.var([3, 5, 8, 13, 21], ddof=1);
  // [print(t.ppf(.95, 4) * m * np.sqrt(v / 5 + v / m)) for m in (15, 100)]" prints 119.07848104321091, 704.4777943019509
  it('counts the sample as known and uses Student’s range for the rest', () => {
    const { low, expected, high } = forecastSampledTotal(FIVE, 20, 0.9) ?? {};
    expect(expected).toBe(200);
    expect(high).toBeCloseTo(200 + 119.07848104321091, 8);
    expect(low).toBeCloseTo(200 - 119.07848104321091, 8);
  });

  it('is never below the observed part', () => {
    expect(forecastSampledTotal(FIVE, 7, 0.999)?.low).toBe(50);
  });

  it('has no uncertainty if all rows were seen', () => {
    expect(forecastSampledTotal(FIVE, 5, 0.9)).toEqual({ low: 50, expected: 50, high: 50 });
  });

  it('is null if fewer than two rows were seen', () => {
    const one = populationOf([{ x: 3, tag: null, y: 0 }]);
    expect(forecastSampledTotal(one, 2, 0.9)).toBeNull();
    expect(forecastSampledTotal(one, 1, 0.9)).toEqual({ low: 3, expected: 3, high: 3 });
  });

  it('is in the range nine times in ten', () => {
    const held = Array.from({ length: 500 }, (_, seed) => {
      const rows = drawRows(400, seed, ({ normal }) => ({ x: Math.exp(4 + 0.5 * normal()), tag: null, y: 0 }));
      const range = forecastSampledTotal(populationOf(rows.slice(0, 100)), 400, 0.9);
      const total = rows.reduce((sum, { x }) => sum + x, 0);
      return range !== null && range.low <= total && total <= range.high;
    }).filter(Boolean).length;
    // Binomial with 500 and 0.9: four standard errors are 27.
    expect(held).toBeGreaterThan(423);
    expect(held).toBeLessThan(477);
  });
});

describe('the total of rows to come', () => {
  it('has Student’s range for all of them', () => {
    const { low, expected, high } = forecastPlannedTotal(FIVE, 100, 0.9) ?? {};
    expect(expected).toBe(1000);
    expect(high).toBeCloseTo(1000 + 704.4777943019509, 8);
    expect(low).toBeCloseTo(1000 - 704.4777943019509, 8);
  });

  it('is 0 if none come, and unknown if fewer than two rows were seen', () => {
    expect(forecastPlannedTotal(FIVE, 0, 0.9)).toEqual({ low: 0, expected: 0, high: 0 });
    expect(forecastPlannedTotal(populationOf([]), 10, 0.9)).toBeNull();
  });
});
