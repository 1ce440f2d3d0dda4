import { describe, expect, it } from 'vitest';
import type { Inquiry, Reply } from '../../src/core/inquiry.ts';
import { askForVerdict, readPreference, readScore } from '../../src/scorers/verdict.ts';

const SHARE = [0, 1] as const;

describe('a score of a judge', () => {
  it.each([
    ['plain JSON', '{"reason": "right", "score": 1}', 1, 'right'],
    ['a code fence around it', '```json\n{"reason": "so-so", "score": 0.5}\n```', 0.5, 'so-so'],
    ['thinking before it', 'The city is wrong.\n{"reason": "wrong city", "score": 0}', 0, 'wrong city'],
    ['a number in quotes', '{"reason": "r", "score": "0.25"}', 0.25, 'r'],
    ['no reason, which is a pity and no fault', '{"score": 1}', 1, null],
    ['an empty reason', '{"reason": " ", "score": 1}', 1, null],
    ['more keys than were asked for', '{"pass": true, "score": 1, "reason": "ок"}', 1, 'ок'],
    ['a score before the reason', '{"score": 0, "reason": "нет"}', 0, 'нет'],
  ])('is read from %s', (_what, output, value, reason) => {
    expect(readScore(output, SHARE)).toEqual({ verdict: { value, reason } });
  });

  it.each([
    ['a refusal', 'I cannot say.', 'it has no JSON object'],
    ['nothing', '', 'it has no JSON object'],
    ['a bare number, which may be anything', '1', 'it has no JSON object'],
    ['a list', '[1]', 'it has no JSON object'],
    ['JSON that was cut', '{"reason": "the answer is', 'it has no JSON object'],
    ['no score', '{"reason": "good"}', 'its "score" is no number'],
    ['a word for a score', '{"score": "good"}', 'its "score" is no number'],
    ['null for a score', '{"score": null}', 'its "score" is no number'],
    ['true for a score', '{"score": true}', 'its "score" is no number'],
    ['a score below the scale', '{"score": -0.1}', 'its "score" is not from 0 to 1'],
    ['a score of another scale', '{"score": 85}', 'its "score" is not from 0 to 1'],
    ['a verdict far too long', `{"score": 1, "reason": "${'long '.repeat(30_000)}"}`, 'it is too long'],
    ['a reason that is no text', '{"score": 1, "reason": ["a"]}', 'its "reason" is no text'],
  ])('is not taken from %s', (_what, output, fault) => {
    expect(readScore(output, SHARE)).toEqual({ fault });
  });

  it.each([
    [1, 0],
    [3, 0.5],
    [5, 1],
  ])('of %d on a scale of 1 to 5 is %d', (score, value) => {
    expect(readScore(JSON.stringify({ score }), [1, 5])).toMatchObject({ verdict: { value } });
  });
});

describe('a preference of a judge', () => {
  it.each([
    [1, 'first'],
    [2, 'second'],
    [0, 'tie'],
    ['2', 'second'],
  ])('of %j is %s', (better, expected) => {
    expect(readPreference(JSON.stringify({ better, reason: 'r' }))).toEqual({
      verdict: { better: expected, reason: 'r' },
    });
  });

  it.each([3, -1, 1.5, 'first', null])('is not taken from %j', (better) => {
    expect(readPreference(JSON.stringify({ better }))).toEqual({ fault: 'its "better" is not 1, 2 or 0' });
  });
});

const INQUIRY: Inquiry = { model: null, messages: [{ role: 'user', content: 'q' }], temperature: 0, params: {} };

/** Gives one reply after the other, and keeps what it was asked. */
function script(...outputs: readonly (string | Reply)[]): {
  readonly ask: (inquiry: Inquiry) => Promise<Reply>;
  readonly asked: Inquiry[];
} {
  const asked: Inquiry[] = [];
  const ask = (inquiry: Inquiry): Promise<Reply> => {
    const output = outputs[asked.push(inquiry) - 1] ?? '';
    if (typeof output !== 'string') return Promise.resolve(output);
    return Promise.resolve({ kind: 'answered', output, finishReason: 'stop' });
  };
  return { ask, asked };
}

function read(output: string): ReturnType<typeof readScore> {
  return readScore(output, SHARE);
}

describe('asking for a verdict', () => {
  it('asks once where the verdict is valid', async () => {
    const { ask, asked } = script('{"score": 1, "reason": "r"}');
    expect(await askForVerdict(ask, INQUIRY, read)).toEqual({ verdict: { value: 1, reason: 'r' } });
    expect(asked).toEqual([INQUIRY]);
  });

  it('asks again once, showing what came and saying what is wrong with it', async () => {
    const { ask, asked } = script('{"score": 7}', '{"score": 0.7}');
    expect(await askForVerdict(ask, INQUIRY, read)).toMatchObject({ verdict: { value: 0.7 } });
    expect(asked[1]?.messages).toEqual([
      { role: 'user', content: 'q' },
      { role: 'assistant', content: '{"score": 7}' },
      { role: 'user', content: expect.stringContaining('its "score" is not from 0 to 1') },
    ]);
  });

  it('gives up after the second', async () => {
    const { ask, asked } = script('no', 'never', '{"score": 1}');
    expect(await askForVerdict(ask, INQUIRY, read)).toEqual({
      fault: 'the judge gave no valid verdict, asked twice: it has no JSON object',
    });
    expect(asked).toHaveLength(2);
  });

  it.each(['length', 'max_tokens'])('says where a verdict was cut at its most tokens (%s)', async (finishReason) => {
    const cut: Reply = { kind: 'answered', output: '{"reason": "long', finishReason };
    expect(await askForVerdict(script(cut, cut).ask, INQUIRY, read)).toEqual({
      fault: expect.stringContaining('it was cut at its most tokens'),
    });
  });

  it('passes on why a judge was not reached, the second time too', async () => {
    const failed: Reply = { kind: 'failed', reason: 'the judge gave no answer: timeout' };
    expect(await askForVerdict(script(failed).ask, INQUIRY, read)).toEqual({ fault: failed.reason });
    expect(await askForVerdict(script('no', failed).ask, INQUIRY, read)).toEqual({ fault: failed.reason });
  });
});
