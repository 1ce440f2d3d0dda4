import type { NamedVariant } from '../variant.ts';
import type { Breakdown, Comparison, ScorerAnalysis } from './analysis.ts';
import { bestTemperatures } from './best-temperatures.ts';
import { type Family, type PairDraft, shownBetter } from './comparisons.ts';
import { frontiersOf } from './frontier.ts';
import { scorerNotes } from './notes.ts';
import type { RowCosts } from './power.ts';
import type { ScorerDraft } from './scorer-draft.ts';
import type { VariantTally } from './variant-tally.ts';

/** What verdicts depend on beside the scores. */
export interface Settling {
  readonly variants: readonly NamedVariant[];
  readonly tallies: readonly VariantTally[];
  /** Most answers that a row has from one variant. */
  readonly repeats: number;
  /** Comparisons over all rows, of all scorers. */
  readonly family: Family;
  /** Comparisons within groups, of all scorers. */
  readonly within: Family;
}

/** Gives a scorer's figures their verdicts. @param breakdown the column of its groups; null where there are none */
export function settleScorer(
  draft: ScorerDraft,
  settling: Settling,
  breakdown: Pick<Breakdown, 'column' | 'otherRows'> | null,
): ScorerAnalysis {
  const { table, leaderboard, pairs, notCompared } = draft;
  const { family, tallies, variants } = settling;
  const comparisons = pairs.map((one) => family.settle(one, costsOf(one, settling)));
  const isShownBetter = shownBetter(comparisons);
  const { scorer, isPassFail } = table;
  return {
    ...{ scorer, isPassFail, leaderboard, comparisons, notCompared, corrections: family.corrections },
    frontiers: frontiersOf(leaderboard, tallies, isShownBetter),
    bestTemperatures: bestTemperatures(variants, leaderboard, isShownBetter),
    breakdown: breakdown === null ? null : { ...breakdown, ...groupsOf(draft, settling) },
    rows: table.notableRows(),
    notes: scorerNotes(draft),
  };
}

function costsOf({ pair: [first, second] }: PairDraft, { tallies, repeats }: Settling): RowCosts {
  return { first: tallies[first]?.costs() ?? null, second: tallies[second]?.costs() ?? null, repeats };
}

function groupsOf({ groups }: ScorerDraft, { within }: Settling): Pick<Breakdown, 'groups' | 'corrections'> {
  const settle = (one: PairDraft): Comparison => within.settle(one, null);
  return {
    groups: groups.map(({ pairs, ...group }) => ({ ...group, comparisons: pairs.map(settle) })),
    corrections: within.corrections,
  };
}
