import { normalQuantile } from './normal.ts';

/**
 * Quantile of the chi-square distribution at probability `p`, with a relative error of one percent from five degrees of
 * freedom on and of 20 % below. E. B. Wilson and M. M. Hilferty, "The Distribution of Chi-Square", PNAS 17 (1931),
 * 684–688.
 * @param p above 0 and below 1
 * @param df degrees of freedom, above 0 and not necessarily an integer
 * @returns from 0
 */
export function chiSquareQuantile(p: number, df: number): number {
  const variance = 2 / (9 * df);
  return df * Math.max(0, 1 - variance + normalQuantile(p) * Math.sqrt(variance)) ** 3;
}
