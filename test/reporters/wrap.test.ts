import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { widthOf } from '../../src/reporters/fold.ts';
import { wrapped } from '../../src/reporters/wrap.ts';
import { hostileText } from '../support/hostile-text.ts';
import { processorMs } from '../support/processor-time.ts';

function linesOf(text: string, width: number): readonly string[] {
  return [...wrapped(text, width)].map((line) => line.text);
}

describe('a wrapped text', () => {
  it.each<readonly [what: string, text: string, width: number, lines: readonly string[]]>([
    ['splits between words', 'one two three', 8, ['one two', 'three']],
    ['splits a word that is too long', 'abcdefghij kl', 4, ['abcd', 'efgh', 'ij', 'kl']],
    ['keeps lines, empty ones too', 'a\n\nb\n', 8, ['a', '', 'b', '']],
    ['keeps an indent', '  if (x)\n    return', 12, ['  if (x)', '    return']],
    ['does not split an indent from a long word', '    abcdef', 6, ['    ab', 'cdef']],
    ['counts two columns for a wide character', '漢字漢字', 5, ['漢字', '漢字']],
    ['splits between words of wide characters', '漢字 漢字 x', 7, ['漢字', '漢字 x']],
    ['counts Cyrillic letters once', 'Столица Франции', 9, ['Столица', 'Франции']],
    ['keeps an emoji of several characters whole', '👩‍👩‍👧👩‍👩‍👧', 3, ['👩‍👩‍👧', '👩‍👩‍👧']],
    ['leaves lines whole in unlimited width', `${'x'.repeat(300)} y`, Infinity, [`${'x'.repeat(300)} y`]],
    ['is one empty line of an empty text', '', 8, ['']],
  ])('%s', (_what, text, width, lines) => {
    expect(linesOf(text, width)).toEqual(lines);
  });

  it('loses nothing but spaces at which it splits, and is never too wide', () => {
    const text = hostileText('漢', 'e\u0301', '👩‍👩‍👧', 'слово ').map((given) => given.replaceAll(/[\p{Cc}]/gu, '\n'));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), fc.integer({ min: 2, max: 20 }), (parts, width) => {
        const whole = parts.join('');
        const lines = [...wrapped(whole, width)];
        for (const line of lines) {
          // A single character with its accents may be wider, and cannot be split.
          const isOne = [...new Intl.Segmenter().segment(line.text.trim())].length === 1;
          if (!isOne) expect(widthOf(line.text)).toBeLessThanOrEqual(width);
        }
        const joined = lines.map((line) => line.text).join('');
        expect(joined.replaceAll(/[ \n]/g, '')).toBe(whole.replaceAll(/[ \n]/g, ''));
        let start = 0;
        for (const { text: line, next } of lines) {
          expect(whole.slice(start, start + line.length)).toBe(line);
          start = next;
        }
        expect(start).toBe(whole.length + 1);
      }),
    );
  });

  it('takes no more time than the lines that are asked for', () => {
    const text = '漢字 '.repeat(2_000_000);
    const tookMs = processorMs(() => {
      const lines = wrapped(text, 40);
      for (let line = 0; line < 10; line++) lines.next();
    });
    expect(tookMs).toBeLessThan(500);
  });

  it('ends with a cluster of characters that have no width', () => {
    const lines = linesOf(`a${'\u0301'.repeat(10_000)}`, 10);
    expect(lines.join('')).toHaveLength(10_001);
    expect(lines.length).toBeLessThan(100);
  });
});
