import { changeText, limitText, pointsOf, pValueText, wholeText } from './compare/words.ts';
import { formatDuration } from './duration-text.ts';
import { parseDecimal } from './money.ts';
import { formatMoney, formatMoneyBeside } from './money-text.ts';
import { fixedText } from './rounding.ts';
import type { CostTotal } from './totals.ts';

/** How figures and names are written in reasons. */
export interface Figures {
  /** A count beside a noun: `1,234`. */
  count(count: number): string;
  /** A count that is compared with another: `1234`. */
  bare(count: number): string;
  /** A share from 0 to 1 with at most so many decimals: `95.8%`, `75%`. */
  share(share: number, decimals: number): string;
  /** A limit from 0 to 1 with all of its decimals, and at least so many: `5.0%`, `0.005%`. */
  limit(share: number, decimals: number): string;
  /** A difference of shares in points, without sign and noun: `16.7`. */
  points(share: number): string;
  /** `p = 0.003` */
  pValue(pValue: number): string;
  /** A ratio as a change with at least so many decimals: `+12.3%`. */
  change(ratio: number, decimals: number): string;
  /** A small number, such as tokens of a row: `12.5`. */
  number(value: number): string;
  /** `12.35 ₽` */
  money(cost: CostTotal): string;
  /** The same with the decimals that show on which side of a limit it is. @param limit a decimal number */
  moneyBeside(cost: CostTotal, limit: string): string;
  /** Milliseconds, also less than one: `340 ms`, `0.033 ms`. */
  duration(durationMs: number): string;
  /** The label of a variant or a pair of them. */
  name(label: string): string;
}

/** As terminals, files and JSON documents have them. */
export const PLAIN_FIGURES: Figures = {
  count: wholeText,
  bare: String,
  share: (share, decimals) => `${shownPercent(share, decimals)}%`,
  limit: limitText,
  points: pointsOf,
  pValue: pValueText,
  change: changeText,
  number: (value) => String(shownNumber(value)),
  money: formatMoney,
  moneyBeside: (cost, limit) => {
    const amount = parseDecimal(limit);
    return amount === null ? formatMoney(cost) : formatMoneyBeside(cost, amount);
  },
  duration: (durationMs) => (durationMs < 1 ? `${shownNumber(durationMs)} ms` : formatDuration(durationMs)),
  name: (label) => label,
};

/** A share as a percentage, rounded to so many decimals. */
export function shownPercent(share: number, decimals: number): number {
  return Number(fixedText(share * 100, decimals));
}

/** 12.5, 0.033: to one decimal, and two digits below one. */
export function shownNumber(value: number): number {
  return Number(value < 1 ? value.toPrecision(2) : fixedText(value, 1));
}
