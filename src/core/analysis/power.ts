import { divideRounded, formatDecimal } from '../money.ts';
import { rowsForMeanDifference, rowsForShareDifference } from '../stats/sample-size.ts';
import type { CostTotal } from '../totals.ts';
import { ALPHA, FEW_CLUSTERS, type Power } from './analysis.ts';
import type { PairedDraft } from './paired-draft.ts';
import type { AnswerCosts } from './variant-tally.ts';

/** A difference that people act on, in percentage points. */
const WORTHWHILE_POINTS = 2;

/** Chance that so many rows show a difference that is there. */
const POWER = 0.8;

/** What a row of a comparison costs. */
export interface RowCosts {
  readonly first: AnswerCosts | null;
  readonly second: AnswerCosts | null;
  /** Answers that a row has from each. */
  readonly repeats: number;
}

/** What it would take to show a difference. @param corrections comparisons that the p-value is corrected for */
export function powerOf(draft: PairedDraft, corrections: number, costs: RowCosts): Power {
  const alpha = ALPHA / Math.max(1, corrections);
  const needed = (difference: number): number | null => rowsFor(draft, difference, alpha);
  const wanted = needed(WORTHWHILE_POINTS / 100);
  const moreRows = wanted === null ? null : Math.max(0, wanted - draft.n);
  const smallest = smallestShown(needed, draft.n);
  return {
    points: WORTHWHILE_POINTS,
    moreRows,
    cost: moreRows === null ? null : pairCost(costs, moreRows),
    smallestPoints: smallest === null ? null : 100 * smallest,
  };
}

function rowsFor(draft: PairedDraft, difference: number, alpha: number): number | null {
  const { n, onlyFirst, onlySecond, standardDeviation, clusters } = draft;
  // Few clusters do not tell how much others differ, nor would more rows of the same ones.
  if (n === 0 || (clusters !== null && clusters < FEW_CLUSTERS)) return null;
  if (draft.test === 'mcnemar') {
    // Fewer rows than the difference has cannot be the ones that differ.
    const discordant = Math.max((onlyFirst + onlySecond) / n, difference);
    return rowsForShareDifference({ discordant, difference, power: POWER, alpha });
  }
  // Rows that are all alike so far do not tell how much others will vary.
  if (standardDeviation === null || standardDeviation === 0) return null;
  return rowsForMeanDifference({ standardDeviation, difference, power: POWER, alpha });
}

const HALVINGS = 40;

/** The smallest difference for which no more than `n` rows are needed; null where even the largest needs more. */
function smallestShown(needed: (difference: number) => number | null, n: number): number | null {
  const suffices = (difference: number): boolean => (needed(difference) ?? Infinity) <= n;
  if (!suffices(1)) return null;
  let [low, high] = [0, 1];
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (suffices(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function pairCost({ first, second, repeats }: RowCosts, rows: number): CostTotal | null {
  if (first === null || second === null || first.currency !== second.currency) return null;
  const answers = BigInt(rows) * BigInt(repeats);
  const [one, other] = [first, second].map((costs) => divideRounded(costs.total * answers, BigInt(costs.answers)));
  return { total: formatDecimal((one ?? 0n) + (other ?? 0n)), currency: first.currency };
}
