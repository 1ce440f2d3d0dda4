import { familySize, holmAdjusted } from '../stats/holm.ts';
import { isNonInferior } from '../stats/non-inferiority.ts';
import { ALPHA, type Comparison, type Verdict } from './comparison.ts';
import type { PairedFigures } from './paired-test.ts';

/**
 * Comparisons that are looked at together, of which none is called significant by luck more often than once in twenty. Those
 * that could not have had so small a p-value cost the others nothing.
 */
export class Family {
  readonly #adjusted = new Map<PairedFigures, number>();
  /** Comparisons that p-values are corrected for: those that could be significant at all. */
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

  /** Chance of luck that is left to one comparison. */
  get alpha(): number {
    return ALPHA / Math.max(1, this.corrections);
  }

  /** The p-value after correction for the family; null where nothing was tested. */
  adjustedPValue(member: PairedFigures): number | null {
    return this.#adjusted.get(member) ?? null;
  }

  /** Whether the first of the two is better than the second, as far as that is significant. */
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

/** Tells whether a comparison shows `one` to be better than `other`. */
export type IsShownBetter = (one: number, other: number) => boolean;

/** What comparisons show, found at once however many there are. */
export function shownBetter(comparisons: readonly Comparison[]): IsShownBetter {
  const shown = new Set<string>();
  for (const { first, second, verdict } of comparisons) {
    if (verdict === 'better') shown.add(`${first} ${second}`);
    if (verdict === 'worse') shown.add(`${second} ${first}`);
  }
  return (one, other) => shown.has(`${one} ${other}`);
}
