import type { CompletedResult } from '../../core/result.ts';
import { columnText, columnValue, type Row } from '../../core/row.ts';
import type { Weights } from '../../core/score-summary.ts';
import type { Score, Scorer, ScorerInput } from '../../core/scorer.ts';

/** The row's expected answer, from the column that holds them; null where it has none. */
export function expectedOf(row: Row, column: string): string | null {
  const text = columnText(columnValue(row, column));
  return text === '' ? null : text;
}

/** What the scorers of a run weigh; empty where none was given a weight. */
export function weightsOf(scorers: readonly Scorer[]): Weights {
  return new Map(scorers.flatMap(({ name, weight }) => (weight === null ? [] : [[name, weight]])));
}

/** An answer with what belongs to it. */
export interface Judged {
  readonly row: Row;
  readonly expected: string | null;
  readonly result: CompletedResult;
}

/** The scores of an answer, of those scorers that are asked about its row; a promise only where one takes one. */
export function judge(scorers: readonly Scorer[], judged: Judged): readonly Score[] | Promise<readonly Score[]> {
  const input = inputOf(judged);
  const scores = scorers.filter((scorer) => scorer.appliesTo(judged.row)).map((scorer) => scorer.score(input));
  return scores.every(isMade) ? scores : Promise.all(scores.map((score) => Promise.resolve(score)));
}

function isMade(score: Score | Promise<Score>): score is Score {
  return !(score instanceof Promise);
}

function inputOf({ row, expected, result }: Judged): ScorerInput {
  const { completion, latencyMs, attempts, cached, saved = null } = result;
  return { row, output: completion.output, expected, completion, latencyMs, attempts, cached, saved };
}
