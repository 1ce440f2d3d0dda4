import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal } from '../../src/core/money.ts';
import {
  formatCosts,
  formatCount,
  formatDuration,
  formatMoney,
  formatMoneyBeside,
  formatShare,
  formatTokens,
} from '../../src/reporters/format.ts';

describe('money for people', () => {
  it.each([
    ['0', 'RUB', '0.00 ₽'],
    ['12.345', 'RUB', '12.35 ₽'],
    ['1', 'USD', '1.00 $'],
    ['1234567.891', 'EUR', '1,234,567.89 €'],
    ['0.0271349', 'RUB', '0.02713 ₽'],
    ['0.5', 'USD', '0.5 $'],
    ['0.000000000001', 'USD', '0.000000000001 $'],
    ['-0.5', 'RUB', '-0.5 ₽'],
    ['-12.3', 'RUB', '-12.30 ₽'],
    ['3', 'KZT', '3.00 KZT'],
  ])('%s %s is %s', (total, currency, text) => {
    expect(formatMoney({ total, currency })).toBe(text);
  });

  it('is never shown as 0 unless it is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), (amount) => {
        const shown = formatMoney({ total: formatDecimal(amount), currency: 'RUB' });
        expect(parseDecimal(shown.replace(' ₽', '').replaceAll(',', ''))).toBeGreaterThan(0n);
      }),
    );
  });
});

function beside(total: string, limit: string): string {
  return formatMoneyBeside({ total, currency: 'RUB' }, parseDecimal(limit) ?? 0n);
}

describe('money beside a limit', () => {
  it.each([
    ['1234.5678', '1', '1,234.57 ₽'],
    ['0.0271349', '0.02', '0.02713 ₽'],
    ['5.0002', '5', '5.0002 ₽'],
    ['4.9999', '5', '5.00 ₽'],
    ['4.9951', '4.9952', '4.995 ₽'],
    ['1.000000000001', '1', '1.000000000001 ₽'],
  ])('%s beside %s is %s', (total, limit, text) => {
    expect(beside(total, limit)).toBe(text);
  });

  it('is above the limit if and only if the amount is', () => {
    const amounts = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: -(10n ** 10n), max: 10n ** 10n }), (amount, apart) => {
        const limit = amount + apart;
        const shown = parseDecimal(beside(formatDecimal(amount), formatDecimal(limit)).replaceAll(/[ ,₽]/g, ''));
        expect(shown !== null && shown > limit).toBe(amount > limit);
      }),
    );
  });
});

describe('costs', () => {
  const rubles = { total: '1.5', currency: 'RUB' };
  const dollars = { total: '2', currency: 'USD' };

  it.each([
    [[], 0, '–'],
    [[], 3, 'unknown'],
    [[rubles], 0, '1.50 ₽'],
    [[rubles], 1200, '1.50 ₽ + 1,200 unknown'],
    [[rubles, dollars], 0, '1.50 ₽ + 2.00 $'],
    [[{ total: '0', currency: 'RUB' }], 0, '0.00 ₽'],
  ])('of %j with %i unknown are %s', (costs, unknown, text) => {
    expect(formatCosts(costs, unknown)).toBe(text);
  });
});

describe('tokens', () => {
  it.each([
    [0, 0, '0'],
    [1234, 0, '1,234'],
    [0, 5, 'unknown'],
    [1234, 5, '1,234 + 5 unknown'],
  ])('%i with %i answers unknown are %s', (tokens, unknown, text) => {
    expect(formatTokens(tokens, unknown)).toBe(text);
  });
});

describe('a duration', () => {
  it.each([
    [null, '–'],
    [0, '0 ms'],
    [340.4, '340 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1000, '1.0 s'],
    [1249, '1.2 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [3_599_400, '59 min 59 s'],
    [3_599_600, '1 h 0 min'],
    [90_061_000, '25 h 1 min'],
  ])('of %d ms is %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe('counts and shares', () => {
  it('are grouped by thousands, and of one decimal', () => {
    expect([0, 999, 1000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([0, 1, 0.9583, 0.0004].map(formatShare)).toEqual(['0.0%', '100.0%', '95.8%', '0.0%']);
  });
});
