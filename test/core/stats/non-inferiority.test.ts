import { describe, expect, it } from 'vitest';
import { isNonInferior, MARGIN_LEVEL } from '../../../src/core/stats/non-inferiority.ts';
import { pairedShareInterval } from '../../../src/core/stats/paired-share.ts';
import type { Interval } from '../../../src/core/stats/wilson.ts';

/** Low, high, margin, whether the new is shown not to be worse by the margin. */
const CASES: readonly (readonly [number, number, number, boolean])[] = [
  [-5, -1, 2, false],
  [-1.5, -0.5, 2, true],
  [1, 5, 2, true],
  [-1.9, 1.9, 2, true],
  [-1, 8, 2, true],
  [-2, 1, 2, false],
  [-2, 8, 2, false],
  [-0.1, 0.1, 0, false],
  [0, 0.1, 0, false],
  [-0.2, -0.1, 0, false],
  [0.1, 0.2, 0, true],
  [0, 0, 0, true],
  [0, 0, 2, true],
];

/** The interval of rows that both passed. */
function alike(rows: number): Interval {
  return (
    pairedShareInterval({ both: rows, onlyFirst: 0, onlySecond: 0, neither: 0 }, MARGIN_LEVEL) ?? { low: 0, high: 0 }
  );
}

describe('a margin', () => {
  it.each(CASES)('from %f to %f at %f is kept: %s', (low, high, margin, isKept) => {
    expect(isNonInferior({ low, high }, margin)).toBe(isKept);
  });

  it('is compared with a test at 5 %', () => {
    // A loss of 2 points leaves 148 rows alike in 5.03 of 100 cases, and 149 in 4.93.
    expect(isNonInferior(alike(148), 0.02)).toBe(false);
    expect(isNonInferior(alike(149), 0.02)).toBe(true);
  });
});
