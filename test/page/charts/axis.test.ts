import { describe, expect, it } from 'vitest';
import { linearAxis, logAxis, percentAxis } from '../../../src/page/charts/axis.ts';

describe('an axis', () => {
  it('has no marks where there are no values', () => {
    expect([linearAxis([]), percentAxis([]), logAxis([])].map(({ ticks }) => ticks)).toEqual([[], [], []]);
  });
});
