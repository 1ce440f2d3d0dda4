import { FEW_CLUSTERS } from '../paired/comparison.ts';
import type { AnalysedVariant, Analysis } from './analysis.ts';
import type { ScoreTable } from './score-table.ts';
import type { ScorerDraft } from './scorer-draft.ts';
import type { TrialTally } from './trial-tally.ts';

/** Notes on a run's figures that a reader needs, in words; empty if everything is as usual. */
export function runNotes(
  { rows, clusters, variants }: Pick<Analysis, 'rows' | 'clusters' | 'variants'>,
  tallies: readonly TrialTally[],
  tables: readonly ScoreTable[],
): readonly string[] {
  if (rows === 0) return ['there are no results'];
  const unanswered = variants.filter(({ completed }) => completed === 0);
  return [
    ...(tables.length === 0 ? ['no scorer judged the answers: there is nothing to compare'] : []),
    ...(variants.length === 1 ? ['one variant: there is nothing to compare it with'] : []),
    ...(unanswered.length === variants.length
      ? ['no trial got an answer']
      : unanswered.map(({ name }) => `${name} gave no answer`)),
    ...variants.filter(({ skipped }) => skipped > 0).map(stoppedNote),
    ...variants.filter(({ cut }) => cut > 0).map(cutNote),
    ...variants.flatMap((variant, index) => costNotes(variant, tallies[index])),
    ...clusterNotes(clusters),
  ];
}

function stoppedNote({ name }: AnalysedVariant): string {
  return `${name} did not run every row: its score, and p-values of it, look a little more certain than they are`;
}

function cutNote({ name, cut, completed }: AnalysedVariant): string {
  const were = cut === 1 ? 'was' : 'were';
  return `${cut} of ${completed} answers of ${name} ${were} cut off at the token limit: raise --max-tokens`;
}

function costNotes({ name, completed, unknownCosts }: AnalysedVariant, tally: TrialTally | undefined): string[] {
  if (tally?.isMixed === true) return [`${name} was paid in several currencies, which are never added`];
  if (unknownCosts === 0) return [];
  if (unknownCosts === completed) return [`what ${name} costs is not known`];
  return [`what ${name} costs is not known of ${unknownCosts} of ${completed} answers, which its cost leaves out`];
}

/** Notes on the cluster column that a reader needs. */
export function clusterNotes(clusters: Analysis['clusters']): string[] {
  if (clusters === null) return [];
  const { column, missing, clusters: count } = clusters;
  return [
    ...(missing > 0 ? [`${countRows(missing)} without a value of ${column}: each counts for itself`] : []),
    ...(count === 1 ? [`all rows have one value of ${column}: nothing can be said of others`] : []),
    ...(count > 1 && count < FEW_CLUSTERS
      ? [`${column} has ${count} values only: with so few hardly any difference can be shown`]
      : []),
  ];
}

function countRows(count: number): string {
  return count === 1 ? '1 row is' : `${count} rows are`;
}

/** Notes on one scorer's figures that a reader needs, in words. */
export function scorerNotes({ leaderboard, pairs, table }: ScorerDraft): readonly string[] {
  if (leaderboard.every(({ n }) => n === 0)) return ['no answer could be scored'];
  const isEqual =
    pairs.length > 0 && pairs.every(({ figures: { onlyFirst, onlySecond } }) => onlyFirst + onlySecond === 0);
  const mostRows = Math.max(0, ...pairs.map(({ figures: { n } }) => n));
  const isRagged = table.columns.some(({ scored }) => scored > 0) && leaderboard.some(({ n }) => n === 0);
  return [
    ...(isEqual && mostRows > 0 ? ['every variant scores the same on every row'] : []),
    ...(mostRows === 1 ? ['one row says nothing about others'] : []),
    ...(isRagged ? ['a variant without a judged answer is in no comparison'] : []),
  ];
}
