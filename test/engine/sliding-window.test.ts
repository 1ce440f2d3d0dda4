import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../src/engine/sliding-window.ts';
import { heapMegabytes } from './heap.ts';

interface Addition {
  readonly atMs: number;
  readonly amount: number;
}

const plans = fc
  .record({ limit: fc.integer({ min: 1, max: 40 }), windowMs: fc.integer({ min: 1, max: 200 }) })
  .chain(({ limit, windowMs }) =>
    fc.record({
      limit: fc.constant(limit),
      windowMs: fc.constant(windowMs),
      steps: fc.array(
        fc.record({
          gapMs: fc.nat({ max: windowMs * 2 }),
          amount: fc.integer({ min: 0, max: limit }),
          isPatient: fc.boolean(),
        }),
        { maxLength: 60 },
      ),
    }),
  );

describe('SlidingWindow', () => {
  it('lets no window, closed at one end, hold more than the limit where it is obeyed', () => {
    fc.assert(
      fc.property(plans, ({ limit, windowMs, steps }) => {
        const added = obey(new SlidingWindow(limit, windowMs), steps);
        for (const { atMs } of added) expect(sumWithin(added, windowMs, atMs)).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('tells the wait exactly: it fits then, and does not a millisecond before', () => {
    fc.assert(
      fc.property(plans, fc.nat({ max: 45 }), ({ limit, windowMs, steps }, held) => {
        const window = new SlidingWindow(limit, windowMs);
        const added = obey(window, steps);
        const nowMs = (added.at(-1)?.atMs ?? 0) + (steps[0]?.gapMs ?? 0);
        const amount = steps.at(-1)?.amount ?? 1;
        const waitMs = window.waitMs(amount, held, nowMs);
        const fits = (atMs: number): boolean => sumWithin(added, windowMs, atMs) + held + amount <= limit;
        if (held + amount > limit) {
          expect(waitMs).toBe(Number.POSITIVE_INFINITY);
          return;
        }
        expect(fits(nowMs + waitMs)).toBe(true);
        expect(waitMs === 0 || !fits(nowMs + waitMs - 1)).toBe(true);
        expect(window.waitMs(amount, held, nowMs + waitMs)).toBe(0);
      }),
    );
  });

  it('knows the sum of the window that ends now, over thousands of entries', () => {
    const window = new SlidingWindow(1, 100);
    const added: Addition[] = [];
    for (let atMs = 0; atMs < 6000; atMs += 1 + (atMs % 3)) {
      window.add(atMs % 7, atMs);
      added.push({ atMs, amount: atMs % 7 });
      if (atMs % 50 === 0) expect(window.sum(atMs)).toBe(sumWithin(added, 100, atMs));
    }
    expect(window.sum(6099)).toBe(sumWithin(added, 100, 6099));
    expect(window.sum(7000)).toBe(0);
  });

  it('has room at once for any amount where there is no limit', () => {
    const window = new SlidingWindow(Number.POSITIVE_INFINITY, 100);
    window.add(1e9, 0);
    expect(window.waitMs(1e9, 1e9, 0)).toBe(0);
  });

  it('holds no more than its window, also where nobody asks for its sum', async () => {
    const window = new SlidingWindow(Number.POSITIVE_INFINITY, 1000);
    const beforeMegabytes = await heapMegabytes();
    for (let atMs = 0; atMs < 500_000; atMs++) window.add(1, atMs);
    expect((await heapMegabytes()) - beforeMegabytes).toBeLessThan(2);
    expect(window.sum(500_000)).toBe(999);
  });
});

interface Step {
  readonly gapMs: number;
  readonly amount: number;
  /** Waits until the amount fits; else goes without where it does not. */
  readonly isPatient: boolean;
}

/** Adds what fits when it does. */
function obey(window: SlidingWindow, steps: readonly Step[]): readonly Addition[] {
  const added: Addition[] = [];
  let nowMs = 0;
  for (const { gapMs, amount, isPatient } of steps) {
    nowMs += gapMs;
    const waitMs = window.waitMs(amount, 0, nowMs);
    if (waitMs > 0 && !isPatient) continue;
    nowMs += waitMs;
    window.add(amount, nowMs);
    added.push({ atMs: nowMs, amount });
  }
  return added;
}

function sumWithin(added: readonly Addition[], windowMs: number, endMs: number): number {
  return added
    .filter(({ atMs }) => atMs > endMs - windowMs && atMs <= endMs)
    .reduce((sum, { amount }) => sum + amount, 0);
}
