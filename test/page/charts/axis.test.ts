import { describe, expect, it } from 'vitest';
import { linearAxis, logAxis, percentAxis, placing } from '../../../src/page/charts/axis.ts';

describe('an axis', () => {
  it('has no marks where there are no values', () => {
    expect([linearAxis([]), percentAxis([]), logAxis([])].map(({ ticks }) => ticks)).toEqual([[], [], []]);
  });

  it.each([
    [
      [0, 1],
      [0, 1],
    ],
    [
      [0, 2],
      [0, 1, 2],
    ],
    [
      [0, 3],
      [0, 1, 2, 3],
    ],
    [
      [0, 30],
      [0, 10, 20, 30],
    ],
  ])('of counts %j has whole marks', (values, ticks) => {
    expect(linearAxis(values, 4, 1).ticks).toEqual(ticks);
  });

  it.each([[3], [5], [0.001], [2, 2.1], [1, 1000], [1, 100_000]])('of costs %j and %j has a scale', (...values) => {
    const axis = logAxis(values);
    expect(axis.ticks.length).toBeGreaterThan(1);
    for (const value of [...values, ...axis.ticks]) {
      expect(placing(axis, true)(value)).toBeGreaterThanOrEqual(0);
      expect(placing(axis, true)(value)).toBeLessThanOrEqual(1);
    }
  });
});
