import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isNonInferior,
  isWithinMargin,
  MARGIN_LEVEL,
  type MarginVerdict,
  marginVerdict,
} from '../../../src/core/stats/non-inferiority.ts';
import { pairedShareInterval } from '../../../src/core/stats/paired-share.ts';
import type { Interval } from '../../../src/core/stats/wilson.ts';

/** Low, high, margin, verdict. */
const CASES: readonly (readonly [number, number, number, MarginVerdict])[] = [
  [-5, -1, 2, 'worse'],
  [-1.5, -0.5, 2, 'worse'],
  [1, 5, 2, 'better'],
  [0.1, 0.2, 2, 'better'],
  [-1.9, 1.9, 2, 'unchanged'],
  [-1.9, 2, 2, 'not-worse'],
  [-1, 8, 2, 'not-worse'],
  [-2, 1, 2, 'unclear'],
  [-2, 8, 2, 'unclear'],
  [-0.1, 0.1, 0, 'unclear'],
  [0, 0.1, 0, 'unclear'],
  [-0.1, 0, 0, 'unclear'],
  [-0.2, -0.1, 0, 'worse'],
  [0.1, 0.2, 0, 'better'],
  [0, 0, 0, 'unchanged'],
  [0, 0, 2, 'unchanged'],
];

const intervals = fc
  .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }))
  .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
const margins = fc.double({ min: 0, max: 0.5, noNaN: true });

/** The interval of rows that both passed. */
function alike(rows: number): Interval {
  return (
    pairedShareInterval({ both: rows, onlyFirst: 0, onlySecond: 0, neither: 0 }, MARGIN_LEVEL) ?? { low: 0, high: 0 }
  );
}

describe('a margin', () => {
  it.each(CASES)('from %f to %f at %f says: %s', (low, high, margin, verdict) => {
    expect(marginVerdict({ low, high }, margin)).toBe(verdict);
  });

  it('is compared with a test at 5 %', () => {
    // A loss of 2 points leaves 148 rows alike in 5.03 of 100 cases, and 149 in 4.93.
    expect(isNonInferior(alike(148), 0.02)).toBe(false);
    expect(isNonInferior(alike(149), 0.02)).toBe(true);
  });

  it('that contains a difference is never failed by the new one', () => {
    fc.assert(
      fc.property(intervals, margins, (interval, margin) => {
        if (isWithinMargin(interval, margin)) expect(isNonInferior(interval, margin)).toBe(true);
      }),
    );
  });

  it('gives the opposite for old and new exchanged', () => {
    const opposite = { worse: 'better', better: 'worse', unchanged: 'unchanged' } as const;
    fc.assert(
      fc.property(intervals, margins, ({ low, high }, margin) => {
        const verdict = marginVerdict({ low, high }, margin);
        const exchanged = marginVerdict({ low: -high, high: -low }, margin);
        if (verdict === 'not-worse' || verdict === 'unclear') expect(['not-worse', 'unclear']).toContain(exchanged);
        else expect(exchanged).toBe(opposite[verdict]);
      }),
    );
  });
});
