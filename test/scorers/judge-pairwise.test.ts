import { describe, expect, it } from 'vitest';
import type { JudgeQuestion, Reply } from '../../src/core/judge-question.ts';
import type { CompletedResult } from '../../src/core/result.ts';
import { columnText } from '../../src/core/row.ts';
import type { Score } from '../../src/core/scorer.ts';
import type { GivenScorer } from '../../src/scorers/spec.ts';
import { completed, variant } from '../core/parts.ts';
import { input, makeScorers, scorerOf } from './scoring.ts';

/** Answers of the same row: of the model that is compared, and of the one it is compared with. */
const OWN = completed({ output: 'own answer' }, { model: 'gpt-4o-mini' });
const OTHER = completed({ output: 'other answer' });

type Say = (text: string) => number;

async function compare(say: Say, spec: GivenScorer = 'judge-pairwise:gpt-4o', peers = [OWN, OTHER]): Promise<Score> {
  const ask = ({ messages }: JudgeQuestion): Promise<Reply> => {
    const better = say(columnText(messages.at(-1)?.['content']));
    return Promise.resolve({ kind: 'answered', output: JSON.stringify({ better, reason: 'r' }), finishReason: 'stop' });
  };
  return (await scorerOf(spec)).score(input('own answer', null, { place: OWN, peers, ask }));
}

/** Whether the compared answer stands first in a question. */
function isFirst(text: string): boolean {
  return text.indexOf('own answer') < text.indexOf('other answer');
}

describe('a judge of two answers', () => {
  it.each<[what: string, say: Say, value: number, orderEffect: string]>([
    ['prefers it in both orders', (text) => (isFirst(text) ? 1 : 2), 1, 'none'],
    ['prefers the other in both orders', (text) => (isFirst(text) ? 2 : 1), 0, 'none'],
    ['sees no difference', () => 0, 0.5, 'none'],
    ['prefers what stands first, which is no preference', () => 1, 0.5, 'first'],
    ['prefers what stands second, which is none either', () => 2, 0.5, 'second'],
    ['prefers it once and is undecided once', (text) => (isFirst(text) ? 1 : 0), 0.75, 'none'],
    ['prefers the other once and is undecided once', (text) => (isFirst(text) ? 2 : 0), 0.25, 'none'],
  ])('%s', async (_what, say, value, orderEffect) => {
    expect(await compare(say)).toMatchObject({ value, orderEffect, explanation: 'r', threshold: 0.5 });
  });

  it('inverts its value with not:', async () => {
    expect(await compare((text) => (isFirst(text) ? 1 : 2), 'not:judge-pairwise:gpt-4o')).toMatchObject({ value: 0 });
  });

  it('returns null if there is no answer to compare with, or no verdict', async () => {
    expect(await compare(() => 1, 'judge-pairwise:gpt-4o', [OWN])).toMatchObject({
      value: null,
      explanation: 'there is no answer to compare with',
    });
    expect(await compare(() => 7)).toMatchObject({ value: null, explanation: expect.stringContaining('"better"') });
  });

  it.each<[what: string, against: Record<string, string | number>, peer: Partial<CompletedResult>, found: boolean]>([
    ['a model, of the same prompt and temperature', { model: 'gpt-4o' }, {}, true],
    ['a model with its provider', { model: 'gptunnel/gpt-4o' }, {}, true],
    ['not of another prompt', { model: 'gpt-4o' }, { prompt: 'p2' }, false],
    ['not of another temperature', { model: 'gpt-4o' }, { temperature: 1 }, false],
    ['not of another repeat', { model: 'gpt-4o' }, { repeat: 2 }, false],
    ['a prompt, of the same model', { prompt: 'p2' }, { prompt: 'p2', model: 'gpt-4o-mini' }, true],
    ['not of another model', { prompt: 'p2' }, { prompt: 'p2' }, false],
    ['a temperature', { temperature: 1 }, { temperature: 1, model: 'gpt-4o-mini' }, true],
  ])('compares with %s', async (_what, against, peer, isFound) => {
    const score = await compare(() => 0, { type: 'judge-pairwise', against }, [OWN, { ...OTHER, ...peer }]);
    expect(score.value).toBe(isFound ? 0.5 : null);
  });

  it('makes no request for the answer that others are compared with', async () => {
    const { asks } = await scorerOf('judge-pairwise:gpt-4o');
    expect([asks?.skips(OTHER), asks?.skips(OWN), asks?.compares]).toEqual([true, false, true]);
  });

  it('rejects a grid without that answer, and a comparison with nothing', async () => {
    const { asks } = await scorerOf('judge-pairwise:gpt-5');
    expect(() => asks?.checkVariants([variant()])).toThrow(
      'the grid has no variant of the model "gpt-5" to compare with',
    );
    const { asks: own } = await scorerOf('judge-pairwise:gpt-4o');
    expect(() => own?.checkVariants([variant()])).toThrow('no variant of the grid is compared with the model "gpt-4o"');
    const other = variant({ model: { provider: 'gptunnel', model: 'gpt-4o-mini' } });
    expect(() => own?.checkVariants([variant(), { ...other, temperature: 1 }])).toThrow('no variant of the grid');
    expect(() => own?.checkVariants([variant(), other])).not.toThrow();
    await expect(makeScorers([{ type: 'judge-pairwise', against: {} }])).rejects.toThrow('against names nothing');
  });
});
