import { describe, expect, it } from 'vitest';
import type { JudgeQuestion, Reply } from '../../src/core/judge-question.ts';
import type { Score } from '../../src/core/scorer.ts';
import type { GivenScorer } from '../../src/scorers/spec.ts';
import { input, makeScorers, scorerOf } from './scoring.ts';

const COMPARED: Reply = { kind: 'answered', output: '{"similarity":0.8}', finishReason: null };

async function compare(
  spec: GivenScorer,
  [output, expected]: readonly [string, string | null],
  reply: Reply = COMPARED,
): Promise<{ readonly score: Score; readonly asked: readonly JudgeQuestion[] }> {
  const asked: JudgeQuestion[] = [];
  const scorer = await scorerOf(spec);
  const score = await scorer.score(
    input(output, expected, {
      ask: (question) => {
        asked.push(question);
        return Promise.resolve(reply);
      },
    }),
  );
  return { score, asked };
}

describe('similar', () => {
  it('is the similarity of answer and expected answer', async () => {
    const { score, asked } = await compare('similar', ['It is Paris', 'Paris']);
    expect(score).toMatchObject({ name: 'similar', value: 0.8, explanation: null, threshold: 0.75 });
    expect(asked).toEqual([
      {
        model: null,
        params: {},
        task: 'similarity',
        temperature: null,
        messages: [
          { role: 'user', content: 'It is Paris' },
          { role: 'user', content: 'Paris' },
        ],
      },
    ]);
  });

  it('is 1 without a request if both are the same', async () => {
    expect(await compare('similar', ['Paris', 'Paris'])).toMatchObject({ score: { value: 1 }, asked: [] });
  });

  it('is 0 for an empty answer, and for texts that point away from each other', async () => {
    const empty: Reply = { ...COMPARED, output: '{"fault":"one of the texts is empty"}' };
    const { score } = await compare('similar', [' ', 'Paris'], empty);
    expect(score).toMatchObject({ value: 0, explanation: 'the answer is empty' });
    const away: Reply = { ...COMPARED, output: '{"similarity":-0.5}' };
    expect((await compare('similar', ['a', 'b'], away)).score.value).toBe(0);
  });

  it('compares with a text of its own, by a model and fields of its own', async () => {
    const spec = { type: 'similar', value: 'Rome', model: 'openai/m', params: { dimensions: 8 } };
    const { asked } = await compare(spec, ['It is Paris', 'Paris']);
    expect(asked).toMatchObject([{ model: 'openai/m', params: { dimensions: 8 } }]);
    expect(asked[0]?.messages[1]?.['content']).toBe('Rome');
    expect((await scorerOf('similar:Rome')).needsExpected).toBe(false);
  });

  it.each([
    ['the texts could not be compared', { ...COMPARED, output: '{"fault":"an embedding is all zeros"}' }],
    ['there is no embedding', { kind: 'failed', reason: 'no embedding: overloaded' }],
    ['the result is not one', { ...COMPARED, output: 'x' }],
  ] as const)('has no value, and not 0, if %s', async (_why, reply) => {
    const { score } = await compare('similar', ['It is Paris', 'Paris'], reply);
    expect(score).toMatchObject({ value: null, explanation: expect.any(String) });
  });

  it('cannot compare with an empty text', async () => {
    expect((await compare('similar', ['x', ' '])).score).toMatchObject({ value: null });
    expect((await scorerOf('similar')).faultOf(' ')).toContain('empty');
    await expect(makeScorers(['similar: '])).rejects.toThrow('an empty text');
  });
});
