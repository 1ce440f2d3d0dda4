import { defineScorer } from './definition.ts';
import { byWords, TOO_LONG } from './ngrams.ts';

/** Maximum number of compared pairs of words of two texts. */
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
  options: () => ({}),
  withoutOptions: {},
  create: () => ({
    needsExpected: true,
    expects: 'one',
    score: byWords((found, wanted) => {
      if (found.length * wanted.length > MAX_PAIRS) return TOO_LONG;
      const common = longestCommon(found, wanted);
      // 2PR / (P + R) with P = common / found and R = common / wanted.
      return { value: (2 * common) / (found.length + wanted.length), explanation: null };
    }),
  }),
});

/** Length of the longest common subsequence, computed one table row at a time. */
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
