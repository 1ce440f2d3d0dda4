import type { LeftOut, PairVerdict, RowsNeeded, ScorePair, VariantName } from '../comparison.ts';
import { formatDecimal, parseDecimal } from '../money.ts';
import { Family, isLossRuledOut } from '../paired/pair-family.ts';
import type { PairedFigures } from '../paired/paired-test.ts';
import { rowsToDecide } from '../paired/power.ts';
import type { CostTotal } from '../totals.ts';

/** A pair of variants by one scorer, before all pairs are evaluated together. */
export interface PairDraft {
  readonly base: VariantName;
  readonly candidate: VariantName;
  readonly scorer: string;
  /** The candidate's scores are the first, the base's the second. */
  readonly figures: PairedFigures;
  /** Rows that passed in most of their answers on one side only. */
  readonly onlyBasePassed: number;
  readonly onlyCandidatePassed: number;
  /** Rows with the same answer text on both sides. */
  readonly sameAnswers: number;
  readonly unscored: LeftOut;
  /** Mean cost of a row on both sides together; null if unknown. */
  readonly rowCost: { readonly amount: number; readonly currency: string } | null;
}

/**
 * Decides for each pair whether it regressed, improved, is unchanged or inconclusive. A difference counts if its
 * p-value is at most 5 % after correction over all pairs and scorers. Otherwise `unchanged` requires that a loss as
 * large as the margin is ruled out, or that every answer has the same text and the same score. In the latter case
 * nothing changed, whatever the number of rows. The same texts with other scores (another expected answer, another
 * judge, slower answers) did change, and are decided by their scores.
 * @param margin the loss that `unchanged` rules out, as a share from 0 to 1
 */
export function scorePairs(drafts: readonly PairDraft[], margin: number): readonly ScorePair[] {
  const family = new Family(drafts.map(({ figures }) => figures));
  return drafts.map((draft) => {
    const { figures, rowCost, base, candidate, scorer, onlyBasePassed, onlyCandidatePassed } = draft;
    const { n, sum, interval, pValue, test } = figures;
    const isSame = n > 0 && draft.sameAnswers === n && figures.onlyFirst + figures.onlySecond === 0;
    const verdict = isSame ? 'unchanged' : verdictOf(figures, family, margin);
    const { sameAnswers, unscored } = draft;
    return {
      base,
      candidate,
      scorer,
      n,
      baseMean: figures.secondMean,
      candidateMean: figures.firstMean,
      delta: n === 0 ? null : sum / n,
      interval,
      pValue,
      adjustedPValue: family.adjustedPValue(figures),
      test: n === 0 ? null : isSame ? 'same answers' : test,
      onlyBasePassed,
      onlyCandidatePassed,
      sameAnswers,
      unjudged: unscored,
      verdict,
      needed: verdict === 'inconclusive' ? rowsNeeded(figures, { margin, alpha: family.alpha, rowCost }) : null,
    };
  });
}

function verdictOf(figures: PairedFigures, family: Family, margin: number): PairVerdict {
  switch (family.verdict(figures)) {
    case 'better':
      return 'improved';
    case 'worse':
      return 'regressed';
    case 'none shown':
      return isLossRuledOut(figures, margin) ? 'unchanged' : 'inconclusive';
  }
}

interface Needing extends Pick<PairDraft, 'rowCost'> {
  readonly margin: number;
  readonly alpha: number;
}

/**
 * Based on the margin, because a loss of that size is to be found or ruled out; without one, on the observed
 * difference.
 */
function rowsNeeded(figures: PairedFigures, { margin, alpha, rowCost }: Needing): RowsNeeded | null {
  const { n, sum } = figures;
  const difference = margin > 0 ? margin : Math.abs(sum) / Math.max(1, n);
  if (difference === 0) return null;
  const rows = rowsToDecide(figures, { difference, margin, alpha });
  return rows === null ? null : { difference, rows, moreRows: rows - n, cost: costOf(rows - n, rowCost) };
}

const SHOWN_DIGITS = 4;

/** An estimate, and so rounded to four digits. */
function costOf(rows: number, rowCost: PairDraft['rowCost']): CostTotal | null {
  if (rowCost === null) return null;
  const amount = parseDecimal((rows * rowCost.amount).toPrecision(SHOWN_DIGITS));
  return amount === null ? null : { total: formatDecimal(amount), currency: rowCost.currency };
}

/** The worst verdict of any pair; an inconclusive pair neither hides a regression nor shows an improvement. */
export function worstVerdict(pairs: readonly Pick<ScorePair, 'verdict'>[]): PairVerdict {
  const order: readonly PairVerdict[] = ['regressed', 'inconclusive', 'improved', 'unchanged'];
  return order.find((verdict) => pairs.some((pair) => pair.verdict === verdict)) ?? 'inconclusive';
}
