import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addCosts, addRanges, NO_COST, NO_TOKENS, type TokenOutlook } from '../../src/core/estimate.ts';

const figure = fc.option(fc.nat());
const outlook = fc.record({ low: figure, expected: figure, high: figure, ceiling: figure });
const ENDS = ['low', 'expected', 'high', 'ceiling'] as const;

describe('the sum of two outlooks', () => {
  it('has the sum of each part, and null for parts that one of them does not know', () => {
    fc.assert(
      fc.property(outlook, outlook, (one, other) => {
        const sum = addRanges(one, other);
        for (const end of ENDS) {
          const [a, b] = [one[end], other[end]];
          expect(sum[end]).toBe(a === null || b === null ? null : a + b);
        }
      }),
    );
  });

  it('is the same in any order, and adding nothing changes nothing', () => {
    fc.assert(
      fc.property(outlook, outlook, outlook, (a: TokenOutlook, b: TokenOutlook, c: TokenOutlook) => {
        expect(addRanges(a, addRanges(b, c))).toEqual(addRanges(addRanges(c, b), a));
        expect(addRanges(a, NO_TOKENS)).toEqual(a);
      }),
    );
  });

  it('is exact for money beyond the range of a float', () => {
    const much = { low: 1n, expected: 9_007_199_254_740_993n, high: 10n ** 30n + 1n, ceiling: null };
    expect(addCosts(much, much)).toEqual({
      low: 2n,
      expected: 18_014_398_509_481_986n,
      high: 2n * 10n ** 30n + 2n,
      ceiling: null,
    });
    expect(addCosts(much, NO_COST)).toEqual(much);
  });
});
