/**
 * Largest rounding error of a sum, mean or share in binary arithmetic, relative to the figure: three scores of 0.7 have
 * a mean of 0.6999999999999998. Any real miss is larger: one row of ten million is.
 */
export const ROUNDING = 1e-9;

/** Whether a figure is at least as large as a limit. Rounding error does not count as a miss. */
export function isAtLeast(figure: number, least: number): boolean {
  return figure >= least - ROUNDING * Math.abs(least);
}

/** Whether a figure is at most as large as a limit. Rounding error does not count as an excess. */
export function isAtMost(figure: number, most: number): boolean {
  return figure <= most + ROUNDING * Math.abs(most);
}

/** A hundredth of a number, to its last decimal: 0.333 of 33.3, where `33.3 / 100` is 0.33299999999999996. */
export function hundredthOf(value: number): number {
  const [digits = '', power = '0'] = String(value).split('e');
  return Number(`${digits}e${Number(power) - 2}`);
}

/** Digits of a sum, mean or share that rounding error leaves alone. */
const SOUND_DIGITS = 12;

/** A figure without its rounding error: 43.75 of 43.74999999999999. */
export function withoutNoise(figure: number): number {
  return Number(figure.toPrecision(SOUND_DIGITS));
}

/**
 * A figure with so many decimals, as people read it. Means of the same scores differ in their last digits by the order
 * in which they were added; without this, a tie such as 43.75 is shown as 43.8 in one place and as 43.7 in another.
 */
export function fixedText(figure: number, decimals: number): string {
  return withoutNoise(figure).toFixed(decimals);
}
