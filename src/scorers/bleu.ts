import { defineScorer, NOTHING_EXPECTED, unjudged } from './definition.ts';
import { tokens } from './words.ts';

/** Most words of a text that are compared. */
const MAX_WORDS = 100_000;
const LONGEST_GRAM = 4;

/**
 * BLEU of one answer against one expected text, with runs of up to four words and, so that one answer is not 0 for want
 * of a run of four, one added to hits and runs of two words and more.
 * K. Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation", 2002, section 2.3;
 * C.-Y. Lin and F. J. Och, "ORANGE: a Method for Evaluating Automatic Evaluation Metrics", 2004, section 4 (BLEUS).
 */
export const bleu = defineScorer({
  name: 'bleu',
  title: 'the words are the expected ones in their order; else smoothed sentence BLEU-4',
  argument: null,
  options: {},
  create: () => ({
    needsExpected: true,
    judge({ output, expected }) {
      if (expected === null) return NOTHING_EXPECTED;
      const [found, wanted] = [tokens(output, MAX_WORDS), tokens(expected, MAX_WORDS)];
      if (found === null || wanted === null) return unjudged('the texts are too long to be compared');
      if (wanted.length === 0) return unjudged('the expected answer has no words');
      return { value: sentenceBleu(found, wanted), explanation: null };
    },
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

/** Runs of words that both have; each counts at most as often as the expected text has it. */
function commonGrams(found: readonly string[], wanted: readonly string[], length: number): number {
  const left = new Map<string, number>();
  for (let at = 0; at + length <= wanted.length; at++) {
    const gram = wanted.slice(at, at + length).join(' ');
    left.set(gram, (left.get(gram) ?? 0) + 1);
  }
  let hits = 0;
  for (let at = 0; at + length <= found.length; at++) {
    const gram = found.slice(at, at + length).join(' ');
    const count = left.get(gram) ?? 0;
    if (count === 0) continue;
    hits += 1;
    left.set(gram, count - 1);
  }
  return hits;
}
