import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { ask, instruction, question } from './asking.ts';
import { makeScorers } from './scoring.ts';

const STEPS = '{"steps": ["Read it.", "Look for gaps."]}';
const SHOWN = { output: 'Paris', expected: 'Rome', vars: { q: 'Where?' } };

/** A token with its alternatives, as OpenAI's API has them. */
function token(text: string, others: Readonly<Record<string, number>> = {}): JsonObject {
  const top = Object.entries(others).map(([other, share]) => ({ token: other, logprob: Math.log(share) }));
  return { token: text, logprob: 0, top_logprobs: top };
}

describe('g-eval', () => {
  it('asks for steps, shared by all answers, and then for a score by them', async () => {
    const asked = await ask('g-eval:is complete', SHOWN, STEPS, '{"reason": "so", "score": 7}');
    expect(asked.score).toMatchObject({ name: 'g-eval', value: 6 / 9, explanation: 'so', threshold: 0.5 });
    const [first, second] = asked.inquiries;
    expect(first?.shared).toEqual({ leastReply: '{"steps":["."]}' });
    expect(question(asked)).toMatch(/^<criteria-[0-9a-f]{8}>\nis complete\n<\/criteria-[0-9a-f]{8}>$/);
    expect(second?.shared).toBe(undefined);
    expect(question(asked, 1)).toMatch(
      /<criteria-[^]*<steps-[^]*\n1\. Read it\.\n2\. Look for gaps\.\n[^]*<input-[^]*<reference-[^]*<answer-/,
    );
    expect(instruction(asked, 1)).toContain('"score": <number from 1 to 10>');
    expect(second?.params).toEqual({ max_tokens: 512 });
  });

  it.each([
    [1, 0],
    [10, 1],
  ])('scores %s as %s', async (given, value) => {
    expect((await ask('g-eval:x', SHOWN, STEPS, `{"score": ${given}}`)).score.value).toBe(value);
  });

  it('uses the steps that it is given', async () => {
    const spec = { type: 'g-eval', criteria: 'is complete', steps: ['Only this.'] };
    const asked = await ask(spec, SHOWN, '{"score": 10}');
    expect(asked).toMatchObject({ score: { value: 1 }, inquiries: [{}] });
    expect(question(asked)).toContain('1. Only this.');
  });

  it('gives no value without steps, or without a score on the scale', async () => {
    const none = await ask('g-eval:x', SHOWN, '{"steps": []}');
    expect(none.score).toMatchObject({ value: null, explanation: expect.stringContaining('no evaluation steps: ') });
    expect(none.inquiries).toHaveLength(2);
    const off = await ask('g-eval:x', SHOWN, STEPS, '{"score": 11}');
    expect(off.score).toMatchObject({ value: null, explanation: expect.stringContaining('not from 1 to 10') });
  });

  it('needs criteria', async () => {
    await expect(makeScorers(['g-eval'])).rejects.toThrow('criteria');
  });

  describe('with logprobs', () => {
    const spec = { type: 'g-eval', criteria: 'x', steps: ['y'], logprobs: true };
    const output = '{"reason": "so", "score": 8}';
    const before = ['{"', 'reason": "so', '", "score": '].map((text) => token(text));

    async function valueOf(tokens: readonly JsonObject[], said = output): Promise<number | null> {
      const asked = await ask(spec, SHOWN, { output: said, logprobs: { content: [...tokens] } });
      expect(asked.inquiries[0]?.params).toEqual({ max_tokens: 512, logprobs: true, top_logprobs: 20 });
      return asked.score.value;
    }

    it('weights the scores that the judge might have given', async () => {
      const score = token('8', { '8': 0.6, '7': 0.2, '10': 0.1, high: 0.05, '11': 0.05 });
      // (0.6 · 8 + 0.2 · 7 + 0.1 · 10) / 0.9 = 8, of 1 to 10.
      expect(await valueOf([...before, score, token('}')])).toBeCloseTo((8 - 1) / 9, 12);
      const lower = token(' 8', { ' 8': 0.5, ' 6': 0.5 });
      expect(await valueOf([...before, lower, token('}')])).toBeCloseTo((7 - 1) / 9, 12);
    });

    it.each([
      ['there are none', []],
      ['the score has several tokens', [...before, token('8', { '8': 0.5, '1': 0.5 }), token('.5}')]],
      ['no alternative is a score', [...before, token('8', { high: 1 }), token('}')]],
      ['a number is none', [...before, { token: '8', top_logprobs: [{ token: '2', logprob: 'x' }] }, token('}')]],
    ] as const)('takes the score itself if %s', async (why, tokens) => {
      const several = why === 'the score has several tokens';
      const said = several ? '{"reason": "so", "score": 8.5}' : output;
      expect(await valueOf(tokens, said)).toBeCloseTo(several ? 7.5 / 9 : 7 / 9, 12);
    });
  });
});
