import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseAmount, parseDecimal } from '../../src/core/money.ts';

const amounts = fc.oneof(
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
  fc.bigInt({ min: 0n, max: 2n ** 54n }),
  // As costs are: few digits, and zeros behind them.
  fc.tuple(fc.nat(99_999), fc.nat(15)).map(([digits, zeros]) => BigInt(digits) * 10n ** BigInt(zeros)),
);

describe('an amount of money', () => {
  it('is read back as it was written, to the last picounit', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(parseDecimal(formatDecimal(amount))).toBe(amount);
      }),
    );
  });

  it('is written with neither exponent nor trailing zeros', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(formatDecimal(amount)).toMatch(/^-?\d+(\.\d*[1-9])?$/);
      }),
    );
  });

  it('is written and read digit by digit', () => {
    const digits = fc.tuple(fc.nat(12_000), fc.nat(999_999_999_999));
    fc.assert(
      fc.property(digits, ([whole, fraction]) => {
        const text = `${whole}.${String(fraction).padStart(12, '0')}`;
        const amount = BigInt(whole) * 10n ** 12n + BigInt(fraction);
        expect(parseDecimal(text)).toBe(amount);
        expect(formatDecimal(amount)).toBe(text.replace(/\.?0+$/, ''));
      }),
    );
  });

  it.each([
    [0n, '0'],
    [9_007_199_254_740_991n, '9007.199254740991'],
    [9_007_199_254_740_992n, '9007.199254740992'],
    [1n, '0.000000000001'],
    [-1n, '-0.000000000001'],
    [149_850_000_000n, '0.14985'],
    [-3_000_000_000_000n, '-3'],
    [1_200_000_000_000_000n, '1200'],
  ])('of %s picounits is written %s', (amount, text) => {
    expect(formatDecimal(amount)).toBe(text);
  });
});

describe('reading a decimal', () => {
  it.each([
    ['0.14985', 149_850_000_000n],
    ['+1.5', 1_500_000_000_000n],
    ['-1.5', -1_500_000_000_000n],
    ['.5', 500_000_000_000n],
    ['5.', 5_000_000_000_000n],
    ['007', 7_000_000_000_000n],
    [' 1 ', 1_000_000_000_000n],
    ['2e-7', 200_000n],
    ['2E+3', 2_000_000_000_000_000n],
    ['1.5e-12', 2n],
    ['-0', 0n],
    ['1e-999', 0n],
    [1.35, 1_350_000_000_000n],
    [0.1, 100_000_000_000n],
    [1e-7, 100_000n],
    [1e21, 10n ** 33n],
    [-0, 0n],
  ])('takes %j exactly', (value, amount) => {
    expect(parseDecimal(value)).toBe(amount);
  });

  it('reads a number by its shortest decimal form', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 });
    fc.assert(
      fc.property(numbers, (number) => {
        expect(parseDecimal(number)).toBe(parseDecimal(String(number)));
      }),
    );
  });

  it.each([
    ['0.0000000000004', 0n],
    ['0.0000000000005', 1n],
    ['-0.0000000000004', 0n],
    ['-0.0000000000005', -1n],
    ['0.9999999999995', 1_000_000_000_000n],
    ['1.2345678901234', 1_234_567_890_123n],
    ['1.2345678901235', 1_234_567_890_124n],
  ])('rounds %s half away from zero at the twelfth place', (text, amount) => {
    expect(parseDecimal(text)).toBe(amount);
  });

  it.each(['', ' ', '.', '-', '+-1', '1,5', '1 000', '0x10', '1e', '1e1.5', '1e1000', 'free', '₽1', '١', '1n'])(
    'does not read %j as a number',
    (text) => {
      expect(parseDecimal(text)).toBeNull();
    },
  );

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('does not read %s', (number) => {
    expect(parseDecimal(number)).toBeNull();
  });

  it('does not read endless digits', () => {
    expect(parseDecimal('9'.repeat(99))).not.toBeNull();
    expect(parseDecimal('9'.repeat(100))).toBeNull();
    expect(parseDecimal(`0.${'9'.repeat(100)}`)).toBeNull();
  });

  it('gives an amount or null for any text', () => {
    fc.assert(fc.property(fc.string(), (text) => ['bigint', 'object'].includes(typeof parseDecimal(text))));
  });
});

describe('reading a valid cost or price', () => {
  it.each([
    [0, 0n],
    ['0.5', 500_000_000_000n],
    [1e9, 10n ** 21n],
  ])('accepts %j', (value, amount) => {
    expect(parseAmount(value)).toBe(amount);
  });

  it.each([-1, '-0.000000000001', '1000000000.000000000001', 1e300, Number.NaN, Infinity, 'abc', '', '1,5', '0x1'])(
    'rejects %j',
    (value) => {
      expect(parseAmount(value)).toBeNull();
    },
  );
});
