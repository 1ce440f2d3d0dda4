import { describe, expect, it } from 'vitest';
import { itScores, makeScorers, scoreOf } from './scoring.ts';

const LONG = 'слово '.repeat(17_000);

describe('levenshtein', () => {
  itScores('levenshtein', [
    ['the same text is right', 'Paris', 'Paris', 1],
    // Three edits of seven letters, the example of most textbooks.
    ['kitten and sitting are three edits apart', 'kitten', 'sitting', 1 - 3 / 7],
    ['one wrong letter of five', 'Pariz', 'Paris', 0.8],
    ['a Russian letter is one letter', 'Масква', 'Москва', 1 - 1 / 6],
    ['case counts', 'paris', 'Paris', 0.8],
    ['ё and е are one edit apart', 'ёж', 'еж', 0.5],
    ['white space around does not count', ' Paris\n', 'Paris', 1],
    ['an emoji is two units', '😀', 'ab', 0],
    ['an empty answer is all edits', '', 'abc', 0],
    ['nothing in common', 'abc', 'xyz', 0],
    ['an answer far too long is hardly alike', `Paris ${'x'.repeat(994)}`, 'Paris', 0.005],
    ['two texts of 100 KB are too long to be compared', LONG, `x${LONG}`, null],
    ['a row that expects nothing cannot be judged', 'x', null, null],
  ]);
  itScores('levenshtein:3', [
    ['three edits are allowed', 'kitten', 'sitting', 1],
    ['four are not', 'kitten', 'sittings', 0],
    ['texts of lengths too different need not be compared', LONG, 'x', 0],
  ]);
  itScores({ type: 'levenshtein', foldYo: true, ignoreCase: true }, [['what is folded is no edit', 'ЁЖ', 'еж', 1]]);

  it('rejects a value that is not a number of edits', async () => {
    await expect(makeScorers(['levenshtein:0.5'])).rejects.toThrow('"0.5" is not a number of edits');
  });
});

describe('rouge-l', () => {
  itScores('rouge-l', [
    // Lin 2004, section 3.1: S2 is 3/4 and S3 2/4 of S1.
    ["the paper's first example", 'police kill the gunman', 'police killed the gunman', 0.75],
    ["the paper's second example: order counts", 'the gunman kill police', 'police killed the gunman', 0.5],
    ['the same words are right', 'a b c', 'a b c', 1],
    ['punctuation and case do not count', 'A, b: C!', 'a b c', 1],
    ['more words than expected cost precision', 'a b c d', 'a b', 2 / 3],
    ['fewer cost recall', 'a b', 'a b c d', 2 / 3],
    ['words between do not break a sequence', 'a x b y c', 'a b c', 6 / 8],
    ['Russian words are words', 'мама мыла раму', 'мама мыла большую раму', 6 / 7],
    ['forms of a word are other words', 'мамы', 'мама', 0],
    ['ё and е are other letters', 'ёлка', 'елка', 0],
    ['an empty answer has nothing in common', '', 'a', 0],
    ['an expected text without words cannot be judged by', 'a', '…', null],
    ['a row that expects nothing cannot be judged', 'a', null, null],
    ['an answer of 100 KB is compared with a short text', LONG, 'слово', 2 / 17_001],
  ]);
});

describe('bleu', () => {
  // Figures: python3 test/scorers/bleu-figures.py
  const GUIDE = 'It is a guide to action that ensures that the military will forever heed Party commands.';
  itScores('bleu', [
    [
      'a word counts as often as the expected text has it',
      'the the the the the the the',
      'The cat is on the mat.',
      0.19205612637498934,
    ],
    [
      "the paper's first candidate",
      'It is a guide to action which ensures that the military always obeys the commands of the party',
      GUIDE,
      0.4550870437563329,
    ],
    ['an answer too short is worth less', 'the cat', 'the cat is on the mat', 0.1353352832366127],
    ['Russian words are words', 'Мама мыла раму', 'Мама мыла большую раму', 0.5444460596606694],
    ['the same words are right', 'a b c d e', 'a b c d e', 1],
    ['so is one word', 'Paris', 'Paris', 1],
    ['punctuation and case do not count', 'PARIS!', 'Paris', 1],
    ['no word in common is 0', 'London', 'Paris', 0],
    ['an empty answer is 0', '', 'Paris', 0],
    ['an expected text without words cannot be judged by', 'a', '—', null],
    ['a row that expects nothing cannot be judged', 'a', null, null],
    ['texts beyond 100,000 words are too long', 'a '.repeat(100_001), 'a', null],
  ]);
});

describe('word-count', () => {
  itScores('word-count:3', [
    ['words are counted', 'one two three', null, 1],
    ['punctuation is none', 'one — two, three!', null, 1],
    ['a word with a hyphen is one', 'из-за чего-то там', null, 1],
    ['an apostrophe joins', "don't you dare", null, 1],
    ['a number with a comma is one word', 'about 3,5 km', null, 1],
    ['a number with a space is two', '1 234 km', null, 1],
    ['two are not three', 'one two', null, 0],
    ['emoji are no words', 'one two three 😀', null, 1],
  ]);
  itScores('word-count:2-4', [
    ['the least is within', 'a b', null, 1],
    ['the most is within', 'a b c d', null, 1],
    ['more is not', 'a b c d e', null, 0],
    ['an empty answer has no words', '', null, 0],
  ]);
  itScores('word-count:-2', [['at most: an empty answer is short enough', '', null, 1]]);
  itScores('word-count:2-', [['at least: 100 KB are long enough', LONG, null, 1]]);
  itScores({ type: 'word-count', min: 1, max: 2 }, [['the same as options', 'a b c', null, 0]]);

  it('reports how many there are', async () => {
    expect((await scoreOf('word-count:1', 'a b')).explanation).toBe('2 words');
  });

  it.each(['word-count', 'word-count:-', 'word-count:a', 'word-count:5-2', 'word-count:1-2-3'])(
    'rejects %s',
    async (spec) => {
      await expect(makeScorers([spec])).rejects.toThrow('--score word-count');
    },
  );
});
