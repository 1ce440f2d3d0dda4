import { divideRounded, formatDecimal } from '../money.ts';
import type { Comparison } from '../paired/comparison.ts';
import { type Family, shownBetter } from '../paired/pair-family.ts';
import { powerOf, type RowsCost } from '../paired/power.ts';
import type { Interval } from '../stats/wilson.ts';
import type { NamedVariant } from '../variant.ts';
import type { Breakdown, ScorerAnalysis } from './analysis.ts';
import { cheapestGoodEnough } from './cheapest.ts';
import { choiceBasis } from './choice-basis.ts';
import { bestTemperatures, frontiersOf } from './leaderboard.ts';
import { scorerNotes } from './notes.ts';
import type { PairDraft, ScorerDraft } from './scorer-draft.ts';
import type { TrialTally } from './trial-tally.ts';

/** What verdicts depend on besides the scores. */
interface Settling {
  readonly variants: readonly NamedVariant[];
  readonly tallies: readonly TrialTally[];
  /** Maximum number of answers of a row from one variant. */
  readonly repeats: number;
  /** Comparisons over all rows, of all scorers. */
  readonly family: Family;
  /** Comparisons within groups, of all scorers. */
  readonly within: Family;
  readonly goodEnoughPoints: number;
}

/** Adds verdicts to a scorer's figures. @param breakdown the column of its groups; null if there are none */
export function settleScorer(
  draft: ScorerDraft,
  settling: Settling,
  breakdown: Pick<Breakdown, 'column' | 'otherRows'> | null,
): ScorerAnalysis {
  const { table, leaderboard, pairs, notCompared } = draft;
  const { family, tallies, variants, goodEnoughPoints } = settling;
  const comparisons = pairs.map((one) => settle(one, family, costsOf(one, settling)));
  const isShownBetter = shownBetter(comparisons);
  const { scorer, isPassFail } = table;
  return {
    scorer,
    isPassFail,
    leaderboard,
    comparisons,
    notCompared,
    corrections: family.corrections,
    frontiers: frontiersOf(leaderboard, tallies, { commonRows: draft.commonRows, isShownBetter }),
    choice: choiceBasis(leaderboard, isShownBetter),
    cheapest: cheapestGoodEnough({ leaderboard, comparisons, tallies, isShownBetter, goodEnoughPoints }),
    bestTemperatures: bestTemperatures(variants, leaderboard, isShownBetter),
    breakdown: breakdown === null ? null : { ...breakdown, ...groupsOf(draft, settling) },
    rows: table.notableRows(),
    notes: scorerNotes(draft),
  };
}

const POINTS = 100;

/** A comparison with its verdict. @param costOf null if the rows still needed should not be reported */
function settle({ pair: [first, second], figures }: PairDraft, family: Family, costOf: RowsCost | null): Comparison {
  const { n, unmatched, clusters, sum, interval, onlyFirst, onlySecond, pValue, test, why } = figures;
  const verdict = family.verdict(figures);
  return {
    first,
    second,
    n,
    units: clusters ?? n,
    unmatched,
    points: n === 0 ? null : (POINTS * sum) / n,
    pointsInterval: inPoints(interval),
    onlyFirst,
    onlySecond,
    pValue,
    adjustedPValue: family.adjustedPValue(figures),
    test,
    verdict,
    why,
    power: costOf === null || verdict !== 'none shown' ? null : powerOf(figures, family.alpha, costOf),
  };
}

function inPoints(interval: Interval | null): Interval | null {
  return interval === null ? null : { low: POINTS * interval.low, high: POINTS * interval.high };
}

/** Cost of rows, from the costs of both variants' answers so far. */
function costsOf({ pair: [first, second] }: PairDraft, { tallies, repeats }: Settling): RowsCost {
  const [one, other] = [tallies[first]?.costs() ?? null, tallies[second]?.costs() ?? null];
  return (rows) => {
    if (one === null || other === null || one.currency !== other.currency) return null;
    const answers = BigInt(rows) * BigInt(repeats);
    const [mine, others] = [one, other].map((costs) => divideRounded(costs.total * answers, BigInt(costs.answers)));
    return { total: formatDecimal((mine ?? 0n) + (others ?? 0n)), currency: one.currency };
  };
}

function groupsOf({ groups }: ScorerDraft, { within }: Settling): Pick<Breakdown, 'groups' | 'corrections'> {
  return {
    groups: groups.map(({ pairs, ...group }) => ({
      ...group,
      comparisons: pairs.map((one) => settle(one, within, null)),
    })),
    corrections: within.corrections,
  };
}
