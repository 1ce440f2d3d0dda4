import { NOBODY_TO_ASK } from '../../core/inquiry.ts';
import type { CompletedResult, Result } from '../../core/result.ts';
import { columnText, columnValue, type Row } from '../../core/row.ts';
import type { Weights } from '../../core/score-summary.ts';
import type { Score, Scorer, ScorerInput } from '../../core/scorer.ts';
import { shownAnswer } from '../../core/thoughts.ts';
import type { AnswerCalls, Asker } from '../judge/asker.ts';

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
  /** Answers of the row's trials, as far as a scorer compares them. */
  readonly peers: readonly CompletedResult[];
  /** True scores answers with the thoughts at their start. */
  readonly keepThoughts: boolean;
}

/** The scores of an answer, of those scorers that are asked about it; a promise only where one takes one. */
export function judge(
  scorers: readonly Scorer[],
  judged: Judged,
  asker: Asker,
): readonly Score[] | Promise<readonly Score[]> {
  const input = inputOf(judged);
  const { row, result } = judged;
  let calls: AnswerCalls | undefined;
  const scores: (Score | Promise<Score>)[] = [];
  for (const scorer of scorers) {
    if (!scorer.appliesTo(row) || scorer.asks?.skips(result) === true) continue;
    if (scorer.asks === null) scores.push(scorer.score(input));
    else {
      calls ??= asker.about(row, result);
      scores.push(askedScore(scorer, input, calls));
    }
  }
  return scores.every(isMade) ? scores : Promise.all(scores.map((score) => Promise.resolve(score)));
}

function isMade(score: Score | Promise<Score>): score is Score {
  return !(score instanceof Promise);
}

async function askedScore(scorer: Scorer, input: ScorerInput, calls: AnswerCalls): Promise<Score> {
  const asked: Result[] = [];
  const score = await scorer.score({ ...input, ask: calls.askFor(asked) });
  return { ...score, asked };
}

function inputOf({ row, expected, result, peers, keepThoughts }: Judged): ScorerInput {
  const { completion, latencyMs, attempts, cached, saved = null } = shownAnswer(result, keepThoughts);
  return {
    row,
    output: completion.output,
    expected,
    completion,
    latencyMs,
    attempts,
    cached,
    saved,
    place: result,
    peers: keepThoughts ? peers.map((peer) => shownAnswer(peer, keepThoughts)) : peers,
    ask: NOBODY_TO_ASK,
  };
}
