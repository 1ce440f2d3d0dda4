import { rowsForMeanDifference, rowsForShareDifference } from '../stats/sample-size.ts';
import type { CostTotal } from '../totals.ts';
import { FEW_CLUSTERS, type Power } from './comparison.ts';
import type { PairedFigures } from './paired-test.ts';

/** The smallest difference that matters in practice, as a share. */
const WORTHWHILE = 0.02;

/** Probability that this many rows detect a real difference. */
const POWER = 0.8;

/** Probability, one-sided, that a loss as large as a margin is ruled out although it exists. */
const RULED_OUT_WRONGLY = 0.05;

/** Cost of both variants' answers to this many rows; null if unknown. */
export type RowsCost = (rows: number) => CostTotal | null;

/** What is needed to detect a difference. @param alpha significance level of this comparison */
export function powerOf(figures: PairedFigures, alpha: number, costOf: RowsCost): Power {
  const needed = (difference: number): number | null => rowsToShow(figures, difference, alpha);
  const wanted = needed(WORTHWHILE);
  const moreRows = wanted === null ? null : Math.max(0, wanted - figures.n);
  const smallest = smallestShown(needed, figures.n);
  return {
    points: WORTHWHILE * 100,
    moreRows,
    cost: moreRows === null ? null : costOf(moreRows),
    smallestPoints: smallest === null ? null : 100 * smallest,
  };
}

/**
 * How many rows in total, including existing ones, detect a difference of this size with 80 % power.
 * @param difference a share above 0; @param alpha as of `powerOf`
 * @returns null if unknown: no rows, few clusters, or differences that are all alike so far
 */
function rowsToShow(figures: PairedFigures, difference: number, alpha: number): number | null {
  const { n, onlyFirst, onlySecond, standardDeviation, test } = figures;
  if (n === 0 || hasFewClusters(figures)) return null;
  const asked = { difference, power: POWER, alpha };
  if (test === 'mcnemar') {
    // One row is added on each side of the share, because few rows without a difference do not prove that there is
    // none. The rows that differ cannot be fewer than the difference itself.
    const discordant = Math.max((onlyFirst + onlySecond + 1) / (n + 2), difference);
    return rowsForShareDifference({ discordant, ...asked });
  }
  // Rows that are all alike so far do not show how much others will vary.
  if (standardDeviation === null || standardDeviation === 0) return null;
  return rowsForMeanDifference({ standardDeviation, ...asked });
}

/** Few clusters do not show how much others differ, nor would more rows of the same ones. */
function hasFewClusters({ clusters }: PairedFigures): boolean {
  return clusters !== null && clusters < FEW_CLUSTERS;
}

/**
 * How many rows are needed to detect a loss as large as the margin, or to rule it out. At least as many as would
 * contain one lost row with a probability of 95 % if that share of rows were lost; with clusters, at least as many
 * clusters.
 * @param difference a share above 0; @param margin the share whose loss must be ruled out, 0 for none
 * @returns more than the existing ones, which were not enough whatever a formula for average rows says; null if unknown
 */
export function rowsToDecide(
  figures: PairedFigures,
  { difference, margin, alpha }: { readonly difference: number; readonly margin: number; readonly alpha: number },
): number | null {
  const { n, clusters } = figures;
  if (n === 0 || hasFewClusters(figures)) return null;
  const shown = rowsToShow(figures, difference, alpha);
  const units = margin > 0 ? Math.ceil(Math.log(RULED_OUT_WRONGLY) / Math.log(1 - margin)) : 0;
  const ruledOut = clusters === null ? units : Math.ceil((units * n) / clusters);
  if (shown === null && ruledOut === 0) return null;
  return Math.max(shown ?? 0, ruledOut, n + 1);
}

const HALVINGS = 40;

/** The smallest difference that `n` rows can detect; null if they cannot detect even the largest. */
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
