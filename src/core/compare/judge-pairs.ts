import type { LeftOut, PairVerdict, RowsNeeded, ScorePair, VariantName } from '../comparison.ts';
import { formatDecimal, parseDecimal } from '../money.ts';
import { holmAdjusted } from '../stats/holm.ts';
import { isNonInferior } from '../stats/non-inferiority.ts';
import { rowsForMeanDifference, rowsForShareDifference } from '../stats/sample-size.ts';
import { leastSignPValue } from '../stats/sign-flip.ts';
import type { CostTotal } from '../totals.ts';
import type { PairFigures } from './paired-scores.ts';

/** A pair of variants by one scorer, before all pairs are looked at together. */
export interface PairDraft {
  readonly base: VariantName;
  readonly candidate: VariantName;
  readonly scorer: string;
  readonly figures: PairFigures;
  readonly unjudged: LeftOut;
  /** What a row costs on both sides together, on average; null where that is not known. */
  readonly rowCost: { readonly amount: number; readonly currency: string } | null;
}

/** Chance of taking luck for a difference, over all pairs and scorers together. */
const ALPHA = 0.05;
/** Chance that the rows that are told to be enough show a difference that is there. */
const POWER = 0.8;

/**
 * Says of each pair whether it regressed, improved, is unchanged or cannot be told. A difference counts where its
 * p-value is at most 5 % after Holm's correction over all pairs and scorers that could have had one as small; else `unchanged` asks that the low end of
 * the 90 % interval be above the margin (non-inferiority at 5 %, one-sided).
 * @param margin largest loss that counts as none, as a share from 0 to 1
 */
export function judgePairs(drafts: readonly PairDraft[], margin: number): readonly ScorePair[] {
  const least = drafts.map(({ figures }) => leastSignPValue(Math.round(figures.discordant * figures.n)));
  const adjusted = holmAdjusted(
    drafts.map(({ figures }) => figures.pValue ?? 1),
    least,
  );
  return drafts.map((draft, index) => {
    const { figures, base, candidate, scorer, unjudged } = draft;
    const adjustedPValue = figures.pValue === null ? null : (adjusted[index] ?? null);
    const verdict = verdictOf(figures, adjustedPValue, margin);
    const { n, baseMean, candidateMean, delta, interval, pValue, test } = figures;
    return {
      ...{ base, candidate, scorer, n, baseMean, candidateMean, delta, interval, pValue, adjustedPValue, test },
      ...{ onlyBasePassed: figures.onlyBasePassed, onlyCandidatePassed: figures.onlyCandidatePassed },
      ...{ sameAnswers: figures.sameAnswers, unjudged, verdict },
      needed: verdict === 'inconclusive' ? rowsNeeded(draft, margin, ALPHA / Math.max(1, drafts.length)) : null,
    };
  });
}

function verdictOf({ delta, marginInterval }: PairFigures, pValue: number | null, margin: number): PairVerdict {
  if (delta === null || pValue === null) return 'inconclusive';
  if (pValue <= ALPHA && delta !== 0) return delta < 0 ? 'regressed' : 'improved';
  return marginInterval !== null && isNonInferior(marginInterval, margin) ? 'unchanged' : 'inconclusive';
}

/** By the margin, for a loss of that size is what is to be found or ruled out; without one, by what was seen. */
function rowsNeeded({ figures, rowCost }: PairDraft, margin: number, alpha: number): RowsNeeded | null {
  const { n, discordant, deviation, isPassFail } = figures;
  const difference = margin > 0 ? margin : Math.abs(figures.delta ?? 0);
  if (n === 0 || difference === 0) return null;
  const asked = { difference, power: POWER, alpha };
  // A row is added on each side of the share, for few rows without a difference do not show that there is none.
  const expected = Math.max((discordant * n + 1) / (n + 2), difference);
  const rows = isPassFail
    ? rowsForShareDifference({ discordant: expected, ...asked })
    : rowsForMeanDifference({ standardDeviation: deviation ?? 1, ...asked });
  // The rows that there are have not shown it, whatever the formula says of rows on average.
  if (rows === null || !Number.isFinite(rows)) return null;
  const whole = Math.max(rows, n + 1);
  return { difference, rows: whole, moreRows: whole - n, cost: costOf(whole - n, rowCost) };
}

const SHOWN_DIGITS = 4;

/** An estimate, and so rounded to four digits. */
function costOf(rows: number, rowCost: PairDraft['rowCost']): CostTotal | null {
  if (rowCost === null) return null;
  const amount = parseDecimal((rows * rowCost.amount).toPrecision(SHOWN_DIGITS));
  return amount === null ? null : { total: formatDecimal(amount), currency: rowCost.currency };
}

/** The worst that is said of any pair; a pair that cannot be told hides no regression and shows no improvement. */
export function worstVerdict(pairs: readonly Pick<ScorePair, 'verdict'>[]): PairVerdict {
  const order: readonly PairVerdict[] = ['regressed', 'inconclusive', 'improved', 'unchanged'];
  return order.find((verdict) => pairs.some((pair) => pair.verdict === verdict)) ?? 'inconclusive';
}
