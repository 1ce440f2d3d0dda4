import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal } from '../../src/core/money.ts';
import { formatMoney, formatMoneyBeside } from '../../src/core/money-text.ts';

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
