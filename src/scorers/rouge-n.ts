import { UsageError } from '../core/errors.ts';
import { defineScorer, unscored } from './definition.ts';
import { byWords, commonGrams } from './ngrams.ts';

const LONGEST_GRAM = 9;

/**
 * ROUGE-N: the share of the expected text's n-grams that the answer also has, each at most as often as the answer has
 * it. C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004, section 2, formula 1.
 */
export const rougeN = defineScorer({
  name: 'rouge-n',
  title:
    'the answer has every word of the expected text; else ROUGE-1, the share of them; rouge-n:2 for pairs of words',
  argument: 'n',
  options: (z) => ({
    n: z
      .union([z.string().min(1), z.number()])
      .optional()
      .describe('words in a run, 1 to 9; default 1'),
  }),
  withoutOptions: {},
  create({ n = 1 }, { label }) {
    const size = Number(n);
    if (!Number.isInteger(size) || size < 1 || size > LONGEST_GRAM) {
      throw new UsageError(`${label}: "${n}" is not a number of words`, { hint: `give 1 to ${LONGEST_GRAM}` });
    }
    return {
      needsExpected: true,
      expects: 'one',
      score: byWords((found, wanted) => {
        const grams = wanted.length - size + 1;
        if (grams < 1) return unscored(`the expected answer has no run of ${size} words`);
        return { value: commonGrams(found, wanted, size) / grams, explanation: null };
      }),
    };
  },
});
