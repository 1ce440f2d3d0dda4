import { ALPHA, type Comparison } from './comparison.ts';

/** The p-values to show of a comparison. */
export interface ShownChance {
  /** That of this comparison alone, like its interval. */
  readonly pValue: number;
  /** The one after correction for all comparisons, if only the correction makes the difference not significant. */
  readonly corrected: number | null;
}

/** Which p-values every report shows of a comparison, so that none shows another; null if nothing was tested. */
export function shownChance({
  pValue,
  adjustedPValue,
}: Pick<Comparison, 'pValue' | 'adjustedPValue'>): ShownChance | null {
  if (pValue === null || adjustedPValue === null) return null;
  return { pValue, corrected: pValue <= ALPHA && adjustedPValue > ALPHA ? adjustedPValue : null };
}
