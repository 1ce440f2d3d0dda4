import { divideRounded, formatDecimal } from '../money.ts';
import type { CostTotal } from '../totals.ts';
import type { LeaderboardEntry } from './analysis.ts';
import { meanFigure } from './mean-figure.ts';
import type { RowSelection } from './row-selection.ts';
import type { ScoreColumn } from './score-column.ts';
import type { ScoreTable } from './score-table.ts';
import type { VariantTally } from './variant-tally.ts';

/** Every variant's figures by one scorer, best first; of equal ones the first in plan order. */
export function leaderboardOf(
  table: ScoreTable,
  tallies: readonly VariantTally[],
  selection: RowSelection,
): readonly LeaderboardEntry[] {
  const { repeats, isPassFail } = table;
  const entries = table.columns.flatMap((column, variant) => {
    const tally = tallies[variant];
    if (tally === undefined) return [];
    const { passed, unjudged, judged } = column;
    const { completed, errored } = tally;
    const ks = repeats < 2 ? [] : Array.from({ length: repeats }, (_, index) => index + 1);
    return {
      variant,
      ...meanFigure(column, selection, isPassFail),
      ...{ passed, unjudged, errored, notAsked: completed - judged - unjudged },
      passAtK: ks.map((k) => column.passAtK(k)),
      costPerPassedRow: costPerPassed(column, tally),
    };
  });
  return entries.sort((one, other) => (other.mean ?? -1) - (one.mean ?? -1));
}

/** Answers that could not be judged were paid too, and those to rows that the scorer is not asked about were not for it. */
function costPerPassed({ passed, judged, unjudged }: ScoreColumn, tally: VariantTally): CostTotal | null {
  const costs = tally.costs();
  if (costs === null || passed === 0) return null;
  const { total, answers, currency } = costs;
  const each = divideRounded(total * BigInt(judged + unjudged), BigInt(answers) * BigInt(passed));
  return { total: formatDecimal(each), currency };
}
