import { divideRounded, formatDecimal, type Picounits, parseDecimal } from './money.ts';
import { oneLine } from './plain-text.ts';
import type { CostTotal } from './totals.ts';

const SYMBOLS: Readonly<Record<string, string>> = { RUB: '₽', USD: '$', EUR: '€' };

const SMALL_AMOUNT = 1;

/** Made for the first amount that needs them: the first of a process takes 5 ms, which most command lines do not need. */
let cents: Intl.NumberFormat | undefined;
let fourDigits: Intl.NumberFormat | undefined;

/** The symbol of a currency if it has one; a server may name it freely. */
export function currencyText(currency: string): string {
  return SYMBOLS[currency] ?? oneLine(currency);
}

/** An amount for people, `12.35 ₽`; below one unit to four digits, `0.0271 ₽`. Files have the exact amount. */
export function formatMoney({ total, currency }: CostTotal): string {
  return `${usualDigits(total)} ${currencyText(currency)}`;
}

function usualDigits(total: string): string {
  const amount = Number(total);
  if (amount !== 0 && Math.abs(amount) < SMALL_AMOUNT) {
    fourDigits ??= new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });
    return fourDigits.format(amount);
  }
  cents ??= new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return cents.format(amount);
}

/** Decimals of a cent, and of a picounit. */
const [CENT_DECIMALS, ALL_DECIMALS] = [2, 12];

/** Like `formatMoney`, with the decimals that show on which side of a limit the exact amount is. */
export function formatMoneyBeside(cost: CostTotal, limit: Picounits): string {
  const apart = amountApart(cost.total, limit);
  return apart === null ? formatMoney(cost) : `${apart} ${currencyText(cost.currency)}`;
}

/**
 * An amount with the decimals that show on which side of a limit it is; null if the usual ones do, or if it is not a
 * decimal number.
 */
export function amountApart(total: string, limit: Picounits): string | null {
  const amount = parseDecimal(total);
  const shown = parseDecimal(usualDigits(total).replaceAll(',', ''));
  if (amount === null || (shown !== null && shown > limit === amount > limit)) return null;
  for (let decimals = CENT_DECIMALS + 1; decimals < ALL_DECIMALS; decimals++) {
    const unit = 10n ** BigInt(ALL_DECIMALS - decimals);
    const rounded = divideRounded(amount, unit) * unit;
    if (rounded > limit === amount > limit) return formatDecimal(rounded);
  }
  return formatDecimal(amount);
}
