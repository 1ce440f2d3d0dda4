import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JudgeQuestion, Reply } from '../../src/core/judge-question.ts';
import { askForVerdict, readPreference, readScore } from '../../src/scorers/verdict.ts';

const SHARE = [0, 1] as const;

describe('a judge’s score', () => {
  it.each([
    ['plain JSON', '{"reason": "right", "score": 1}', 1, 'right'],
    ['a code fence around it', '```json\n{"reason": "so-so", "score": 0.5}\n```', 0.5, 'so-so'],
    ['thinking before it', 'The city is wrong.\n{"reason": "wrong city", "score": 0}', 0, 'wrong city'],
    ['a number in quotes', '{"reason": "r", "score": "0.25"}', 0.25, 'r'],
    ['no reason, which is a pity and no fault', '{"score": 1}', 1, null],
    ['an empty reason', '{"reason": " ", "score": 1}', 1, null],
    ['more keys than were asked for', '{"pass": true, "score": 1, "reason": "ок"}', 1, 'ок'],
    ['a score before the reason', '{"score": 0, "reason": "нет"}', 0, 'нет'],
    ['keys in capitals', '{"Reason": "r", "Score": 1}', 1, 'r'],
    ['a list of one', '[{"reason": "r", "score": 1}]', 1, 'r'],
    ['a reason that is a list', '{"score": 1, "reason": ["a", "b"]}', 1, '["a","b"]'],
    ['a truth', '{"reason": "r", "score": false}', 0, 'r'],
    ['a pass without a score', '{"reason": "r", "pass": true}', 1, 'r'],
    ['a pass beside a word', '{"reason": "r", "score": "high", "pass": "false"}', 0, 'r'],
    ['a fraction', '{"score": "3/4"}', 0.75, null],
    ['a percentage', '{"score": "80%"}', 0.8, null],
    ['a percentage with decimals', '{"score": "33.3%"}', 0.333, null],
    ['a number without a zero before its point', '{"score": ".5"}', 0.5, null],
    ['a decimal comma', '{"score": "0,5"}', 0.5, null],
    ['an exponent', '{"score": 1e-7}', 1e-7, null],
    ['a raw line end in a text', '{"reason": "two\nlines", "score": 1}', 1, 'two\nlines'],
    ['a comma too many', '{"reason": "r", "score": 1,}', 1, 'r'],
    ['a comment', '{"reason": "r", "score": 1 // perfect\n}', 1, 'r'],
    ['keys without quotes', '{reason: "r", score: 1}', 1, 'r'],
    ['single quotes, as Python prints', "{'reason': 'r', 'score': 1}", 1, 'r'],
    [
      'LaTeX',
      String.raw`{"reason": "uses \frac{a}{b} and \( x \)", "score": 1}`,
      1,
      String.raw`uses \frac{a}{b} and \( x \)`,
    ],
    [
      'LaTeX that is valid JSON',
      String.raw`{"reason": "\frac, \times, \neq, \rho", "score": 1}`,
      1,
      String.raw`\frac, \times, \neq, \rho`,
    ],
    ['escaped LaTeX', String.raw`{"reason": "\\frac \\( \u0041", "score": 1}`, 1, String.raw`\frac \( A`],
    [
      'line ends and tabs in front of words',
      String.raw`{"reason": "a\nnew\tterm\r\nend", "score": 1}`,
      1,
      'a\nnew\tterm\r\nend',
    ],
    [
      'single quotes around an apostrophe',
      String.raw`{'reason': 'it\'s \alpha', 'score': 1}`,
      1,
      String.raw`it's \alpha`,
    ],
    ['the last of several', 'Draft: {"reason": "a first thought", "score": 0}\n{"reason": "r", "score": 1}', 1, 'r'],
    [
      'behind an answer that was quoted in a fence',
      '```json\n{"score": 0.9}\n```\n{"reason": "r", "score": 0}',
      0,
      'r',
    ],
    ['around an answer that is a member', '{"quoted": {"score": 1}, "reason": "r", "score": 0}', 0, 'r'],
    ['around an answer in a text', '{"reason": "it says {\\"score\\": 1}", "score": 0}', 0, 'it says {"score": 1}'],
    ['before an object without a score', '{"reason": "r", "score": 1}\n{"note": "done"}', 1, 'r'],
  ])('is read from %s', (_what, output, value, reason) => {
    expect(readScore(output, SHARE)).toEqual({ verdict: { value, reason } });
  });

  it.each([
    ['a refusal', 'I cannot say.', 'it has no JSON object'],
    ['nothing', '', 'it has no JSON object'],
    ['a bare number, which may be anything', '1', 'it has no JSON object'],
    ['a list', '[1]', 'it has no JSON object'],
    ['two objects in a list, which may be anything', '[{"score": 1}, {"score": 0}]', 'it has no JSON object'],
    ['JSON that was cut', '{"reason": "the answer is', 'it has no JSON object'],
    ['no score', '{"reason": "good"}', 'its "score" is not a number'],
    ['a word for a score', '{"score": "good"}', 'its "score" is not a number'],
    ['null for a score', '{"score": null}', 'its "score" is not a number'],
    ['a score below the scale', '{"score": -0.1}', 'its "score" is not from 0 to 1'],
    ['a score of another scale', '{"score": 85}', 'its "score" is not from 0 to 1'],
    ['a verdict far too long', `{"score": 1, "reason": "${'long '.repeat(30_000)}"}`, 'it is too long'],
    [
      'a verdict that a quotation broke',
      '{"reason": "It says {"score": 1}. No.", "score": 0}',
      'it has no JSON object',
    ],
    ['an object within what was cut', '{"reason": "r", "quoted": {"score": 1}, "sco', 'it has no JSON object'],
    ['an end that is missing', '{"reason": "r", "score": 1', 'it has no JSON object'],
    ['a grade on a scale of numbers', 'GRADE: C', 'it has no JSON object'],
  ])('is not read from %s', (_what, output, fault) => {
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

describe('a score on a scale of grades', () => {
  const grades = { C: 1, P: 0.5, I: 0 };

  it.each([
    ['{"reason": "r", "score": "P"}', 0.5],
    ['{"reason": "r", "score": "c"}', 1],
    ['The submission matches.\nGRADE: C', 1],
    ['Discussing GRADE: I as a hypothetical.\n\n**GRADE: C**\n', 1],
    ['It is wrong.\n[[I]]', 0],
  ])('is read from %j', (output, value) => {
    expect(readScore(output, grades)).toMatchObject({ verdict: { value } });
  });

  it.each([
    ['{"score": "A"}', 'its "score" is not one of C, P, I'],
    ['The answer says GRADE: C, which it may not.', 'it has no JSON object'],
    ['The answer ends with:\nGRADE: C\nI cannot say whether that is so.', 'it has no JSON object'],
  ])('is not read from %j', (output, fault) => {
    expect(readScore(output, grades)).toEqual({ fault });
  });
});

describe('a verdict with a quoted answer', () => {
  const quotations: readonly ((answer: string) => string)[] = [
    (answer) => answer,
    (answer) => `The answer was:\n\`\`\`json\n${answer}\n\`\`\`\n`,
    (answer) => `> ${answer}\n\n`,
  ];
  const answer = fc
    .record({ score: fc.constantFrom(0, 0.5, 1), reason: fc.string() })
    .map((value) => JSON.stringify(value));

  it('is never the quoted one', () => {
    fc.assert(
      fc.property(answer, fc.constantFrom(...quotations), fc.constantFrom(0, 0.5, 1), (quoted, quote, score) => {
        const whole = `${quote(quoted)}${JSON.stringify({ reason: `it says ${quoted}`, score })}`;
        expect(readScore(whole, SHARE)).toMatchObject({ verdict: { value: score } });
      }),
    );
  });

  it('is a fault if it was truncated, and not the quoted one', () => {
    const score = fc.constantFrom(0, 0.5, 1);
    fc.assert(
      fc.property(answer, fc.constantFrom(...quotations), score, fc.nat(), (quoted, quote, own, cut) => {
        const verdict = JSON.stringify({ reason: `it says ${quoted}`, score: own });
        const whole = `${quote(quoted)}${verdict.slice(0, 1 + (cut % (verdict.length - 1)))}`;
        expect(readScore(whole, SHARE)).toEqual({ fault: 'it has no JSON object' });
      }),
    );
  });

  it.each([
    ['broken by a quotation', '{"reason": "It says {"score": 1}. No.", "score": 0}'],
    ['without quotes, and cut', '{reason: no, score: 0'],
  ])('is a fault if it is %s, and not the quoted one', (_what, verdict) => {
    expect(readScore(`The answer says {"score": 1}.\n${verdict}`, SHARE)).toEqual({ fault: 'it has no JSON object' });
  });

  it('is a fault if a quotation that closes its text gives a second score', () => {
    const said = '", "score": 1, "more": "';
    for (const verdict of [`{"score": 0, "reason": "it says ${said}"}`, `{"reason": "it says ${said}", "score": 0}`]) {
      expect(readScore(verdict, SHARE)).toEqual({ fault: 'it has no JSON object' });
    }
    const escaped = JSON.stringify({ score: 0, reason: `score: 0, "score": 1`, parts: [{ score: 1 }, { score: 0 }] });
    expect(readScore(escaped, SHARE)).toMatchObject({ verdict: { value: 0 } });
  });

  it('is valid if prose with braces follows it', () => {
    const words = '{"reason": "r", "score": 0.5}\nThe set {a, b} was asked for, {"note": "done"}.';
    expect(readScore(words, SHARE)).toEqual({ verdict: { value: 0.5, reason: 'r' } });
  });

  it('is its own score or a fault if the quotation breaks it', () => {
    fc.assert(
      fc.property(answer, fc.constantFrom(0, 0.5, 1), (quoted, score) => {
        const verdict = readScore(`{"reason": "it says ${quoted} and no more", "score": ${score}}`, SHARE);
        if ('verdict' in verdict) expect(verdict.verdict.value).toBe(score);
      }),
    );
  });
});

describe('a judge’s preference', () => {
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

  it.each([3, -1, 1.5, 'first', null])('is not read from %j', (better) => {
    expect(readPreference(JSON.stringify({ better }))).toEqual({ fault: 'its "better" is not 1, 2 or 0' });
  });
});

const INQUIRY: JudgeQuestion = { model: null, messages: [{ role: 'user', content: 'q' }], temperature: 0, params: {} };

/** Gives one reply after the other, and keeps what it was asked. */
function script(...outputs: readonly (string | Reply)[]): {
  readonly ask: (judgeQuestion: JudgeQuestion) => Promise<Reply>;
  readonly asked: JudgeQuestion[];
} {
  const asked: JudgeQuestion[] = [];
  const ask = (judgeQuestion: JudgeQuestion): Promise<Reply> => {
    const output = outputs[asked.push(judgeQuestion) - 1] ?? '';
    if (typeof output !== 'string') return Promise.resolve(output);
    return Promise.resolve({ kind: 'answered', output, finishReason: 'stop' });
  };
  return { ask, asked };
}

function read(output: string): ReturnType<typeof readScore> {
  return readScore(output, SHARE);
}

describe('requesting a verdict', () => {
  it('makes one request if the verdict is valid', async () => {
    const { ask, asked } = script('{"score": 1, "reason": "r"}');
    expect(await askForVerdict(ask, INQUIRY, read)).toEqual({ verdict: { value: 1, reason: 'r' } });
    expect(asked).toEqual([INQUIRY]);
  });

  it('retries once, showing the response and what is wrong with it', async () => {
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

  it.each(['length', 'max_tokens'])('says if a verdict was cut off at its token limit (%s)', async (finishReason) => {
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
