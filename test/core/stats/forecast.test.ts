import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Forecast, forecastTotal, rowsForPrecision, unseenRunOn } from '../../../src/core/stats/forecast.ts';
import type { PilotRow } from '../../../src/core/stats/pilot-model.ts';
import { Population } from '../../../src/core/stats/population.ts';
import { drawRows, populationOf, split, totalOf } from './pilots.ts';

const PLAIN = { level: 0.9, cap: null };

/** Rows of equal length. */
function rowsOf(ys: readonly number[]): readonly PilotRow[] {
  return ys.map((y) => ({ x: 10, tag: null, y }));
}

/** So many rows of equal length that were not asked. */
function restOf(count: number): Population {
  return populationOf(rowsOf(Array.from({ length: count }, () => 0)));
}

function forecast(
  pilot: readonly PilotRow[],
  rest: Population,
  options: Parameters<typeof forecastTotal>[2],
): Forecast {
  const made = forecastTotal(pilot, rest, options);
  if (made === null) throw new Error('no forecast');
  return made;
}

const pilots: fc.Arbitrary<PilotRow[]> = fc.array(
  fc.record({ x: fc.nat({ max: 5000 }), tag: fc.constantFrom('a', 'b', null), y: fc.nat({ max: 1000 }) }),
  { minLength: 2, maxLength: 40 },
);
const populations = pilots.map((rows) => populationOf(rows));

describe('a forecast', () => {
  it('is Student’s prediction of the rest if nothing is skewed', () => {
    // python3 -c "import numpy as np; from scipy.stats import t; y = np.array([40, 45, 50, 55, 60] * 2);
    // print(t.ppf(.95, 9) * 90 * np.sqrt(y.var(ddof=1) * (1 / 10 + 1 / 90)))" prints 409.89651278533404
    const made = forecast(rowsOf([40, 45, 50, 55, 60, 40, 45, 50, 55, 60]), restOf(90), { level: 0.9, cap: 100 });
    expect(made).toMatchObject({ expected: 4500, method: 'mean', n: 10 });
    expect(made.high - 4500).toBeCloseTo(409.89651278533404, 8);
    expect(4500 - made.low).toBeCloseTo(409.89651278533404, 8);
  });

  it('extends farther on the side of the long tail', () => {
    const tailed = forecast(rowsOf([20, 22, 25, 30, 31, 40, 55, 60, 90, 200]), restOf(90), PLAIN);
    expect(tailed.high - tailed.expected).toBeGreaterThan(1.2 * (tailed.expected - tailed.low));
    const capped = forecast(rowsOf([100, 100, 98, 97, 95, 90, 90, 80, 60, 20]), restOf(90), { level: 0.9, cap: 300 });
    expect(capped.expected - capped.low).toBeGreaterThan(1.05 * (capped.high - capped.expected));
  });

  it('lies between 0 and the cap, low before expected before high', () => {
    fc.assert(
      fc.property(pilots, populations, fc.integer({ min: 1, max: 1500 }), (pilot, rest, cap) => {
        const capped = pilot.map((row) => ({ ...row, y: Math.min(row.y, cap) }));
        const { low, expected, high } = forecast(capped, rest, { level: 0.9, cap });
        expect(0 <= low && low <= expected && expected <= high && high <= cap * rest.rows).toBe(true);
      }),
    );
  });

  it('is in the unit of y', () => {
    fc.assert(
      fc.property(pilots, populations, (pilot, rest) => {
        const once = forecast(pilot, rest, { level: 0.9, cap: 1000 });
        const fold = pilot.map((row) => ({ ...row, y: row.y * 8 }));
        const made = forecast(fold, rest, { level: 0.9, cap: 8000 });
        expect(made.method).toBe(once.method);
        for (const end of ['low', 'expected', 'high'] as const) expect(made[end] / 8).toBeCloseTo(once[end], 6);
      }),
    );
  });

  it('is wider at a higher level', () => {
    const [pilot, rest] = [rowsOf([10, 20, 30, 45, 80]), restOf(50)];
    const widths = [0.5, 0.8, 0.9, 0.99].map((level) => {
      const { low, high } = forecast(pilot, rest, { level, cap: null });
      return high - low;
    });
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
  });

  it('follows the lengths of the rest if y does', () => {
    const pilot = Array.from({ length: 20 }, (_, index) => ({ x: 100 + 10 * index, tag: null, y: 200 + 20 * index }));
    const noisy = pilot.map((row, index) => ({ ...row, y: row.y + (index % 2 === 0 ? 3 : -3) }));
    const made = forecast(noisy, populationOf([{ x: 400, tag: null, y: 0 }]), PLAIN);
    expect(made.method).toBe('regression');
    expect(Math.abs(made.expected - 800)).toBeLessThan(10);
    expect(made.isExtrapolated).toBe(true);
    expect(forecast(noisy, populationOf([{ x: 150, tag: null, y: 0 }]), PLAIN).isExtrapolated).toBe(false);
  });

  it('is less precise for a tag that the pilot has not seen', () => {
    const pilot = Array.from({ length: 20 }, (_, index) => ({
      x: 10,
      tag: index % 2 === 0 ? 'a' : 'b',
      y: (index % 2) * 100 + index,
    }));
    const widthFor = (tag: string): number => {
      const { low, high } = forecast(
        pilot,
        populationOf(Array.from({ length: 50 }, () => ({ x: 10, tag, y: 0 }))),
        PLAIN,
      );
      return high - low;
    };
    expect(widthFor('c')).toBeGreaterThan(3 * widthFor('a'));
  });

  it('allows for values that the pilot has not seen', () => {
    const made = forecast(rowsOf(Array.from({ length: 20 }, () => 7)), restOf(100), PLAIN);
    // At most 13.9 % of the rows differ: 0.05 ** (1 / 20) is 0.8609.
    expect(made.method).toBe('constant');
    expect(made.low).toBeCloseTo(700 * 0.8608916593317348, 8);
    expect(made.high).toBeCloseTo(700 * 1.1391083406682652, 8);
  });

  it('has no uncertainty if nothing is left, or there are only zeros', () => {
    expect(forecast(rowsOf([5, 7, 9]), new Population(), PLAIN)).toMatchObject({ low: 0, expected: 0, high: 0 });
    expect(forecast(rowsOf([0, 0, 0]), restOf(5), PLAIN)).toMatchObject({ low: 0, expected: 0, high: 0 });
  });

  it('works for a long run', () => {
    const run = drawRows(200_000, 1, ({ uniform }) => ({ x: 10, tag: null, y: uniform() }));
    expect(forecast(run, restOf(10), PLAIN).expected).toBeCloseTo(5, 1);
  });

  it('is null for fewer than two rows', () => {
    expect(forecastTotal([], restOf(5), PLAIN)).toBeNull();
    expect(forecastTotal(rowsOf([5]), restOf(5), PLAIN)).toBeNull();
  });
});

