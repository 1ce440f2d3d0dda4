import { currencyText, formatMoney } from '../core/money-text.ts';
import { fixedText } from '../core/rounding.ts';
import type { CostTotal } from '../core/totals.ts';

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const TWO_DIGITS = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });

/** `1,234` */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** A sum of tokens; `unknown` if some answers do not report theirs, never 0. */
export function formatTokens(tokens: number, unknownTokens: number): string {
  return withUnknown(tokens === 0 && unknownTokens > 0 ? '' : formatCount(tokens), unknownTokens);
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

/** A share from 0 to 1 as `95.8%`. */
export function formatShare(share: number): string {
  return formatShareTo(share, 1);
}

/** The same with so many decimals. */
export function formatShareTo(share: number, decimals: number): string {
  return `${fixedText(share * 100, decimals)}%`;
}
