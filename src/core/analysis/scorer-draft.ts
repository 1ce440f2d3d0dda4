import type { PairScanner, RowSelection } from '../paired/pair-scan.ts';
import { type PairedFigures, type PairedOptions, pairedFigures } from '../paired/paired-test.ts';
import type { GroupMean, LeaderboardEntry } from './analysis.ts';
import { type CommonRowsOf, commonRowsOf } from './common-rows.ts';
import { leaderboardOf } from './leaderboard.ts';
import { meanFigure } from './mean-figure.ts';
import { type Pair, pairsOf } from './pairs.ts';
import type { ScoreTable } from './score-table.ts';
import type { TrialTally } from './trial-tally.ts';

/** Two variants compared, before p-values are corrected. */
export interface PairDraft {
  readonly pair: Pair;
  readonly figures: PairedFigures;
}

/** How to compare pairs. */
export interface Comparing {
  readonly scanner: PairScanner;
  readonly options: PairedOptions;
}

/** A scorer's figures before p-values are corrected. */
export interface ScorerDraft {
  readonly table: ScoreTable;
  readonly leaderboard: readonly LeaderboardEntry[];
  readonly pairs: readonly PairDraft[];
  /** Pairs that are not compared. */
  readonly notCompared: number;
  readonly groups: readonly GroupDraft[];
  readonly commonRows: CommonRowsOf;
}

/** A group's figures before p-values are corrected. */
interface GroupDraft {
  readonly value: string | null;
  readonly rows: number;
  readonly variants: readonly GroupMean[];
  readonly pairs: readonly PairDraft[];
}

/** Some of the run's rows, with a name. */
export interface RowGroup {
  readonly value: string | null;
  readonly selection: RowSelection;
}

/** Inputs of a scorer's figures. */
interface DraftInput {
  readonly table: ScoreTable;
  readonly tallies: readonly TrialTally[];
  readonly selection: RowSelection;
  readonly groups: readonly RowGroup[];
}

/** Computes a scorer's figures, for all rows and for each group. */
export function draftScorer(input: DraftInput, comparing: Comparing): ScorerDraft {
  const { table, tallies, selection, groups } = input;
  const leaderboard = leaderboardOf(table, tallies, selection);
  const { pairs, left } = pairsOf(tallies.length, leaderboard[0]?.variant ?? 0);
  return {
    table,
    leaderboard,
    notCompared: left,
    pairs: draftPairs(table, pairs, selection, comparing),
    commonRows: commonRowsOf(table.columns, selection, comparing.scanner),
    groups: groups.map((group) => ({
      value: group.value,
      rows: group.selection.count,
      variants: table.columns.map((column, variant) => ({
        variant,
        ...meanFigure(column, group.selection),
      })),
      pairs: draftPairs(table, pairs, group.selection, comparing),
    })),
  };
}

/** Compares pairs of variants on some rows. */
function draftPairs(
  table: ScoreTable,
  pairs: readonly Pair[],
  selection: RowSelection,
  { scanner, options }: Comparing,
): readonly PairDraft[] {
  return pairs.flatMap((pair) => {
    const [first, second] = pair.map((place) => table.columns[place]);
    if (first === undefined || second === undefined) return [];
    return { pair, figures: pairedFigures(scanner.scan(first, second, selection), options) };
  });
}
