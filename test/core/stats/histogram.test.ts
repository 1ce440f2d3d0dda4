import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurationHistogram } from '../../../src/core/stats/histogram.ts';

function histogram(durationsMs: Iterable<number>): DurationHistogram {
  const made = new DurationHistogram();
  for (const durationMs of durationsMs) made.add(durationMs);
  return made;
}

/** Nearest rank: the smallest duration that the share does not exceed. */
function nearestRank(durationsMs: readonly number[], share: number): number {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

const shares = fc.constantFrom(0.25, 0.5, 0.9, 0.95, 0.99, 1);

describe('percentiles of durations', () => {
  it('are exact to the millisecond below a second', () => {
    const durations = fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(durations, shares, (all, share) => {
        expect(histogram(all).quantile(share)).toBe(nearestRank(all, share));
      }),
    );
  });

  it('are exact to half a per cent at any length', () => {
    const durations = fc.array(fc.integer({ min: 0, max: 100_000_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(durations, shares, (all, share) => {
        const exact = nearestRank(all, share);
        expect(Math.abs((histogram(all).quantile(share) ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.005);
      }),
    );
  });

  it.each([
    [0, 0],
    [0.4, 0],
    [999.4, 999],
    [999.6, 1000],
    [1004, 1000],
    [1005, 1010],
    [9994, 9990],
    [9996, 10_000],
    [12_345, 12_300],
    [100_000, 100_000],
    [1_000_000, 1_000_000],
    [123_456_789, 123_000_000],
  ])('count %f ms as %i', (durationMs, counted) => {
    expect(histogram([durationMs]).quantile(0.5)).toBe(counted);
  });

  it('use memory for a few thousand values, however many are added', () => {
    const durations = Array.from({ length: 50_000 }, (_, index) => index * 2);
    const made = histogram(durations);
    const distinct = new Set(Array.from({ length: 10_001 }, (_, step) => made.quantile(Math.max(1e-9, step / 10_000))));
    expect(made.n).toBe(50_000);
    expect(distinct.size).toBeLessThan(3000);
  });

  it('are null without values', () => {
    expect(new DurationHistogram().quantile(0.5)).toBeNull();
    expect(new DurationHistogram().n).toBe(0);
  });
});
