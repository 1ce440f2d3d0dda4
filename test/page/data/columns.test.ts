import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../src/page/data/columns.ts';

describe('columns of the rows', () => {
  it.each([
    ['all have names and signs', 40, 1300, { every: 1, isTight: false }],
    ['fewer have names', 80, 1100, { every: 2, isTight: false }],
    ['marks are colours', 120, 936, { every: 3, isTight: true }],
    ['and still colours', 400, 936, { every: 7, isTight: true }],
  ])('share the width: %s', (_what, variants, width, wanted) => {
    const columns = columnsOf({ variants, hasExpected: true, isDense: true, width });
    expect(columns).toMatchObject(wanted);
  });

  it('are texts where there are few', () => {
    const { template, every } = columnsOf({ variants: 3, hasExpected: false, isDense: false, width: 900 });
    expect([template, every]).toEqual(['74px minmax(160px, 1fr) repeat(3, minmax(44px, 190px))', 1]);
  });
});
