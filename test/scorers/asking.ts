import type { JsonValue } from '../../src/core/json.ts';
import type { JudgeQuestion, Reply } from '../../src/core/judge-question.ts';
import { columnText } from '../../src/core/row.ts';
import type { Score } from '../../src/core/scorer.ts';
import type { GivenScorer } from '../../src/scorers/spec.ts';
import { row } from '../core/parts.ts';
import { input, scorerOf } from './scoring.ts';

/** A score, and what the judge was asked for it. */
export interface Asked {
  readonly score: Score;
  readonly inquiries: readonly JudgeQuestion[];
}

/** What a judge is shown. */
export interface Shown {
  readonly output: string;
  readonly expected?: string | null;
  readonly vars?: Readonly<Record<string, JsonValue>>;
}

/** A judge's reply: its text, or more of it. */
type Said = string | { readonly output: string; readonly logprobs: JsonValue };

/** What a judge makes of an answer that says these things, the last of them again and again; else that it is good. */
export async function ask(
  spec: GivenScorer,
  { output, expected = null, vars = {} }: Shown,
  ...said: readonly Said[]
): Promise<Asked> {
  const inquiries: JudgeQuestion[] = [];
  const scorer = await scorerOf(spec);
  const reply = (judgeQuestion: JudgeQuestion): Promise<Reply> => {
    const next = said[Math.min(inquiries.length, said.length - 1)] ?? '{"score": 1}';
    inquiries.push(judgeQuestion);
    return Promise.resolve({
      kind: 'answered',
      finishReason: 'stop',
      ...(typeof next === 'string' ? { output: next } : next),
    });
  };
  const score = await scorer.score(input(output, expected, { row: row(vars), ask: reply }));
  return { score, inquiries };
}

/** The text of the last message of a question. */
export function question({ inquiries }: Asked, place = 0): string {
  return columnText(inquiries[place]?.messages.at(-1)?.['content']);
}

/** The instructions of a question. */
export function instruction({ inquiries }: Asked, place = 0): string {
  return columnText(inquiries[place]?.messages[0]?.['content']);
}
