import { fixedText } from '../rounding.ts';

/** Made for the first count that needs it: the first of a process takes 5 ms, which most command lines do not need. */
let whole: Intl.NumberFormat | undefined;

/** `999`, `1,234` */
export function wholeText(count: number): string {
  if (Number.isInteger(count) && count >= 0 && count < 1000) return String(count);
  whole ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  return whole.format(count);
}

/**
 * Decimals at which a figure that is not 0 does not look like 0: `0.03`, not `0.0`. Rounding error looks like 0.
 * @param least decimals of all other figures
 */
export function decimalsOf(figure: number, least: number): number {
  for (let decimals = least; decimals < MOST_DECIMALS; decimals++)
    if (Number(fixedText(figure, decimals)) !== 0) return decimals;
  return least;
}

/** A share as points, as tables show them: `16.7 points`, `1 point`, `0.03 points`. */
export function pointsText(share: number): string {
  const points = pointsOf(share);
  return `${points} ${points === '1' ? 'point' : 'points'}`;
}

/** The same without the noun, and without the sign: `16.7`, `1`, `0.03`. */
export function pointsOf(share: number): string {
  const points = Math.abs(share * 100);
  return fixedText(points, decimalsOf(points, 1)).replace(/\.0$/, '');
}

/** A share from 0 to 1 as `95.8%`. @param decimals at least; more if the share has more of its own: `0.005%` */
export function limitText(share: number, decimals: number): string {
  const [rounded, own] = [fixedText(share * 100, decimals), fixedText(share * 100, MOST_DECIMALS)];
  return `${Number(rounded) === Number(own) ? rounded : Number(own)}%`;
}

/** Float arithmetic leaves no more in a percentage. */
const MOST_DECIMALS = 9;

/** Decimals, 1 or more, at which two shares differ as percentages; 1 if nothing but rounding error is between them. */
export function decimalsApart(share: number, limit: number): number {
  return figuresApart(share * 100, limit * 100, 1);
}

function figuresApart(one: number, other: number, least: number): number {
  for (let decimals = least; decimals < MOST_DECIMALS; decimals++)
    if (fixedText(one, decimals) !== fixedText(other, decimals)) return decimals;
  return least;
}

/** Two scores of a row that changed: `1 → 0`, `0.7 → 0.6999`. */
export function scoreChange(before: number, after: number): string {
  const decimals = figuresApart(before, after, SCORE_DECIMALS);
  return `${Number(fixedText(before, decimals))} → ${Number(fixedText(after, decimals))}`;
}

const SCORE_DECIMALS = 3;

/** `p = 0.003`, `p < 0.001` */
export function pValueText(pValue: number): string {
  return pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
}

/** `significantly worse (p = 0.008)`. @param pValue null if unknown */
export function significantText(direction: 'worse' | 'better', pValue: number | null): string {
  return `significantly ${direction}${pValue === null ? '' : ` (${pValueText(pValue)})`}`;
}

/** `1 row`, `1,234 rows`. */
export function countText(count: number, noun: string): string {
  return `${wholeText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** What is missing for a verdict: rows, or clusters if those count as the pieces of evidence. */
export function tooFewText(hasClusters: boolean): string {
  return `too few ${hasClusters ? 'clusters' : 'rows'} to say`;
}

/** A ratio as a change: `+12.3%`, `−4.0%`, `+0.03%`; `0.0%` for none. @param decimals at least */
export function changeText(ratio: number, decimals = 1): string {
  const percent = Math.abs(ratio - 1) * 100;
  const text = fixedText(percent, decimalsOf(percent, decimals));
  if (Number(text) === 0) return `${text}%`;
  return `${ratio > 1 ? '+' : '−'}${text}%`;
}
