import { describe, expect, it } from 'vitest';
import { itScores, makeScorers, scoreOf, scorerOf } from './scoring.ts';

describe('regex', () => {
  itScores('regex:^\\d{4}-\\d{2}$', [
    ['the whole answer fits between the anchors', '2026-01', null, 1],
    ['white space around the answer counts', '2026-01\n', null, 0],
    ['anchors are those of the text, not of a line', 'x\n2026-01', null, 0],
  ]);
  itScores('regex:(?m)^ответ: (да|нет)$', [
    ['a flag makes anchors those of a line', 'так\nответ: да\n', null, 1],
    ['and Russian text is text', 'ответ: может быть', null, 0],
  ]);
  itScores('regex:(?i)МОСКВА', [['(?i) ignores case, in Russian too', 'москва', null, 1]]);
  itScores('regex:москва', [['case counts without it', 'Москва', null, 0]]);
  itScores('regex:a.c', [
    ['somewhere in the answer is enough', 'xx abc xx', null, 1],
    ['a dot is no line end', 'a\nc', null, 0],
    ['a dot is any letter, one beyond 16 bits too', 'a😀c', null, 1],
  ]);
  itScores('regex:a:b', [['colons behind the first belong to the pattern', 'a:b', null, 1]]);
  itScores('regex:\\bдом\\b', [['a word border is one of Latin letters only, as in RE2', 'мой дом тут', null, 0]]);
  itScores('regex:^$', [['an empty answer is empty', '', null, 1]]);
  itScores('regex:\\p{Cyrillic}+', [['scripts have names', 'abc где', null, 1]]);
  itScores('not:regex:\\d', [['no digits at all', 'none', null, 1]]);

  it('needs no expected answer', async () => {
    expect(await scorerOf('regex:x')).toMatchObject({ name: 'regex', needsExpected: false });
  });

  it.each([
    ['lookaround', 'a(?=b)'],
    ['lookaround', 'a(?!b)'],
    ['lookaround', '(?<=a)b'],
    ['lookaround', '(?<!a)b'],
    ['a backreference', '(a)\\1'],
    ['a backreference', '(?<n>a)\\k<n>'],
    ['a backreference', '(?P<n>a)(?P=n)'],
    ['an atomic group', '(?>a)b'],
    ['a possessive quantifier', 'a++b'],
  ])('rejects %s by name: %s', async (part, pattern) => {
    await expect(makeScorers([`regex:${pattern}`])).rejects.toThrow(
      expect.objectContaining({
        message: `--score regex:${pattern}: the pattern has ${part}, which RE2 does not match`,
        hint: expect.stringContaining('use two scorers'),
      }),
    );
  });

  it.each([
    ['(', 'missing closing )'],
    ['[a', 'missing closing ]'],
    ['a{1001}', 'invalid repeat count'],
    ['*', 'missing argument to repetition operator'],
  ])('rejects %s, which does not compile, with the reason', async (pattern, reason) => {
    await expect(makeScorers([`regex:${pattern}`])).rejects.toThrow(reason);
  });

  it('does not mistake a bracket or an escaped character for syntax', async () => {
    expect((await scoreOf('regex:[(?=a)]\\(\\?=', '=(?=')).value).toBe(1);
  });

  it('is linear in the answer for patterns that make backtracking engines hang', async () => {
    const scorer = await scorerOf('regex:^(a+)+$');
    expect((await scoreOf('regex:^(a+)+$', `${'a'.repeat(1_000_000)}b`)).value).toBe(0);
    expect(scorer.name).toBe('regex');
  });

  it('rejects a spec without a pattern', async () => {
    await expect(makeScorers(['regex'])).rejects.toThrow('--score regex: pattern:');
    await expect(makeScorers(['regex:'])).rejects.toThrow('--score regex: there is nothing behind the colon');
  });
});
