import { describe, expect, it } from 'vitest';
import { countWords, tokens } from '../../src/scorers/words.ts';

/** More steps than the engine remembers. */
const LONG = 'ы'.repeat(20_000_000);

describe('a word of 20 million letters', () => {
  it('is one word, alone and joined to others', () => {
    expect(countWords(LONG)).toBe(1);
    expect(countWords(`a-${LONG}.b, c`)).toBe(2);
  });

  it('is one token', () => {
    expect(tokens(`a ${LONG}-b`, 3)?.map(({ length }) => length)).toEqual([1, LONG.length, 1]);
    expect(tokens(`a ${LONG}-b`, 2)).toBeNull();
  });
});

describe('words', () => {
  it.each([
    ["don't из-за 3.5 a_b", 4],
    ['a--b a- -b', 4],
    ['-', 0],
    ['', 0],
    ['.a', 1],
    ['a, b', 2],
    ['𝒳𝒴 é', 2],
  ])('of %j are %i', (text, count) => {
    expect(countWords(text)).toBe(count);
  });
});
