import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hundredthOf } from '../../src/core/rounding.ts';

describe('a hundredth of a written number', () => {
  it.each([
    [33.3, '0.333'],
    [98.4, '0.984'],
    [93.1, '0.931'],
    [0.07, '0.0007'],
    [0.0000005, '5e-9'],
    [1e22, '100000000000000000000'],
    [-12.5, '-0.125'],
    [0, '0'],
  ])('has its digits and no others: %d', (value, text) => {
    expect(String(hundredthOf(value))).toBe(text);
  });

  it('is the number that the shifted text is, for any decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 9 }), (digits, decimals) => {
        const value = Number(`${digits}e-${decimals}`);
        expect(hundredthOf(value)).toBe(Number(`${digits}e-${decimals + 2}`));
      }),
    );
  });
});
