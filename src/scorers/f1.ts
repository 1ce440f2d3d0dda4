import type { UnnamedScore } from '../core/scorer.ts';
import { defineScorer, NOTHING_EXPECTED } from './definition.ts';
import { commonGrams, TOO_LONG } from './ngrams.ts';
import { normaliser } from './normalise.ts';

/** Most words of a text that are compared. */
const MAX_WORDS = 100_000;

const fold = normaliser({ ignoreCase: true, ignorePunctuation: true, ignoreArticles: true, collapseSpaces: true });

/**
 * F1 of the words of an answer and of the expected text, ignoring case, punctuation and English articles. P. Rajpurkar
 * et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text", 2016, section 6.1.
 */
export const f1 = defineScorer({
  name: 'f1',
  title: 'the words are the expected ones in any order; else the F1 of words, as SQuAD has it',
  argument: null,
  options: () => ({}),
  withoutOptions: {},
  create: () => ({
    needsExpected: true,
    expects: 'one',
    score({ output, expected }): UnnamedScore {
      if (expected === null) return NOTHING_EXPECTED;
      const [found, wanted] = [wordsOf(output), wordsOf(expected)];
      if (found === null || wanted === null) return TOO_LONG;
      if (found.length === 0 || wanted.length === 0)
        return { value: found.length === wanted.length ? 1 : 0, explanation: null };
      return { value: (2 * commonGrams(found, wanted, 1)) / (found.length + wanted.length), explanation: null };
    },
  }),
});

/** Null if there are too many: a list of them would take longer than all else. */
function wordsOf(text: string): readonly string[] | null {
  const folded = fold(text).trim();
  let words = folded === '' ? 0 : 1;
  for (let at = folded.indexOf(' '); at !== -1; at = folded.indexOf(' ', at + 1)) words += 1;
  if (words > MAX_WORDS) return null;
  return words === 0 ? [] : folded.split(' ');
}
