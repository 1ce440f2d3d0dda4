import { isJsonArray } from '../../core/json.ts';
import { NOBODY_TO_ASK } from '../../core/judge-question.ts';
import type { CompletedResult, Result } from '../../core/result.ts';
import { columnText, type Row } from '../../core/row.ts';
import { valueAt } from '../../core/row-path.ts';
import type { Weights } from '../../core/score-summary.ts';
import type { Score, Scorer, ScorerInput } from '../../core/scorer.ts';
import { shownAnswer } from '../../core/thoughts.ts';
import type { AnswerCalls, JudgeCalls } from './judge-calls.ts';

/** The expected answer of a row. */
export interface Expected {
  /** As a template or a scorer sees it; null if the row expects nothing. */
  readonly text: string | null;
  /** The right answers if the row has a list of them; undefined if it has one or none, as in every CSV file. */
  readonly alternatives: readonly string[] | undefined;
}

const NOTHING: Expected = { text: null, alternatives: undefined };

/** The row's expected answer. @param column that holds them, or a path into its JSON */
export function expectedOf(row: Row, column: string): Expected {
  const value = valueAt(row, column);
  if (isJsonArray(value) && value.length > 0) return { text: columnText(value), alternatives: value.map(columnText) };
  const text = columnText(value);
  return text === '' ? NOTHING : { text, alternatives: undefined };
}

/** The weights of a run's scorers; empty if none was set. */
export function weightsOf(scorers: readonly Scorer[]): Weights {
  return new Map(scorers.flatMap(({ name, weight }) => (weight === null ? [] : [[name, weight]])));
}

/** An answer with its context. */
export interface AnsweredTrial {
  readonly row: Row;
  readonly expected: Expected;
  readonly result: CompletedResult;
  /** Answers of the row's trials, as far as a scorer compares them. */
  readonly peers: readonly CompletedResult[];
  /** True scores answers with the reasoning at their start. */
  readonly keepThoughts: boolean;
}

/** The scores of an answer, from the scorers that apply to it; a promise only if a scorer returns one. */
export function scoreAnswer(
  scorers: readonly Scorer[],
  answered: AnsweredTrial,
  judgeCalls: JudgeCalls,
): readonly Score[] | Promise<readonly Score[]> {
  const input = inputOf(answered);
  const { row, result } = answered;
  let calls: AnswerCalls | undefined;
  const scores: (Score | Promise<Score>)[] = [];
  for (const scorer of scorers) {
    if (!scorer.appliesTo(row) || scorer.skips?.(result) === true || scorer.asks?.skips(result) === true) continue;
    if (scorer.asks === null) scores.push(scorer.score(input));
    else {
      calls ??= judgeCalls.about(row, result);
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

function inputOf({
  row,
  expected: { text: expected, alternatives },
  result,
  peers,
  keepThoughts,
}: AnsweredTrial): ScorerInput {
  const { completion, latencyMs, attempts, cached, saved = null } = shownAnswer(result, keepThoughts);
  return {
    row,
    output: completion.output,
    expected,
    alternatives,
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