/** Lengths from 100 to 390, and y twice that, give or take. */
const BY_LENGTH = Array.from({ length: 30 }, (_, index) => {
  return { x: 100 + 10 * index, tag: null, y: 200 + 20 * index + (index % 3) * 15 };
});

describe('a forecast of rows to come', () => {
  it('is proportional to their number, and never as narrow as the mean’s own error', () => {
    const all = populationOf(BY_LENGTH);
    const relative = [100, 10_000, 1_000_000].map((rows) => {
      const { low, expected, high } = forecast(BY_LENGTH, all, { ...PLAIN, rows });
      return { each: expected / rows, width: (high - low) / expected };
    });
    expect(new Set(relative.map(({ each }) => each.toFixed(6))).size).toBe(1);
    const widths = relative.map(({ width }) => width);
    expect(widths).toEqual(widths.toSorted((a, b) => b - a));
    expect(widths[2]).toBeGreaterThan(0.9 * (widths[1] ?? 0));
  });

  it('is wider than that of the rows themselves, because their lengths are unknown', () => {
    const all = populationOf(BY_LENGTH);
    const known = forecast(BY_LENGTH, all, PLAIN);
    const toCome = forecast(BY_LENGTH, all, { ...PLAIN, rows: all.rows });
    expect(toCome.expected).toBeCloseTo(known.expected, 6);
    expect(toCome.high - toCome.low).toBeGreaterThan(2 * (known.high - known.low));
  });
});

