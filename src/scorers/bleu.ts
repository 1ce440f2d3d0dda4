import { defineScorer } from './definition.ts';
import { byWords, commonGrams } from './ngrams.ts';

const LONGEST_GRAM = 4;

/**
 * BLEU of one answer against one expected text, with n-grams of up to four words. One is added to matches and counts
 * for two words and more, so that an answer without a matching 4-gram does not score 0. K. Papineni et al., "BLEU: a
 * Method for Automatic Evaluation of Machine Translation", 2002, section 2.3; C.-Y. Lin and F. J. Och, "ORANGE: a
 * Method for Evaluating Automatic Evaluation Metrics", 2004, section 4 (BLEUS).
 */
export const bleu = defineScorer({
  name: 'bleu',
  title: 'the words are the expected ones in their order; else smoothed sentence BLEU-4',
  argument: null,
  options: () => ({}),
  withoutOptions: {},
  create: () => ({
    needsExpected: true,
    expects: 'one',
    score: byWords((found, wanted) => ({ value: sentenceBleu(found, wanted), explanation: null })),
  }),
});

function sentenceBleu(found: readonly string[], wanted: readonly string[]): number {
  if (found.length === 0) return 0;
  let sum = 0;
  for (let length = 1; length <= LONGEST_GRAM; length++) {
    const added = length === 1 ? 0 : 1;
    const hits = commonGrams(found, wanted, length) + added;
    const grams = Math.max(0, found.length - length + 1) + added;
    if (hits === 0) return 0;
    sum += Math.log(hits / grams);
  }
  const brevity = found.length >= wanted.length ? 1 : Math.exp(1 - wanted.length / found.length);
  return Math.min(1, brevity * Math.exp(sum / LONGEST_GRAM));
}
