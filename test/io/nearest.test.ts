import * as fc from 'fast-check';
import { distance } from 'fastest-levenshtein';
import { describe, expect, it } from 'vitest';
import { didYouMean, NearestWords, nearestWord } from '../../src/io/nearest.ts';

const OPTIONS = ['model', 'temperature', 'provider', 'maxTokens', 'repeat', 'rpm'];

describe('nearestWord', () => {
  it.each([
    ['modle', 'model'],
    ['temprature', 'temperature'],
    ['max_tokens', 'maxTokens'],
    ['MODEL', 'model'],
    ['rpn', 'rpm'],
    ['providers', 'provider'],
  ])('corrects %s: %s', (word, meant) => {
    expect(nearestWord(word, OPTIONS)).toBe(meant);
  });

  it.each(['budget', 'zzzzz', 'concurrency', 'xy', ''])('finds nothing near %s', (word) => {
    expect(nearestWord(word, OPTIONS)).toBeNull();
  });

  it('finds nothing without known words', () => {
    expect(nearestWord('model', [])).toBeNull();
  });

  it('returns the first of several that are equally near', () => {
    expect(nearestWord('column', ['columns', 'column2', 'colum'])).toBe('columns');
    expect(nearestWord('column', new Set(['colunm', 'column']))).toBe('column');
  });

  it('finds a word again after one letter of it was changed', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(word, fc.nat(), fc.stringMatching(/^[A-Z0-9]$/), (known, pick, letter) => {
        const at = pick % known.length;
        expect(nearestWord(known.slice(0, at) + letter + known.slice(at + 1), [known])).toBe(known);
      }),
    );
  });

  it('returns one of the known words or none, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'binary' })), (word, known) => {
        const nearest = nearestWord(word, known);
        expect(nearest === null || known.includes(nearest)).toBe(true);
        if (known.includes(word)) expect(nearest?.toLowerCase()).toBe(word.toLowerCase());
      }),
    );
  });
});

describe('didYouMean', () => {
  it('suggests a near word, and is empty otherwise', () => {
    expect(didYouMean('modle', OPTIONS)).toBe('; did you mean model?');
    expect(didYouMean('budget', OPTIONS)).toBe('');
  });
});

describe('the nearest of many words', () => {
  it('are those that a sort by distance puts first, the earlier of equals', () => {
    const words = Array.from({ length: 2000 }, (_, n) => `row-${(n * 7919) % 2000}`);
    const nearest = new NearestWords('row-1234', 4);
    for (const word of words) nearest.add(word);
    const [first, ...others] = nearest.words;
    expect(first).toBe('row-1234');
    expect(others).toHaveLength(3);
    for (const other of others) expect(distance(other, 'row-1234')).toBe(1);
  });

  it('are all words if there are few, however far', () => {
    const nearest = new NearestWords('q33', 3);
    nearest.add('something else');
    nearest.add('q3');
    expect(nearest.words).toEqual(['q3', 'something else']);
  });
});