describe('a forecast of a dataset with a sample only', () => {
  it('counts the unseen rows, and is wider because their lengths are unknown', () => {
    const seen = populationOf([...BY_LENGTH, ...BY_LENGTH]);
    const sampled = populationOf(BY_LENGTH, 30);
    const [whole, part] = [forecast(BY_LENGTH, seen, PLAIN), forecast(BY_LENGTH, sampled, PLAIN)];
    expect(part.expected).toBeCloseTo(whole.expected, 6);
    expect(part.high - part.low).toBeGreaterThan(1.5 * (whole.high - whole.low));
  });
});

/** Half the width of a forecast as a share of the whole total. @param known the pilot's */
function precisionOf({ low, expected, high }: Forecast, known: number): number {
  return (high - low) / 2 / (known + expected);
}

describe('the rows for a precision', () => {
  const lengths = drawRows(500, 4, ({ normal }) => ({ x: 50, tag: null, y: 100 * Math.exp(0.6 * normal()) }));
  const { pilot, rest } = split(lengths, 20, 1);
  const needed = (precision: number): number => rowsForPrecision(pilot, populationOf(rest), { ...PLAIN, precision });

  it('give the requested width, with a small margin', () => {
    const more = split(lengths, needed(0.1), 1);
    const made = forecast(more.pilot, populationOf(more.rest), PLAIN);
    expect(more.pilot.length).toBeGreaterThan(40);
    expect(precisionOf(made, totalOf(more.pilot))).toBeGreaterThan(0.06);
    expect(precisionOf(made, totalOf(more.pilot))).toBeLessThan(0.11);
  });

  it('are no more than there were where it is that narrow though the spread were larger, and all where nothing else will do', () => {
    const reached = precisionOf(forecast(pilot, populationOf(rest), PLAIN), totalOf(pilot));
    // scipy.stats: np.sqrt(19 / chi2.ppf(.2, 19)) prints 1.1769727057611257
    expect(needed(reached * 1.18)).toBe(20);
    expect(needed(reached * 1.17)).toBeGreaterThan(20);
    expect(needed(0)).toBe(500);
  });

  it('stop a pilot that looks narrow by chance in about a fifth of the cases', () => {
    let [stopped, lucky] = [0, 0];
    for (let seed = 0; seed < 400; seed++) {
      const rows = drawRows(400, seed, ({ normal }) => ({ x: 50, tag: null, y: 200 + 60 * normal() }));
      const parts = split(rows, 20, seed);
      // Half of a range of 20 rows with the true spread: t.ppf(.95, 19) * 380 * 60 * np.sqrt(1/20 + 1/380), by 400 * 200.
      const truly = (1.7291328115213678 * 380 * 60 * Math.sqrt(1 / 20 + 1 / 380)) / (400 * 200);
      stopped += 1;
      if (rowsForPrecision(parts.pilot, populationOf(parts.rest), { ...PLAIN, precision: truly * 0.999 }) <= 20)
        lucky += 1;
    }
    // A fifth and four standard errors.
    expect(lucky / stopped).toBeLessThan(0.28);
    expect(lucky).toBeGreaterThan(0);
  });

  it('increase with the requested precision', () => {
    const counts = [0.4, 0.2, 0.1, 0.05, 0.01].map(needed);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });
});

describe('runaway answers', () => {
  const twenty = rowsOf(Array.from({ length: 20 }, (_, index) => 90 + index));

  it('may have a certain share although none was seen, and raise the total accordingly', () => {
    const made = forecast(twenty, restOf(1000), { level: 0.9, cap: 4000 });
    const runOn = unseenRunOn(twenty, made, { level: 0.9, cap: 4000, rows: 1000 });
    // 1 - 0.05 ** (1 / 20)
    expect(runOn?.share).toBeCloseTo(0.13910834066826516, 12);
    expect(runOn?.total).toBeCloseTo(0.13910834066826516 * 4_000_000 + (1 - 0.13910834066826516) * made.expected, 6);
  });

  it('are covered by the range if one was seen, if nothing limits them, and if it extends that far', () => {
    const made = { expected: 100_000, high: 110_000 };
    const plain = { level: 0.9, cap: 4000, rows: 1000 };
    expect(unseenRunOn([...twenty, { x: 10, tag: null, y: 4000 }], made, plain)).toBeNull();
    expect(unseenRunOn(twenty, made, { ...plain, cap: null })).toBeNull();
    expect(unseenRunOn(twenty, { expected: 100_000, high: 1_000_000 }, plain)).toBeNull();
    expect(unseenRunOn([], made, plain)).toBeNull();
  });
});
