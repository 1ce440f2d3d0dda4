import type { Interval } from './wilson.ts';

/**
 * Level of the two-sided intervals that a margin is held against. Each end of a 90 % interval is a test at 5 %: D. J.
 * Schuirmann, "A Comparison of the Two One-Sided Tests Procedure and the Power Approach", J. Pharmacokinet. Biopharm. 15
 * (1987), 657–680. Whoever wants what the FDA asks for by default ("Non-Inferiority Clinical Trials to Establish
 * Effectiveness", 2016), the low end of a 95 % interval, gives such an interval.
 */
export const MARGIN_LEVEL = 0.9;

/**
 * Whether it is shown that the new is worse by less than the margin, if at all; with a margin of 0, that it is better,
 * or certainly the same.
 * @param interval of new less old, at `MARGIN_LEVEL`
 * @param margin the difference from which on it matters, in the same unit, from 0
 */
export function isNonInferior({ low, high }: Interval, margin: number): boolean {
  return low > -margin || (low === 0 && high === 0);
}
