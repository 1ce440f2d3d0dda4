import { describe, expect, it } from 'vitest';
import { promptRange, tokenRatio } from '../../../src/app/forecast/prompt-range.ts';
import { Population } from '../../../src/core/stats/population.ts';

const RANGE = { range: { low: 80, expected: 100, high: 150 }, tokens: 100, level: 0.9 };

function populationOf(lengths: readonly number[], unseen = 0): Population {
  const population = new Population(unseen);
  for (const length of lengths) population.add(length, null);
  return population;
}

describe('the ratio of a model’s tokens to counted ones', () => {
  it('is that of the model’s tokenizer before any answer', () => {
    expect(tokenRatio([], RANGE)).toEqual({ low: 0.8, expected: 1, high: 1.5, isExact: false });
    expect(tokenRatio([], { ...RANGE, tokens: 0 })).toEqual({ low: 1, expected: 1, high: 1, isExact: true });
  });

  // python3 -c "import numpy as np; from scipy.stats import t; x = np.array([10, 20, 30, 40]); y = np.array([12, 23, 39, 45]);
  // R = y.sum() / x.sum(); d = y - R * x; print(R, t.ppf(.95, 3) * np.sqrt(d @ d / 3 / 4) / x.mean())"
  // prints 1.19 0.1162475783544752
  it('is the ratio of the sums once answers report it, with Cochran’s error', () => {
    const seen = [
      { counted: 10, reported: 12 },
      { counted: 20, reported: 23 },
      { counted: 30, reported: 39 },
      { counted: 40, reported: 45 },
    ];
    const { low, expected, high } = tokenRatio(seen, RANGE);
    expect(expected).toBeCloseTo(1.19, 12);
    expect(high - expected).toBeCloseTo(0.1162475783544752, 12);
    expect(expected - low).toBeCloseTo(0.1162475783544752, 12);
  });

  it('is exact if every answer reports the same', () => {
    const seen = [7, 11, 23].map((counted) => ({ counted, reported: 2 * counted }));
    expect(tokenRatio(seen, RANGE)).toEqual({ low: 2, expected: 2, high: 2, isExact: true });
  });

  it('keeps the prior range if there is only one answer', () => {
    expect(tokenRatio([{ counted: 10, reported: 12 }], RANGE)).toMatchObject({ low: 0.8, expected: 1.2, high: 1.5 });
    expect(tokenRatio([{ counted: 10, reported: 20 }], RANGE)).toEqual({
      low: 0.8,
      expected: 2,
      high: 2,
      isExact: false,
    });
  });

  it('is never below zero, however few and different the answers are', () => {
    const unlike = [
      { counted: 3, reported: 1 },
      { counted: 1, reported: 9 },
    ];
    expect(tokenRatio(unlike, { ...RANGE, level: 0.99 }).low).toBe(0);
  });
});

describe('remaining prompt tokens', () => {
  const five = [3, 5, 8, 13, 21];
  const exact = { low: 1, expected: 1, high: 1, isExact: true };

  it('are the counted ones, and exact, if the model counts all rows the same way', () => {
    const rows = { population: populationOf(five), planned: null, repeats: 3, level: 0.9 };
    expect(promptRange(rows, exact)).toEqual({ low: 150, expected: 150, high: 150, isExact: true });
  });

  it('have the range of the tokenizer, and are not exact, if the model counts differently', () => {
    const rows = { population: populationOf(five), planned: null, repeats: 1, level: 0.9 };
    const ratio = { low: 0.8, expected: 1.1, high: 1.4, isExact: false };
    expect(promptRange(rows, ratio)).toEqual({ low: 40, expected: 55, high: 70, isExact: false });
  });

  // python3 -c "import numpy as np; from scipy.stats import t; v = np.var([3, 5, 8, 13, 21], ddof=1);
  // [print(t.ppf(.95, 4) * m * np.sqrt(v / 5 + v / m)) for m in (15, 100)]" prints 119.07848104321091, 704.4777943019509
  it('have the error of the sample if only some rows were counted', () => {
    const rows = { population: populationOf(five, 15), planned: null, repeats: 1, level: 0.9 };
    expect(promptRange(rows, exact)).toEqual({ low: 81, expected: 200, high: 319, isExact: false });
    const planned = { population: populationOf(five), planned: 100, repeats: 2, level: 0.9 };
    expect(promptRange(planned, exact)).toEqual({
      low: Math.round(2 * (1000 - 704.4777943019509)),
      expected: 2000,
      high: Math.round(2 * (1000 + 704.4777943019509)),
      isExact: false,
    });
  });
});
