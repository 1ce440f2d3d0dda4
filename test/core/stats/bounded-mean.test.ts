import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedMeanInterval, clusterUnits, singleUnits } from '../../../src/core/stats/bounded-mean.ts';
import type { Interval } from '../../../src/core/stats/wilson.ts';

const DIFFERENCES: Interval = { low: -1, high: 1 };
const SCORES: Interval = { low: 0, high: 1 };

function intervalOf(values: readonly number[], bounds = DIFFERENCES, level = 0.95): Interval {
  return boundedMeanInterval(singleUnits(Float64Array.from(values)), { bounds, level }) ?? NOTHING;
}

const NOTHING: Interval = { low: Number.NaN, high: Number.NaN };

/**
 * Values, bounds, level, and the ends: where 1 - sum over k_i > x of (k_i - x)**n / prod over j of (k_i - k_j) is
 * (1 - level) / 2, k being the n values and the bound; by Python's fractions.Fraction and scipy.optimize.brentq 1.17.1.
 */
const EXACT = [
  [[0.2, -0.4, 0.99, 0.6, 0, 0.8, -0.2, 0.4], DIFFERENCES, 0.95, [-0.23639104516622897, 0.6669104911576427]],
  [[0.2, -0.4, 0.99, 0.6, 0, 0.8, -0.2, 0.4], DIFFERENCES, 0.9, [-0.166862322159407, 0.6246018916387978]],
  [[0.03, -0.01, 0.02, 0.005, -0.02, 0.011, 0.04], DIFFERENCES, 0.95, [-0.40332022283178565, 0.4161421300866098]],
  [[0.9, 0.95, 0.99], SCORES, 0.95, [0.27659677110492414, 0.9892259767402235]],
  [[0.25], DIFFERENCES, 0.95, [-0.96875, 0.98125]],
] as const;

const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 });

describe('the interval of a mean between bounds', () => {
  it.each(EXACT)('of %j within %j at level %f is the exact one', (sample, bounds, level, [low, high]) => {
    const made = intervalOf(sample, bounds, level);
    expect(made.low).toBeCloseTo(low, 8);
    expect(made.high).toBeCloseTo(high, 8);
  });

  it('is Clopper and Pearson’s for values at the bounds', () => {
    // scipy.stats.beta.ppf(.025, 3, 18), beta.ppf(.975, 4, 17), SciPy 1.17.1
    const made = intervalOf([...Array<number>(3).fill(1), ...Array<number>(17).fill(0)], SCORES);
    expect(made.low).toBeCloseTo(0.0320709371854637, 9);
    expect(made.high).toBeCloseTo(0.37892682654531396, 9);
  });

  it.each([1, 3, 20, 149, 1000])('of %i equal values allows for as many others as may be unseen', (n) => {
    const { low, high } = intervalOf(Array<number>(n).fill(0));
    expect(low).toBeCloseTo(-(1 - 0.025 ** (1 / n)), 14);
    expect(high).toBe(-low);
    expect(intervalOf(Array<number>(n).fill(1)).high).toBe(1);
    expect(intervalOf(Array<number>(n).fill(-1)).low).toBe(-1);
  });

  it('is null without values', () => {
    expect(boundedMeanInterval(singleUnits(new Float64Array()), { bounds: SCORES })).toBeNull();
  });

  it('contains the mean, is within the bounds, and mirrors with the values', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0.5, 0.9, 0.95, 0.999), (sample, level) => {
        const { low, high } = intervalOf(sample, DIFFERENCES, level);
        const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length;
        expect(-1 <= low && low <= mean + 1e-9 && mean - 1e-9 <= high && high <= 1).toBe(true);
        const mirrored = intervalOf(
          sample.map((value) => -value),
          DIFFERENCES,
          level,
        );
        expect(mirrored.low).toBeCloseTo(-high, 9);
        expect(mirrored.high).toBeCloseTo(-low, 9);
      }),
    );
  });

  it('grows with the level, and moves up with any value', () => {
    fc.assert(
      fc.property(values, fc.nat(), (sample, at) => {
        const [narrow, wide] = [intervalOf(sample, DIFFERENCES, 0.9), intervalOf(sample, DIFFERENCES, 0.99)];
        expect(wide.low <= narrow.low + 1e-9 && narrow.high <= wide.high + 1e-9).toBe(true);
        const raised = sample.map((value, index) => (index === at % sample.length ? (value + 1) / 2 : value));
        expect(intervalOf(raised, DIFFERENCES, 0.9).low).toBeGreaterThanOrEqual(narrow.low - 1e-9);
        expect(intervalOf(raised, DIFFERENCES, 0.9).high).toBeGreaterThanOrEqual(narrow.high - 1e-9);
      }),
    );
  });

  it('of binned values differs by less than a thousandth of its width', () => {
    // Every value four times has a quarter of the weight's spread: four values with one weight each are one gamma number.
    const few = Array.from({ length: 60 }, (_, index) => Math.sin(index) ** 3 / 2);
    const units = singleUnits(Float64Array.from(few));
    const counted = boundedMeanInterval({ ...units, counts: units.counts.map(() => 4) }, { bounds: DIFFERENCES });
    const { low, high } = intervalOf([...few, ...few, ...few, ...few]);
    expect(Math.abs(low - (counted?.low ?? 0))).toBeLessThan(0.001 * (high - low));
    expect(Math.abs(high - (counted?.high ?? 0))).toBeLessThan(0.001 * (high - low));
  });
});

describe('clusters of values', () => {
  it('are summed, and numbers without a value are not clusters', () => {
    const { sums, sizes, counts } = clusterUnits(Float64Array.of(0.5, 0.25, -1, 0.125), Uint32Array.of(4, 1, 1, 4));
    expect([...sums]).toEqual([-0.75, 0.625]);
    expect([...sizes]).toEqual([2, 2]);
    expect([...counts]).toEqual([1, 1]);
    expect(clusterUnits(new Float64Array(), new Uint32Array()).sums).toHaveLength(0);
  });

  it('of one size have the interval of their means', () => {
    fc.assert(
      fc.property(values, (means) => {
        const rows = Float64Array.from(means.flatMap((mean) => [mean, mean, mean]));
        const clusters = Uint32Array.from(rows, (_, row) => Math.floor(row / 3));
        const made = boundedMeanInterval(clusterUnits(rows, clusters), { bounds: DIFFERENCES });
        expect(made?.low).toBeCloseTo(intervalOf(means).low, 9);
        expect(made?.high).toBeCloseTo(intervalOf(means).high, 9);
      }),
    );
  });

  it('of several sizes allow for one more, as large as that of a row on average', () => {
    // All zeros: low is where the unseen one outweighs the others, 4 of 5 being of size 1 and one of size 6.
    const clusters = Uint32Array.of(0, 1, 2, 3, 4, 4, 4, 4, 4, 4);
    const made = boundedMeanInterval(clusterUnits(new Float64Array(10), clusters), { bounds: DIFFERENCES });
    const equal = intervalOf([0, 0, 0, 0, 0]);
    expect(made?.low).toBeLessThan(equal.low);
    expect(made?.low).toBeGreaterThan(-1);
  });
});
