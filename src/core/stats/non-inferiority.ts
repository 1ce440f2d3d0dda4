import type { Interval } from './wilson.ts';

/**
 * Level of the two-sided intervals that a margin is held against. Both ends of a 90 % interval are tests at 5 %, and two
 * of those, one for each side, show that a difference is within a margin: D. J. Schuirmann, "A Comparison of the Two
 * One-Sided Tests Procedure and the Power Approach", J. Pharmacokinet. Biopharm. 15 (1987), 657–680. Whoever wants what
 * the FDA asks for by default ("Non-Inferiority Clinical Trials to Establish Effectiveness", 2016), the low end of a
 * 95 % interval, gives such an interval.
 */
export const MARGIN_LEVEL = 0.9;

/**
 * What an interval of a difference (new less old, more is better) says at a margin.
 * `worse`, `better`: certainly below, above 0, by however little. `unchanged`: by less than the margin, if at all.
 * `not-worse`: by less than the margin, if worse at all, and it may be better by more. `unclear`: too little to say.
 */
export type MarginVerdict = 'worse' | 'better' | 'unchanged' | 'not-worse' | 'unclear';

/**
 * Whether a difference is shown to be smaller than the margin, either way; with a margin of 0, whether it is shown to
 * be none, as only an interval without width can.
 * @param interval at `MARGIN_LEVEL`
 * @param margin the difference from which on it matters, in the same unit, from 0
 */
export function isWithinMargin({ low, high }: Interval, margin: number): boolean {
  return (-margin < low && high < margin) || (low === 0 && high === 0);
}

/**
 * Whether it is shown that the new is worse by less than the margin, if at all; with a margin of 0, that it is better,
 * or certainly the same.
 * @param interval of new less old, at `MARGIN_LEVEL`
 * @param margin as of `isWithinMargin`
 */
export function isNonInferior({ low, high }: Interval, margin: number): boolean {
  return low > -margin || (low === 0 && high === 0);
}

/**
 * The verdict of an interval at a margin. A difference that is certain is told as such, also where it is within the
 * margin: `isWithinMargin` says whether it matters.
 * @param interval of new less old, at `MARGIN_LEVEL`
 * @param margin as of `isWithinMargin`
 */
export function marginVerdict(interval: Interval, margin: number): MarginVerdict {
  if (interval.high < 0) return 'worse';
  if (interval.low > 0) return 'better';
  if (isWithinMargin(interval, margin)) return 'unchanged';
  return isNonInferior(interval, margin) ? 'not-worse' : 'unclear';
}
