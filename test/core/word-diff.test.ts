import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordDiff } from '../../src/core/word-diff.ts';
import { processorMs } from '../support/processor-time.ts';

const shown = (before: string, after: string): string =>
  wordDiff(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'removed' ? `[-${text}-]` : `{+${text}+}`))
    .join('');

const long = (word: string): string => Array.from({ length: 20_000 }, (_, index) => `${word}${index}`).join(' ');

describe('the word diff', () => {
  it.each([
    ['the red cat', 'the blue cat', 'the [-red -]{+blue +}cat'],
    ['one two three', 'one three', 'one [-two -]three'],
    ['same', 'same', 'same'],
    ['', 'new words', '{+new words+}'],
    ['a b c d', 'x b c y', '[-a -]{+x +}b c [-d-]{+y+}'],
  ])('of "%s" and "%s" is "%s"', (before, after, diff) => {
    expect(shown(before, after)).toBe(diff);
  });

  it('contains both texts completely, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c ', ' ', '\n', 'яя '), { maxLength: 40 }).map((t) => t.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = wordDiff(before, after);
        const without = (kind: string): string =>
          parts
            .filter((part) => part.kind !== kind)
            .map((part) => part.text)
            .join('');
        expect(without('added')).toBe(before);
        expect(without('removed')).toBe(after);
      }),
    );
  });

  it('finds a longest common subsequence', () => {
    const kept = wordDiff('a b c a b b a ', 'c b a b a c ')
      .filter(({ kind }) => kind === 'same')
      .flatMap(({ text }) => text.trim().split(' '));
    // ABCABBA and CBABAC have one of four letters: E. W. Myers, "An O(ND) Difference Algorithm", Algorithmica 1 (1986).
    expect(kept).toHaveLength(4);
  });

  it('takes bounded time for long texts that have nothing in common', () => {
    const [before, after] = [long('a'), long('b')];
    expect(processorMs(() => wordDiff(before, after))).toBeLessThan(500);
    expect(wordDiff(before, after).map(({ kind }) => kind)).toEqual(['removed', 'added']);
  });
});
