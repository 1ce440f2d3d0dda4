import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/sampling.ts';
import { schedule } from '../../../src/core/stats/call-schedule.ts';

/** Durations in turn. */
function inTurn(durations: readonly number[]): () => number {
  let next = 0;
  return () => durations[next++ % durations.length] ?? 0;
}

describe('concurrent calls', () => {
  it('begin as soon as there is room', () => {
    // Two at a time: 3 and 1, then 1 at 1, 4 at 2, 2 at 3.
    expect(schedule(5, inTurn([3, 1, 1, 4, 2]), { concurrency: 2, firstConcurrency: 2 })).toEqual({
      span: 6,
      work: 11,
    });
    expect(schedule(3, inTurn([1, 2, 4]), { concurrency: 1, firstConcurrency: 1 })).toEqual({ span: 7, work: 7 });
    expect(schedule(3, inTurn([1, 2, 4]), { concurrency: 8, firstConcurrency: 8 })).toEqual({ span: 4, work: 7 });
    expect(schedule(0, inTurn([1]), { concurrency: 8, firstConcurrency: 8 })).toEqual({ span: 0, work: 0 });
  });

  it('increase by one with each answer up to the maximum', () => {
    // One, then two, four, eight and eight of equal length: 1 + 2 + 4 + 8 + 8 calls.
    expect(schedule(23, inTurn([1]), { concurrency: 8, firstConcurrency: 1 }).span).toBe(5);
    expect(schedule(24, inTurn([1]), { concurrency: 8, firstConcurrency: 1 }).span).toBe(6);
    expect(schedule(24, inTurn([1]), { concurrency: 8, firstConcurrency: 8 }).span).toBe(3);
  });

  it('take at least their shared work, and at most the longest call in addition', () => {
    const random = seededRandom(3);
    for (const [calls, concurrency] of [
      [40, 7],
      [100, 64],
      [1000, 16],
    ] as const) {
      let longest = 0;
      const durationOf = (): number => {
        const duration = random() ** 3;
        longest = Math.max(longest, duration);
        return duration;
      };
      const { span, work } = schedule(calls, durationOf, { concurrency, firstConcurrency: concurrency });
      expect(span).toBeGreaterThanOrEqual(work / concurrency - 1e-9);
      // R. L. Graham, "Bounds for Certain Multiprocessing Anomalies" (1966)
      expect(span).toBeLessThanOrEqual(work / concurrency + longest + 1e-9);
    }
  });
});
