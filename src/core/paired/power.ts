import { rowsForMeanDifference, rowsForShareDifference } from '../stats/sample-size.ts';
import type { CostTotal } from '../totals.ts';
import { FEW_CLUSTERS, type Power } from './comparison.ts';
import type { PairedFigures } from './paired-test.ts';

/** A difference that people act on, as a share. */
const WORTHWHILE = 0.02;

/** Chance that so many rows show a difference that is there. */
const POWER = 0.8;

/** Chance, one-sided, that a loss as large as a margin is ruled out though it is there. */
const RULED_OUT_WRONGLY = 0.05;

/** What answers of both variants to so many rows cost; null where that is not known. */
export type RowsCost = (rows: number) => CostTotal | null;

/** What it would take to show a difference. @param alpha chance of taking luck for one, in this comparison */
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
 * How many rows, those that there are among them, show a difference of this size with a power of 80 %.
 * @param difference a share above 0; @param alpha as of `powerOf`
 * @returns null where that is not known: no rows, few clusters, or differences that are all alike so far
 */
function rowsToShow(figures: PairedFigures, difference: number, alpha: number): number | null {
  const { n, onlyFirst, onlySecond, standardDeviation, test } = figures;
  if (n === 0 || hasFewClusters(figures)) return null;
  const asked = { difference, power: POWER, alpha };
  if (test === 'mcnemar') {
    // A row is added on each side of the share, for few rows without a difference do not show that there is none; and
    // fewer rows than the difference has cannot be the ones that differ.
    const discordant = Math.max((onlyFirst + onlySecond + 1) / (n + 2), difference);
    return rowsForShareDifference({ discordant, ...asked });
  }
  // Rows that are all alike so far do not tell how much others will vary.
  if (standardDeviation === null || standardDeviation === 0) return null;
  return rowsForMeanDifference({ standardDeviation, ...asked });
}

/** Few clusters do not tell how much others differ, nor would more rows of the same ones. */
function hasFewClusters({ clusters }: PairedFigures): boolean {
  return clusters !== null && clusters < FEW_CLUSTERS;
}

/**
 * How many rows it takes to show a loss as large as the margin, or to rule it out. That takes no fewer than those of which
 * one would have been lost with a chance of 95 % if so large a share of rows were, and with clusters as many of these.
 * @param difference a share above 0; @param margin the share whose loss is to be ruled out, 0 for none
 * @returns more than there are, which have not shown it whatever a formula says of rows on average; null where not known
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
