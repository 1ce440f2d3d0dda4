import { decimalsOf, pValueText } from '../core/compare/words.ts';
import { fixedText } from '../core/rounding.ts';
import type { Interval } from '../core/stats/wilson.ts';
import type { CostTotal } from '../core/totals.ts';
import { formatRoughCount, formatRoughMoney } from './format.ts';

/** Percentage points with one decimal, or as many as show that it is not 0: `7.8`, `−1.0`, `0.03`, `0.0`. */
export function pointsFigure(points: number): string {
  const text = fixedText(Math.abs(points), decimalsOf(points, 1));
  return points < 0 && text !== '0.0' ? `−${text}` : text;
}

/** The same with `+` before a gain: `+3.3`. */
export function signedPoints(points: number): string {
  const text = pointsFigure(points);
  return points > 0 && text !== '0.0' ? `+${text}` : text;
}

/** `3.3 points`, `1.0 point`. @param figure such a figure, signed or not */
export function pointsOf(figure: string): string {
  return `${figure} ${/^[+−]?1\.0$/.test(figure) ? 'point' : 'points'}`;
}

/** `−1.0 to 7.8`, in percentage points. */
export function endsText({ low, high }: Interval): string {
  return `${pointsFigure(low)} to ${pointsFigure(high)}`;
}

/** ` (95 % CI −1.0 to 7.8)`; empty if no interval is known. */
export function intervalText(interval: Interval | null): string {
  return interval === null ? '' : ` (95 % CI ${endsText(interval)})`;
}

/** `p = 0.021, corrected p = 0.084` */
export function correctedText(pValue: number, adjustedPValue: number): string {
  return `${pValueText(pValue)}, corrected ${pValueText(adjustedPValue)}`;
}

/** What it takes to detect a difference with a power of 80 %. */
interface Detecting {
  /** The difference, in percentage points. */
  readonly points: number;
  readonly moreRows: number;
  /** null if unknown. */
  readonly cost: CostTotal | null;
  /** Whether it is the maximum of several comparisons. */
  readonly isMost?: boolean;
}

/** `detecting 2 points needs about 4,200 more rows (≈ 230 ₽)` */
export function detectingText({ points, moreRows, cost, isMost = false }: Detecting): string {
  const rows = moreRows === 1 ? '1 more row' : `about ${formatRoughCount(moreRows)} more rows`;
  const price = cost === null ? '' : ` (≈ ${formatRoughMoney(cost)}${isMost ? ' a comparison' : ''})`;
  const difference = `${Number(fixedText(points, decimalsOf(points, 1)))} ${points === 1 ? 'point' : 'points'}`;
  return `detecting ${difference} needs ${isMost ? 'up to ' : ''}${rows}${price}`;
}
