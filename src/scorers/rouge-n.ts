import { z } from 'zod';
import { UsageError } from '../core/errors.ts';
import { defineScorer, NOTHING_EXPECTED, unjudged } from './definition.ts';
import { tokens } from './words.ts';

/** Most words of a text that are compared. */
const MAX_WORDS = 100_000;
const LONGEST_GRAM = 9;

/**
 * ROUGE-N: the share of the expected text's runs of n words that the answer has too, each as often as it has it.
 * C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004, section 2, formula 1.
 */
export const rougeN = defineScorer({
  name: 'rouge-n',
  title:
    'the answer has every word of the expected text; else ROUGE-1, the share of them; rouge-n:2 for pairs of words',
  argument: 'n',
  options: {
    n: z
      .union([z.string().min(1), z.number()])
      .optional()
      .describe('words in a run, 1 to 9; default 1'),
  },
  create({ n = 1 }, label) {
    const size = Number(n);
    if (!Number.isInteger(size) || size < 1 || size > LONGEST_GRAM) {
      throw new UsageError(`${label}: "${n}" is no number of words`, { hint: `give 1 to ${LONGEST_GRAM}` });
    }
    return {
      needsExpected: true,
      judge({ output, expected }) {
        if (expected === null) return NOTHING_EXPECTED;
        const [found, wanted] = [tokens(output, MAX_WORDS), tokens(expected, MAX_WORDS)];
        if (found === null || wanted === null) return unjudged('the texts are too long to be compared');
        if (wanted.length < size) return unjudged(`the expected answer has no run of ${size} words`);
        return { value: recall(found, wanted, size), explanation: null };
      },
    };
  },
});

function recall(found: readonly string[], wanted: readonly string[], size: number): number {
  const left = countGrams(found, size);
  const grams = wanted.length - size + 1;
  let hits = 0;
  for (let at = 0; at < grams; at++) {
    const gram = wanted.slice(at, at + size).join(' ');
    const count = left.get(gram) ?? 0;
    if (count === 0) continue;
    left.set(gram, count - 1);
    hits += 1;
  }
  return hits / grams;
}

function countGrams(words: readonly string[], size: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + size <= words.length; at++) {
    const gram = words.slice(at, at + size).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}
