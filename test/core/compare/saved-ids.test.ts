import { describe, expect, it } from 'vitest';
import { savedIdsNotes } from '../../../src/core/compare/saved-ids.ts';

describe('row ids that a spreadsheet changed', () => {
  it.each([
    ['leading zeros', ['a', '007', '008'], ['7', '8'], '"007" became "7"'],
    ['zeros at the end', ['1.10'], ['1.1'], '"1.10" became "1.1"'],
    ['a decimal comma', ['1.5'], ['1,5'], '"1.5" became "1,5"'],
    ['digits', ['1234567890123456789'], ['1.23E+18'], '"1234567890123456789" became "1.23E+18"'],
    ['digits, with a comma', ['1234567890123456789'], ['1,23E+18'], '"1234567890123456789" became "1,23E+18"'],
    ['an exponent', ['1E3'], ['1000'], '"1E3" became "1000"'],
  ])('are told by what they lost: %s', (_, original, saved, words) => {
    expect(savedIdsNotes(original, saved)).toEqual([expect.stringContaining(words)]);
    expect(savedIdsNotes(saved, original)).toHaveLength(1);
  });

  it.each([
    ['other numbers', ['7', '8'], ['9', '10']],
    ['texts', ['a', 'b'], ['A', 'c']],
    ['rows on one side only', ['007'], []],
    ['the same id', ['007'], ['007']],
  ])('are not suspected in %s', (_, missing, added) => {
    expect(savedIdsNotes(missing, added)).toEqual([]);
  });
});
