import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSelected, rowSelector, type Selection, seededRandom } from '../../src/core/sampling.ts';

/** Positions of the rows taken, from 0. */
function taken(selection: Selection): readonly number[] {
  const take = rowSelector(selection);
  return Array.from({ length: selection.rows }, (_, index) => index).filter(() => take());
}

/** The first three numbers of a seed. */
function draw(seed: number): readonly number[] {
  const random = seededRandom(seed);
  return [random(), random(), random()];
}

const rows = fc.nat({ max: 200 });
const count = fc.option(fc.integer({ min: 1, max: 250 }));
const selections: fc.Arbitrary<Selection> = fc.record({ rows, limit: count, sample: count, seed: fc.nat() });

describe('a selection of rows', () => {
  it('has exactly the requested size', () => {
    fc.assert(
      fc.property(selections, (selection) => {
        const { rows: all, limit, sample } = selection;
        expect(taken(selection)).toHaveLength(countSelected(selection));
        expect(countSelected(selection)).toBe(Math.min(all, limit ?? all, sample ?? all));
      }),
    );
  });

  it('uses only the first rows if there is a limit', () => {
    fc.assert(
      fc.property(selections, (selection) => {
        expect(taken(selection).every((index) => index < (selection.limit ?? selection.rows))).toBe(true);
      }),
    );
  });

  it('uses the first rows in order if there is a limit and no sample', () => {
    expect(taken({ rows: 10, limit: 3, sample: null, seed: 1 })).toEqual([0, 1, 2]);
  });

  it('uses every row by default', () => {
    expect(taken({ rows: 4, limit: null, sample: null, seed: 1 })).toEqual([0, 1, 2, 3]);
  });

  it('uses the same rows with the same seed, in every version', () => {
    fc.assert(
      fc.property(selections, (selection) => {
        expect(taken(selection)).toEqual(taken(selection));
      }),
    );
    expect(taken({ rows: 100, limit: null, sample: 5, seed: 1 })).toEqual([52, 53, 68, 83, 84]);
  });

  it('uses other rows with another seed', () => {
    const draws = Array.from({ length: 50 }, (_, seed) => taken({ rows: 1000, limit: null, sample: 5, seed }).join());
    expect(new Set(draws).size).toBe(50);
  });

  it('selects every row equally often over many seeds', () => {
    const [all, sample, draws] = [20, 5, 4000];
    const counts = Array.from({ length: all }, () => 0);
    for (let seed = 0; seed < draws; seed++) {
      for (const index of taken({ rows: all, limit: null, sample, seed })) counts[index] = (counts[index] ?? 0) + 1;
    }
    const expected = (draws * sample) / all;
    const chiSquare = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 19 degrees of freedom: the 99.99 % point is 50.8 (scipy.stats.chi2.ppf(0.9999, 19)). The seeds are fixed.
    expect(chiSquare).toBeLessThan(50.8);
  });

  it('selects every pair of rows equally often over many seeds', () => {
    const draws = 6000;
    const counts = new Map<string, number>();
    for (let seed = 0; seed < draws; seed++) {
      const pair = taken({ rows: 6, limit: null, sample: 2, seed }).join();
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts.size).toBe(15);
    const expected = draws / 15;
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 14 degrees of freedom: the 99.99 % point is 42.6 (scipy.stats.chi2.ppf(0.9999, 14)).
    expect(chiSquare).toBeLessThan(42.6);
  });
});

describe('seeded random numbers', () => {
  it('are from 0 (inclusive) to 1 (exclusive)', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed);
        const numbers = Array.from({ length: 100 }, () => random());
        expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
      }),
    );
  });

  it('are the same for the same seed, in every version', () => {
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(1).map((number) => number * 2 ** 32)).toEqual([2_527_132_011, 314_344_336, 2_535_364_964]);
  });

  it('have the mean and spread of a uniform distribution', () => {
    const random = seededRandom(7);
    const numbers = Array.from({ length: 100_000 }, () => random());
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    const variance = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length;
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
  });
});
