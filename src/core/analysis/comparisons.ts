import { holmAdjusted } from '../stats/holm.ts';
import { leastSignPValue } from '../stats/sign-flip.ts';
import { ALPHA, type Comparison, type PairedTest, type Verdict } from './analysis.ts';
import type { PairScanner } from './pair-scan.ts';
import { type PairedDraft, pairedDraft } from './paired-draft.ts';
import type { Pair } from './pairs.ts';
import { powerOf, type RowCosts } from './power.ts';
import type { RowSelection } from './row-selection.ts';
import type { ScoreTable } from './score-table.ts';

/** A comparison before correction, with the variants that it is of. */
export interface PairDraft {
  readonly pair: Pair;
  readonly draft: PairedDraft;
}

/** How pairs are to be compared. */
export interface Comparing {
  readonly scanner: PairScanner;
  /** For what McNemar's test does not take: repeats, clusters and partial scores. */
  readonly test: Exclude<PairedTest, 'mcnemar'>;
}

/** Compares pairs of variants on some rows. */
export function draftPairs(
  table: ScoreTable,
  pairs: readonly Pair[],
  selection: RowSelection,
  { scanner, test }: Comparing,
): readonly PairDraft[] {
  const isShare = table.isPassFail && table.repeats <= 1 && selection.clusters === null;
  return pairs.flatMap((pair) => {
    const [first, second] = pair.map((place) => table.columns[place]);
    if (first === undefined || second === undefined) return [];
    return { pair, draft: pairedDraft(scanner.scan(first, second, selection), isShare ? 'mcnemar' : test) };
  });
}

/** A family of comparisons, of which none is called certain by luck more often than once in twenty. */
export class Family {
  readonly #adjusted = new Map<PairDraft, number>();
  /** Comparisons that p-values are corrected for. */
  readonly corrections: number;

  /** @param unmade pairs that might have been compared: which ones were was decided by looking at their scores */
  constructor(drafts: readonly PairDraft[], unmade: number) {
    const made = drafts.filter(({ draft: { pValue } }) => pValue !== null);
    this.corrections = made.length + unmade;
    const pValues = made.map(({ draft: { pValue } }) => pValue ?? 1);
    const adjusted = holmAdjusted([...pValues, ...Array.from({ length: unmade }, () => 1)], made.map(leastOf));
    for (const [index, one] of made.entries()) this.#adjusted.set(one, adjusted[index] ?? 1);
  }

  /** The comparison with its verdict. @param costs null where it is not to be said what it would take */
  settle(one: PairDraft, costs: RowCosts | null): Comparison {
    const { standardDeviation: _deviation, clusters: _clusters, ...figures } = one.draft;
    const [first, second] = one.pair;
    const adjustedPValue = this.#adjusted.get(one) ?? null;
    const verdict = verdictOf(adjustedPValue, figures.points);
    const power = costs === null || verdict !== 'none shown' ? null : powerOf(one.draft, this.corrections, costs);
    return { first, second, ...figures, adjustedPValue, verdict, power };
  }
}

/** Clusters that differ are no more than rows that do; Wilcoxon's test goes by ranks, of which this says nothing. */
function leastOf({ draft: { test, onlyFirst, onlySecond } }: PairDraft): number {
  return test === 'wilcoxon' ? 0 : leastSignPValue(onlyFirst + onlySecond);
}

function verdictOf(adjustedPValue: number | null, points: number | null): Verdict {
  if (adjustedPValue === null || adjustedPValue >= ALPHA || points === null || points === 0) return 'none shown';
  return points > 0 ? 'better' : 'worse';
}

/** True where a comparison shows `one` to be better than `other`. */
export function isShownBetter(comparisons: readonly Comparison[], one: number, other: number): boolean {
  return comparisons.some(
    ({ first, second, verdict }) =>
      (verdict === 'better' && first === one && second === other) ||
      (verdict === 'worse' && first === other && second === one),
  );
}
