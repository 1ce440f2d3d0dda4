import type { Interval } from './wilson.ts';

/**
 * Level of the two-sided intervals that are compared with a margin. Each end of a 90 % interval is a test at 5 %, and
 * both together show that a difference is within a margin: D. J. Schuirmann, "A Comparison of the Two One-Sided Tests
 * Procedure and the Power Approach", J. Pharmacokinet. Biopharm. 15 (1987), 657–680. For the FDA's default, the low end
 * of a 95 % interval, pass such an interval ("Non-Inferiority Clinical Trials to Establish Effectiveness", 2016).
 */
export const MARGIN_LEVEL = 0.9;

/**
 * The verdict of an interval of a difference (new minus old, more is better) at a margin. `worse`, `better`:
 * significantly below or above 0, by any amount. `unchanged`: any difference is smaller than the margin. `not-worse`:
 * any loss is smaller than the margin, and a gain may be larger. `unclear`: not enough data.
 */
export type MarginVerdict = 'worse' | 'better' | 'unchanged' | 'not-worse' | 'unclear';

/**
 * Whether a difference is shown to be smaller than the margin, in either direction; with a margin of 0, whether it is
 * shown to be none, which only an interval without width can do.
 * @param interval at `MARGIN_LEVEL`
 * @param margin the smallest difference that matters, in the same unit, from 0
 */
export function isWithinMargin({ low, high }: Interval, margin: number): boolean {
  return (-margin < low && high < margin) || (low === 0 && high === 0);
}

/**
 * Whether any loss of the new one is shown to be smaller than the margin; with a margin of 0, that it is better, or
 * exactly the same.
 * @param interval of new minus old, at `MARGIN_LEVEL`
 * @param margin as of `isWithinMargin`
 */
export function isNonInferior({ low, high }: Interval, margin: number): boolean {
  return low > -margin || (low === 0 && high === 0);
}

/**
 * The verdict of an interval at a margin. A significant difference is reported as such even within the margin:
 * `isWithinMargin` says whether it matters.
 * @param interval of new minus old, at `MARGIN_LEVEL`
 * @param margin as of `isWithinMargin`
 */
export function marginVerdict(interval: Interval, margin: number): MarginVerdict {
  if (interval.high < 0) return 'worse';
  if (interval.low > 0) return 'better';
  if (isWithinMargin(interval, margin)) return 'unchanged';
  return isNonInferior(interval, margin) ? 'not-worse' : 'unclear';
}
