import { describe, expect, it } from 'vitest';
import { schedule } from '../../../src/core/stats/call-schedule.ts';
import { forecastDuration } from '../../../src/core/stats/duration.ts';
import { drawing } from './pilots.ts';

const SIXTEEN = { concurrency: 16, firstConcurrency: 8 };
const USUAL = { ...SIXTEEN, level: 0.9 };

describe('the duration of calls', () => {
  it('is unknown if some kind has fewer than two observed calls, and 0 if no calls are to come', () => {
    expect(forecastDuration([{ seen: [1], calls: 5 }], USUAL)).toBeNull();
    const one = { seen: [1, 2], calls: 5 };
    expect(forecastDuration([one, { seen: [], calls: 1 }], USUAL)).toBeNull();
    expect(forecastDuration([one, { seen: [], calls: 0 }], USUAL)).not.toBeNull();
    expect(forecastDuration([], USUAL)).toEqual({ low: 0, expected: 0, high: 0 });
    expect(forecastDuration([{ seen: [], calls: 0 }], USUAL)).toEqual({ low: 0, expected: 0, high: 0 });
  });

  it('is the sum for equal sequential calls', () => {
    const made = forecastDuration([{ seen: Array<number>(20).fill(2), calls: 160 }], {
      concurrency: 16,
      firstConcurrency: 16,
      level: 0.9,
    });
    expect(made?.expected).toBeCloseTo(20, 9);
    expect(made?.low).toBeLessThanOrEqual(20);
    expect(made?.high).toBeGreaterThanOrEqual(20);
  });

  it('counts the time until the maximum is in flight, and the wait for the slowest', () => {
    const seen = Array.from({ length: 30 }, (_, index) => 1 + index / 30);
    const steady = forecastDuration([{ seen, calls: 100 }], { concurrency: 64, firstConcurrency: 64, level: 0.9 });
    const slow = forecastDuration([{ seen, calls: 100 }], { concurrency: 64, firstConcurrency: 8, level: 0.9 });
    const mean = seen.reduce((sum, one) => sum + one, 0) / seen.length;
    expect(steady?.expected).toBeGreaterThan((1.3 * 100 * mean) / 64);
    expect(slow?.expected).toBeGreaterThan(1.3 * (steady?.expected ?? Infinity));
  });

  it('sums over kinds of calls', () => {
    const [quick, slow] = [
      { seen: [1, 1.1, 0.9, 1], calls: 400 },
      { seen: [9, 10, 11, 10], calls: 400 },
    ];
    const both = forecastDuration([quick, slow], USUAL)?.expected ?? 0;
    const alone = [quick, slow].map((kind) => forecastDuration([kind], USUAL)?.expected ?? 0);
    expect(both).toBeGreaterThan(Math.max(...alone));
    expect(both).toBeLessThan(1.1 * alone.reduce((sum, one) => sum + one, 0));
  });

  it('is deterministic', () => {
    const kind = { seen: [1, 4, 2, 8, 3], calls: 90 };
    expect(forecastDuration([kind], USUAL)).toEqual(forecastDuration([kind], USUAL));
  });

  it('is in the range nine times in ten', () => {
    const runs = 150;
    let held = 0;
    for (let seed = 0; seed < runs; seed++) {
      const { normal } = drawing(seed);
      const durationOf = (): number => Math.exp(0.4 * normal());
      const seen = Array.from({ length: 20 }, durationOf);
      const { span } = schedule(200, durationOf, SIXTEEN);
      const made = forecastDuration([{ seen, calls: 200 }], USUAL);
      if (made !== null && made.low <= span && span <= made.high) held += 1;
    }
    // 87 % less four standard errors.
    expect(held / runs).toBeGreaterThan(0.76);
  });
});
