import { defineScorer, NOTHING_EXPECTED, unjudged } from './definition.ts';
import { tokens } from './words.ts';

/** Most words of a text, and most pairs of words of two, that are compared. */
const MAX_WORDS = 100_000;
const MAX_PAIRS = 50_000_000;

/**
 * ROUGE-L: the F-measure (β = 1) of the longest common subsequence of words.
 * C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004, section 3.1, formulas 2 to 4.
 */
export const rougeL = defineScorer({
  name: 'rouge-l',
  title:
    'the words are the expected ones in their order; else ROUGE-L, the F1 of the longest common subsequence of words',
  argument: null,
  options: {},
  create: () => ({
    needsExpected: true,
    judge({ output, expected }) {
      if (expected === null) return NOTHING_EXPECTED;
      const [found, wanted] = [tokens(output, MAX_WORDS), tokens(expected, MAX_WORDS)];
      if (found === null || wanted === null || found.length * wanted.length > MAX_PAIRS) {
        return unjudged('the texts are too long to be compared');
      }
      if (wanted.length === 0) return unjudged('the expected answer has no words');
      const common = longestCommon(found, wanted);
      // 2PR / (P + R) with P = common / found and R = common / wanted.
      return { value: (2 * common) / (found.length + wanted.length), explanation: null };
    },
  }),
});

/** Length of the longest common subsequence, a row of the table at a time. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  const row = new Uint32Array(b.length + 1);
  for (const word of a) {
    let diagonal = 0;
    for (let at = 0; at < b.length; at++) {
      const above = row[at + 1] ?? 0;
      row[at + 1] = b[at] === word ? diagonal + 1 : Math.max(above, row[at] ?? 0);
      diagonal = above;
    }
  }
  return row[b.length] ?? 0;
}
