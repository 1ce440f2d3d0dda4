import { FEW_CLUSTERS } from '../paired/comparison.ts';
import type { AnalysedVariant, Analysis } from './analysis.ts';
import type { AnalysisNote } from './note.ts';
import type { ScoreTable } from './score-table.ts';
import type { ScorerDraft } from './scorer-draft.ts';
import type { TrialTally } from './trial-tally.ts';

/** Notes on a run's figures that a reader needs; empty if everything is as usual. */
export function runNotes(
  { rows, clusters, variants }: Pick<Analysis, 'rows' | 'clusters' | 'variants'>,
  tallies: readonly TrialTally[],
  tables: readonly ScoreTable[],
): readonly AnalysisNote[] {
  if (rows === 0) return [{ kind: 'no results', text: 'there are no results' }];
  return [
    ...(tables.length === 0 ? [NO_SCORES] : []),
    ...(variants.length === 1 ? [ONE_VARIANT] : []),
    ...unansweredNotes(variants),
    ...variants.filter(({ skipped }) => skipped > 0).map(stoppedNote),
    ...variants.filter(({ cut }) => cut > 0).map(cutNote),
    ...variants.flatMap((variant, index) => costNotes(variant, tallies[index])),
    ...clusterNotes(clusters),
  ];
}

const NO_SCORES: AnalysisNote = {
  kind: 'no scores',
  text: 'no scorer judged the answers: there is nothing to compare',
};
const ONE_VARIANT: AnalysisNote = {
  kind: 'one variant',
  text: 'one variant: there is nothing to compare it with',
};

function unansweredNotes(variants: readonly AnalysedVariant[]): readonly AnalysisNote[] {
  const unanswered = variants.filter(({ completed }) => completed === 0);
  if (unanswered.length === variants.length) return [{ kind: 'no answers', text: 'no trial got an answer' }];
  return unanswered.map(({ name }) => ({ kind: 'variant without answers', name, text: `${name} gave no answer` }));
}

function stoppedNote({ name }: AnalysedVariant): AnalysisNote {
  const text = `${name} did not run every row: its score, and p-values of it, look a little more certain than they are`;
  return { kind: 'variant stopped', name, text };
}

function cutNote({ name, cut, completed }: AnalysedVariant): AnalysisNote {
  const were = cut === 1 ? 'was' : 'were';
  const text = `${cut} of ${completed} answers of ${name} ${were} cut off at the token limit: raise --max-tokens`;
  return { kind: 'answers cut off', name, count: cut, of: completed, text };
}

function costNotes(
  { name, completed, unknownCosts }: AnalysedVariant,
  tally: TrialTally | undefined,
): readonly AnalysisNote[] {
  if (tally?.isMixed === true) {
    return [
      { kind: 'several currencies', name, text: `${name} was paid in several currencies, which are never added` },
    ];
  }
  if (unknownCosts === 0) return [];
  if (unknownCosts === completed) return [{ kind: 'cost unknown', name, text: `what ${name} costs is not known` }];
  const text = `what ${name} costs is not known of ${unknownCosts} of ${completed} answers, which its cost leaves out`;
  return [{ kind: 'cost partly unknown', name, count: unknownCosts, of: completed, text }];
}

/** Notes on the cluster column that a reader needs. */
export function clusterNotes(clusters: Analysis['clusters']): readonly AnalysisNote[] {
  if (clusters === null) return [];
  const { column: name, missing, clusters: count } = clusters;
  const notes: AnalysisNote[] = [];
  if (missing > 0) {
    const text = `${countRows(missing)} without a value of ${name}: each counts for itself`;
    notes.push({ kind: 'rows without a cluster', name, count: missing, text });
  }
  if (count === 1) {
    const text = `all rows have one value of ${name}: nothing can be said of others`;
    notes.push({ kind: 'one cluster', name, text });
  } else if (count > 1 && count < FEW_CLUSTERS) {
    const text = `${name} has ${count} values only: with so few hardly any difference can be shown`;
    notes.push({ kind: 'few clusters', name, count, text });
  }
  return notes;
}

function countRows(count: number): string {
  return count === 1 ? '1 row is' : `${count} rows are`;
}

/** Notes on one scorer's figures that a reader needs. */
export function scorerNotes({ leaderboard, pairs, table }: ScorerDraft): readonly AnalysisNote[] {
  if (leaderboard.every(({ n }) => n === 0)) return [{ kind: 'no scored answer', text: 'no answer could be scored' }];
  const isEqual =
    pairs.length > 0 && pairs.every(({ figures: { onlyFirst, onlySecond } }) => onlyFirst + onlySecond === 0);
  const mostRows = Math.max(0, ...pairs.map(({ figures: { n } }) => n));
  const isRagged = table.columns.some(({ scored }) => scored > 0) && leaderboard.some(({ n }) => n === 0);
  return [
    ...(isEqual && mostRows > 0 ? [equalNote(pairs)] : []),
    ...(mostRows === 1 ? [ONE_ROW] : []),
    ...(isRagged ? [WITHOUT_SCORES] : []),
  ];
}

function equalNote(pairs: ScorerDraft['pairs']): AnalysisNote {
  if (pairs.every(({ figures: { unmatched } }) => unmatched === 0)) return EQUAL_SCORES;
  const [first, ...others] = pairs;
  if (first === undefined || others.length > 0) return EQUAL_IN_PAIRS;
  const { n } = first.figures;
  const rows = n === 1 ? 'the one row' : `the ${n} rows`;
  return { ...EQUAL_IN_PAIRS, count: n, text: `both variants score the same on ${rows} that both answered` };
}

const EQUAL_SCORES: AnalysisNote = { kind: 'equal scores', text: 'every variant scores the same on every row' };
const EQUAL_IN_PAIRS: AnalysisNote = {
  kind: 'equal scores on common rows',
  text: 'any two variants score the same on the rows that both answered',
};
const ONE_ROW: AnalysisNote = { kind: 'one row', text: 'one row says nothing about others' };
const WITHOUT_SCORES: AnalysisNote = {
  kind: 'variant without scores',
  text: 'a variant without a judged answer is in no comparison',
};
