import { describe, expect, it } from 'vitest';
import { answerGroups, areLines, differences } from '../../../src/page/data/answers.ts';
import { hashOf, readHash } from '../../../src/page/data/hash.ts';
import { prettyJson, preview, visible } from '../../../src/page/data/visible.ts';
import { pageRows } from '../../support/page-rows.ts';

describe('texts of a page', () => {
  it('show control characters, and replace halves of characters', () => {
    expect(visible('a\0b\u001B[31m\u2028\uD800\r\nc\td')).toBe('a\u2400b\u241B[31m\uFFFD\uFFFD\nc\td');
  });

  it('have a preview of one line', () => {
    expect(preview('a\n\n b\t c')).toBe('a b c');
    expect(preview('x'.repeat(100), 10)).toBe(`${'x'.repeat(10)}…`);
  });

  it('are indented if they are JSON objects or arrays', () => {
    expect(prettyJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(prettyJson('{"a":')).toBeNull();
    expect(prettyJson('12')).toBeNull();
  });
});

describe('distinct answers of a row', () => {
  const [row] = pageRows([
    {
      variants: [
        [{ output: 'no' }],
        [{ output: 'yes' }],
        [{ output: 'yes' }],
        [{ cells: { status: 'errored', error_code: 'timeout', error_message: 'late' } }],
      ],
    },
  ]);

  it('are grouped, the most frequent first and errors last', () => {
    const groups = row === undefined ? [] : answerGroups(row);
    expect(groups.map(({ output, trials }) => [output.text, trials.length])).toEqual([
      ['yes', 2],
      ['no', 1],
      ['late', 1],
    ]);
    expect(areLines(groups)).toBe(true);
  });

  it('are compared by words, unless too little is common', () => {
    expect(differences('категория — другое', 'другое')?.map(({ kind }) => kind)).toContain('removed');
    expect(differences('возврат', 'оплата')).toBeNull();
    const long = 'one two three four five six seven eight nine ten '.repeat(4);
    expect(differences(long, long.replace('five', 'FIVE'))).not.toBeNull();
    expect(
      differences(long, 'entirely other words that share nothing at all with it whatsoever '.repeat(4)),
    ).toBeNull();
  });
});

describe('the address of a page', () => {
  it.each(['', '#row=a%26b&row=c', '#q=lang%3Aru&show=disagree&order=id&score=exact&lang=ru&theme=dark&row=s-034'])(
    'gives the same view again: %s',
    (hash) => {
      const view = readHash(hash);
      expect(readHash(hashOf(view))).toEqual(view);
      expect(hashOf(view)).toBe(hash);
    },
  );

  it('ignores what it does not know', () => {
    expect(hashOf(readHash('#show=everything&order=__proto__&lang=de&theme=neon'))).toBe('');
  });
});
