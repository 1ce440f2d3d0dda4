import { describe, expect, it } from 'vitest';
import { endsOf } from '../../../src/page/data/ends.ts';

const seconds = (value: number): string => `${value.toFixed(0)} s`;

describe('the least and the greatest of values', () => {
  it('are all that look the same, and leave out what is not known', () => {
    expect(endsOf([4, 1.1, null, 2, 3.9, 0.9], seconds)).toEqual([
      { text: '1 s', places: [5, 1] },
      { text: '4 s', places: [4, 0] },
    ]);
  });

  it('are the same where all look the same', () => {
    const all = { text: '2 s', places: [0, 2] };
    expect(endsOf([2, null, 2.1], seconds)).toEqual([all, all]);
  });

  it('are none where no value is known', () => {
    expect(endsOf([null, null], seconds)).toBeNull();
  });
});
