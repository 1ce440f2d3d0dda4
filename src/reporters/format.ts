import { divideRounded, formatDecimal, type Picounits, parseDecimal } from '../core/money.ts';
import { oneLine } from '../core/plain-text.ts';
import type { CostTotal } from '../core/totals.ts';

const SYMBOLS: Readonly<Record<string, string>> = { RUB: '₽', USD: '$', EUR: '€' };

const SMALL_AMOUNT = 1;
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const CENTS = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const TWO_DIGITS = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });
const FOUR_DIGITS = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });

/** `1,234` */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** A sum of tokens; `unknown` if some answers do not report theirs, never 0. */
export function formatTokens(tokens: number, unknownTokens: number): string {
  return withUnknown(tokens === 0 && unknownTokens > 0 ? '' : formatCount(tokens), unknownTokens);
}

/** An amount for people, `12.35 ₽`; below one unit to four digits, `0.0271 ₽`. Files have the exact amount. */
export function formatMoney({ total, currency }: CostTotal): string {
  return `${usualDigits(total)} ${currencyText(currency)}`;
}

function usualDigits(total: string): string {
  const amount = Number(total);
  return (amount !== 0 && Math.abs(amount) < SMALL_AMOUNT ? FOUR_DIGITS : CENTS).format(amount);
}

/** Decimals of a cent, and of a picounit. */
const [CENT_DECIMALS, ALL_DECIMALS] = [2, 12];

/** Like `formatMoney`, with the decimals that show on which side of a limit the exact amount is. */
export function formatMoneyBeside(cost: CostTotal, limit: Picounits): string {
  const amount = parseDecimal(cost.total);
  const usual = usualDigits(cost.total);
  const shown = parseDecimal(usual.replaceAll(',', ''));
  if (amount === null || (shown !== null && shown > limit === amount > limit)) return formatMoney(cost);
  for (let decimals = CENT_DECIMALS + 1; decimals < ALL_DECIMALS; decimals++) {
    const unit = 10n ** BigInt(ALL_DECIMALS - decimals);
    const rounded = divideRounded(amount, unit) * unit;
    if (rounded > limit === amount > limit) return `${formatDecimal(rounded)} ${currencyText(cost.currency)}`;
  }
  return `${formatDecimal(amount)} ${currencyText(cost.currency)}`;
}

/** The symbol of a currency if it has one; a server may name it freely. */
function currencyText(currency: string): string {
  return SYMBOLS[currency] ?? oneLine(currency);
}

/** A forecast amount, with only its significant digits: `310 ₽`. */
export function formatRoughMoney({ total, currency }: CostTotal): string {
  return `${TWO_DIGITS.format(Number(total))} ${currencyText(currency)}`;
}

/** A forecast count: `1,900`. */
export function formatRoughCount(count: number): string {
  return TWO_DIGITS.format(count);
}

/** Amounts of each currency side by side; `unknown` if some cost is unknown, never 0. */
export function formatCosts(costs: readonly CostTotal[], unknownCosts: number): string {
  const known = costs.map(formatMoney).join(' + ');
  return known === '' && unknownCosts === 0 ? '–' : withUnknown(known, unknownCosts);
}

function withUnknown(known: string, unknown: number): string {
  if (unknown === 0) return known;
  return known === '' ? 'unknown' : `${known} + ${formatCount(unknown)} unknown`;
}

/** `340 ms`, `1.2 s`, `2 min 5 s`; `–` for null. */
export function formatDuration(durationMs: number | null): string {
  if (durationMs === null) return '–';
  const wholeMs = Math.round(durationMs);
  if (wholeMs < 1000) return `${wholeMs} ms`;
  const tenths = Math.round(durationMs / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const whole = Math.round(durationMs / 1000);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A share from 0 to 1 as `95.8%`. */
export function formatShare(share: number): string {
  return formatShareTo(share, 1);
}

/** The same with so many decimals. */
export function formatShareTo(share: number, decimals: number): string {
  return `${(share * 100).toFixed(decimals)}%`;
}
