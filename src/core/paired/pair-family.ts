import { familySize, holmAdjusted } from '../stats/holm.ts';
import { isNonInferior } from '../stats/non-inferiority.ts';
import { ALPHA, type Comparison, type Verdict } from './comparison.ts';
import type { PairedFigures } from './paired-test.ts';

/**
 * Comparisons evaluated together: the chance that any of them is significant by luck is at most one in twenty. Those
 * that could not have had so small a p-value do not affect the others.
 */
export class Family {
  readonly #adjusted = new Map<PairedFigures, number>();
  /** Number of comparisons that p-values are corrected for: those that could be significant. */
  readonly corrections: number;

  /** @param unmade comparisons that might have been made: which ones were was decided by looking at their scores */
  constructor(members: readonly PairedFigures[], unmade = 0) {
    const tested = members.filter(({ pValue }) => pValue !== null);
    const pValues = tested.map(({ pValue }) => pValue ?? 1);
    const least = tested.map(({ leastPValue }) => leastPValue);
    this.corrections = familySize(least, ALPHA, unmade);
    const adjusted = holmAdjusted(pValues, least, unmade);
    for (const [index, one] of tested.entries()) this.#adjusted.set(one, adjusted[index] ?? 1);
  }

  /** Significance level left for one comparison. */
  get alpha(): number {
    return ALPHA / Math.max(1, this.corrections);
  }

  /** The p-value after correction for the family; null if nothing was tested. */
  adjustedPValue(member: PairedFigures): number | null {
    return this.#adjusted.get(member) ?? null;
  }

  /** Whether the first of the two is significantly better than the second, or the reverse. */
  verdict(member: PairedFigures): Verdict {
    const { sum } = member;
    const pValue = this.adjustedPValue(member);
    if (pValue === null || pValue > ALPHA || sum === 0) return 'none shown';
    return sum > 0 ? 'better' : 'worse';
  }
}

/** Whether a loss of the first as large as the margin is ruled out, at 5 %, one-sided. @param margin a share from 0 */
export function isLossRuledOut({ marginInterval }: PairedFigures, margin: number): boolean {
  return marginInterval !== null && isNonInferior(marginInterval, margin);
}

/** Whether a comparison shows that `one` is better than `other`. */
export type IsShownBetter = (one: number, other: number) => boolean;

/** Results of comparisons, indexed for constant-time lookup. */
export function shownBetter(comparisons: readonly Comparison[]): IsShownBetter {
  const shown = new Set<string>();
  for (const { first, second, verdict } of comparisons) {
    if (verdict === 'better') shown.add(`${first} ${second}`);
    if (verdict === 'worse') shown.add(`${second} ${first}`);
  }
  return (one, other) => shown.has(`${one} ${other}`);
}
