import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairedMeanInterval } from '../../../src/core/stats/paired-mean.ts';

const DIFFERENCES = [0.2, -0.4, 1, 0.6, 0, 0.8, -0.2, 0.4];

/**
 * Differences, clusters, level, then mean, standard error, df, low, high. From NumPy 2.4.6 and SciPy 1.17.1:
 * s = np.array([(d[g == c] - d.mean()).sum() for c in np.unique(g)]); k = len(s), with g = np.arange(n) for no clusters
 * se = np.sqrt(k / (k - 1) * (s ** 2).sum()) / n; d.mean() -/+ t.ppf((1 + level) / 2, k - 1) * se, Student's ends
 * Without clusters scipy.stats.ttest_1samp(d, 0).confidence_interval(0.95) gives the same ends.
 */
const NUMPY = [
  [DIFFERENCES, undefined, 0.95, [0.3, 0.17320508075688773, 7, -0.1095649344568233, 0.7095649344568233]],
  [DIFFERENCES, undefined, 0.9, [0.3, 0.17320508075688773, 7, -0.028150640294886176, 0.6281506402948862]],
  [DIFFERENCES, [0, 0, 1, 1, 1, 2, 2, 3], 0.95, [0.3, 0.1541103500742244, 3, -0.1904479141996942, 0.7904479141996943]],
  [[0.1, 0.3, 0.2], [0, 1, 1], 0.99, [0.2, 0.06666666666666665, 1, -4.043782744191434, 4.443782744191434]],
] as const;

const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 40 });

const NOTHING = { low: Number.NaN, high: Number.NaN };

describe('the interval of a mean difference', () => {
  it.each(NUMPY)('of %j in clusters %j at level %f is NumPy’s', (differences, clusters, level, wanted) => {
    const made = pairedMeanInterval(Float64Array.from(differences), {
      clusters: clusters && Uint32Array.from(clusters),
      level,
    });
    const figures = [made?.mean, made?.standardError, made?.df, made?.student.low, made?.student.high];
    for (const [index, figure] of figures.entries()) expect(figure).toBeCloseTo(wanted[index] ?? Number.NaN, 10);
  });

  it('is null if the spread of differences is unknown', () => {
    expect(pairedMeanInterval(new Float64Array(), {})).toBeNull();
    expect(pairedMeanInterval(Float64Array.of(0.5), {})).toBeNull();
    expect(pairedMeanInterval(Float64Array.of(0.5, 0.1, 1), { clusters: Uint32Array.of(0, 0, 0) })).toBeNull();
    expect(pairedMeanInterval(new Float64Array(), { clusters: new Uint32Array() })).toBeNull();
  });

  it('has a width if all differences are equal, unlike Student’s', () => {
    const made = pairedMeanInterval(Float64Array.of(0.25, 0.25, 0.25), {});
    expect(made).toMatchObject({ mean: 0.25, standardError: 0, df: 2, student: { low: 0.25, high: 0.25 } });
    expect(made?.interval.low).toBeCloseTo(-1 + 1.25 * 0.025 ** (1 / 3), 9);
    expect(made?.interval.high).toBeCloseTo(1 - 0.75 * 0.025 ** (1 / 3), 9);
  });

  it('rules out no loss of two points with fewer than 149 rows, however equal', () => {
    const lows = [3, 30, 148, 149].map(
      (rows) => pairedMeanInterval(new Float64Array(rows), { level: 0.9 })?.interval.low ?? Number.NaN,
    );
    expect(lows.map((low) => low > -0.02)).toEqual([false, false, false, true]);
  });

  it('is Student’s, or nearly, for many differences', () => {
    const many = Float64Array.from({ length: 5000 }, (_, row) => Math.sin(row) / 3);
    const { interval, student } = pairedMeanInterval(many, {}) ?? { interval: NOTHING, student: NOTHING };
    const width = student.high - student.low;
    expect(Math.abs(interval.low - student.low) / width).toBeLessThan(0.05);
    expect(Math.abs(interval.high - student.high) / width).toBeLessThan(0.05);
  });

  it('does not count clusters without differences', () => {
    const differences = Float64Array.of(0.5, 0.1, 1, -0.5);
    const gaps = pairedMeanInterval(differences, { clusters: Uint32Array.of(1, 1, 4, 7) });
    expect(gaps).toEqual(pairedMeanInterval(differences, { clusters: Uint32Array.of(0, 0, 1, 2) }));
    expect(gaps?.df).toBe(2);
  });

  it('gains nothing from duplicated rows in the same cluster', () => {
    fc.assert(
      fc.property(values, (rows) => {
        const once = pairedMeanInterval(Float64Array.from(rows), {});
        const twice = pairedMeanInterval(Float64Array.from([...rows, ...rows]), {
          clusters: Uint32Array.from([...rows.keys(), ...rows.keys()]),
        });
        expect(twice?.df).toBe(once?.df);
        expect(twice?.standardError).toBeCloseTo(once?.standardError ?? Number.NaN, 9);
        expect(twice?.mean).toBeCloseTo(once?.mean ?? Number.NaN, 9);
        expect(twice?.interval.low).toBeCloseTo(once?.interval.low ?? Number.NaN, 7);
        expect(twice?.interval.high).toBeCloseTo(once?.interval.high ?? Number.NaN, 7);
      }),
    );
  });

  it('contains the mean and is mirrored for first and second exchanged', () => {
    const clustered = values.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.array(fc.nat({ max: 6 }), { minLength: rows.length, maxLength: rows.length })),
    );
    fc.assert(
      fc.property(clustered, ([rows, clusters]) => {
        const options = { clusters: Uint32Array.from(clusters) };
        const made = pairedMeanInterval(Float64Array.from(rows), options);
        const other = pairedMeanInterval(
          Float64Array.from(rows, (value) => -value),
          options,
        );
        expect(made === null).toBe(new Set(clusters).size < 2);
        if (made === null || other === null) return;
        const { low, high } = made.interval;
        expect(low <= made.mean + 1e-9 && made.mean - 1e-9 <= high).toBe(true);
        expect(other.interval.low).toBeCloseTo(-high, 9);
        expect(0 - other.student.low).toBe(made.student.high - 0);
        expect(0 - other.mean).toBe(made.mean - 0);
      }),
    );
  });
});
