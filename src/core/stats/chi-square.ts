import { normalQuantile } from './normal.ts';

/**
 * The value that a chi-square variable stays below with probability `p`, to one in a hundred from five degrees of freedom
 * on and to one in five below. E. B. Wilson and M. M. Hilferty, "The Distribution of Chi-Square", PNAS 17 (1931), 684–688.
 * @param p above 0 and below 1
 * @param df degrees of freedom, above 0 and not necessarily whole
 * @returns from 0
 */
export function chiSquareQuantile(p: number, df: number): number {
  const variance = 2 / (9 * df);
  return df * Math.max(0, 1 - variance + normalQuantile(p) * Math.sqrt(variance)) ** 3;
}
