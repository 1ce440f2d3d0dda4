import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bcaInterval, bootstrapMeanInterval } from '../../../src/core/stats/bootstrap.ts';
import { momentsOf } from '../../../src/core/stats/moments.ts';

/**
 * Five values in 1024ths, level, low, high, over all 3,125 resamples. From SciPy 1.17.1 and NumPy 2.4.6:
 * from scipy.stats._resampling import _bca_interval
 * th = sort([mean(c) for c in itertools.product(v, repeat=5)])
 * a, b, _ = _bca_interval((v,), mean, -1, (1 - level) / 2, th, None, numpy); percentile(th, 100 * a), …
 */
const ENUMERATED = [
  { values: [101, 237, 515, 560, 1003], level: 0.95, low: 0.24140625, high: 0.79765625 },
  { values: [101, 237, 515, 560, 1003], level: 0.8, low: 0.3134765625, high: 0.6568359375 },
  { values: [101, 237, 515, 560, 1003], level: 0.5, low: 0.3853515625, high: 0.5671875 },
  { values: [0, 0, 0, 1024, 257], level: 0.95, low: 0, high: 0.8 },
  { values: [0, 0, 0, 1024, 257], level: 0.8, low: 0.0501953125, high: 0.6 },
  { values: [0, 0, 0, 1024, 257], level: 0.5, low: 0.2, high: 0.4501953125 },
  { values: [3, 511, 700, 1024, 1024], level: 0.95, low: 0.23828125, high: 0.8998046875 },
  { values: [3, 511, 700, 1024, 1024], level: 0.8, low: 0.40078125, high: 0.8365234375 },
  { values: [3, 511, 700, 1024, 1024], level: 0.5, low: 0.510546875, high: 0.7373046875 },
] as const;

/** Scores that are mostly near 1: numpy.round(1 - numpy.random.default_rng(5).random(25) ** 4, 2). */
const SCORES = Float64Array.of(
  0.58,
  0.57,
  0.93,
  0.99,
  1,
  0.98,
  0.97,
  1,
  1,
  0,
  0.82,
  1,
  0.96,
  0.1,
  0.35,
  0.49,
  0.98,
  0.94,
  0.79,
  1,
  0.9,
  0.99,
  0.4,
  1,
  0.79,
);

const METHODS = ['bca', 'studentised'] as const;

/** Means of all samples that can be drawn out of the values with putting back. */
function allMeans(values: readonly number[]): Float64Array {
  const sums = values.reduce<readonly number[]>((all) => all.flatMap((sum) => values.map((value) => sum + value)), [0]);
  return Float64Array.from(sums, (sum) => sum / values.length).sort();
}

describe('the BCa interval', () => {
  it.each(ENUMERATED)('of $values at $level is SciPy’s over the same resamples', ({ values, level, low, high }) => {
    const scaled = values.map((value) => value / 1024);
    const interval = bcaInterval(Float64Array.from(scaled), allMeans(scaled), level);
    expect(interval.low).toBeCloseTo(low, 10);
    expect(interval.high).toBeCloseTo(high, 10);
  });

  it('is SciPy’s for 25 skewed scores, up to the variation of resamples', () => {
    // SciPy 1.17.1: bootstrap((x,), np.mean, n_resamples=20000, method='BCa', random_state=s), mean and deviation over
    // s = 0 … 19: 0.63906 ± 0.00210 and 0.87671 ± 0.00113. Five deviations are allowed.
    const interval = bootstrapMeanInterval(SCORES, { seed: 1, rounds: 20_000, method: 'bca' });
    expect(Math.abs((interval?.low ?? 0) - 0.63906)).toBeLessThan(0.0105);
    expect(Math.abs((interval?.high ?? 0) - 0.87671)).toBeLessThan(0.0057);
  });
});

describe('the studentised interval', () => {
  it('is NumPy’s for 25 skewed scores, up to the variation of resamples', () => {
    // NumPy 2.4.6: d = default_rng(s).choice(x, (20000, 25)); T = (d.mean(1) - m) / (d.std(1, ddof=1) / 5);
    // m - quantile(T, [.975, .025]) * x.std(ddof=1) / 5, over s = 0 … 19: 0.61141 ± 0.00234 and 0.88531 ± 0.00096.
    const interval = bootstrapMeanInterval(SCORES, { seed: 1, rounds: 20_000, method: 'studentised' });
    expect(Math.abs((interval?.low ?? 0) - 0.61141)).toBeLessThan(0.0117);
    expect(Math.abs((interval?.high ?? 0) - 0.88531)).toBeLessThan(0.0048);
  });

  it('is BCa’s if a resample has no spread', () => {
    const few = Float64Array.of(0.2, 0.9, 1);
    const [bca, studentised] = METHODS.map((method) => bootstrapMeanInterval(few, { seed: 4, method }));
    expect(studentised).toEqual(bca);
  });
});

describe.each(METHODS)('a bootstrap interval, %s', (method) => {
  it('is the same for the same seed, and different for another', () => {
    const [one, same, other] = [1, 1, 2].map((seed) => bootstrapMeanInterval(SCORES, { seed, method }));
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
  });

  it('is wider at a higher level', () => {
    const [half, most] = [0.5, 0.99].map((level) => bootstrapMeanInterval(SCORES, { seed: 1, method, level }));
    expect(most?.low).toBeLessThan(half?.low ?? 0);
    expect(most?.high).toBeGreaterThan(half?.high ?? 1);
  });

  it('of equal values is the value, and of none is null', () => {
    const all = { low: 0.3, high: 0.3 };
    expect(bootstrapMeanInterval(Float64Array.of(0.3), { seed: 1, method })).toEqual(all);
    expect(bootstrapMeanInterval(new Float64Array(10).fill(0.3), { seed: 1, method })).toEqual(all);
    expect(bootstrapMeanInterval(new Float64Array(), { seed: 1, method })).toBeNull();
  });

  it('has finite ends, low before high, whatever the values', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, fc.nat(), (all, seed) => {
        const { low, high } = bootstrapMeanInterval(Float64Array.from(all), { seed, rounds: 200, method }) ?? {};
        expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
        expect(low).toBeLessThanOrEqual(high ?? Number.NaN);
      }),
    );
  });

  it('moves and stretches with the values', () => {
    const moved = SCORES.map((value) => 10 + 4 * value);
    const [one, other] = [SCORES, moved].map((values) => bootstrapMeanInterval(values, { seed: 1, method }));
    expect(other?.low).toBeCloseTo(10 + 4 * (one?.low ?? Number.NaN), 9);
    expect(other?.high).toBeCloseTo(10 + 4 * (one?.high ?? Number.NaN), 9);
  });
});

describe('moments', () => {
  it('are SciPy’s', () => {
    // SciPy 1.17.1: y = array([3., 1, 4, 1, 5, 9, 2, 6]); y.mean(), y.std(ddof=1), scipy.stats.skew(y)
    const { mean, deviation, skew } = momentsOf(Float64Array.of(3, 1, 4, 1, 5, 9, 2, 6));
    expect(mean).toBe(3.875);
    expect(deviation).toBeCloseTo(2.748376143938713, 13);
    expect(skew).toBeCloseTo(0.6682892518272332, 13);
  });

  it('of none, one and equal values have no spread', () => {
    expect(momentsOf(new Float64Array())).toEqual({ mean: 0, deviation: 0, skew: 0 });
    expect(momentsOf(Float64Array.of(2))).toEqual({ mean: 2, deviation: 0, skew: 0 });
    expect(momentsOf(Float64Array.of(2, 2))).toEqual({ mean: 2, deviation: 0, skew: 0 });
  });
});
