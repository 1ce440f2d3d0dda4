import { distance } from 'fastest-levenshtein';
import { UsageError } from '../core/errors.ts';
import type { UnnamedScore } from '../core/scorer.ts';
import { defineScorer, NOTHING_EXPECTED, unscored, verdict } from './definition.ts';
import { normalisationOptions, normaliser } from './normalise.ts';

/** Maximum number of compared pairs of UTF-16 units: two texts of 20,000. */
const MAX_PAIRS = 400_000_000;

/**
 * Similarity of the answer and the expected text: 1 − edit distance / length of the longer one, in UTF-16 units. V. I.
 * Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966.
 */
export const levenshtein = defineScorer({
  name: 'levenshtein',
  title: 'the answer is the expected text; else 1 − edit distance / length; levenshtein:3 is 1 up to 3 edits, else 0',
  argument: 'distance',
  options: (z) => ({
    distance: z
      .union([z.string().min(1), z.number().int().min(0)])
      .optional()
      .describe('most edits; the score is then 1 or 0'),
    ...normalisationOptions(z),
  }),
  withoutOptions: {},
  create({ distance: given, ...folding }, { label }) {
    const most = given === undefined ? null : readDistance(String(given), label);
    const fold = normaliser(folding, { trim: true });
    return {
      needsExpected: true,
      expects: 'one',
      score({ output, expected }) {
        return expected === null ? NOTHING_EXPECTED : compare(fold(output), fold(expected), most);
      },
    };
  },
});

function readDistance(text: string, label: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${label}: "${text}" is not a number of edits`, { hint: 'give a whole number, such as 3' });
}

function compare(output: string, expected: string, most: number | null): UnnamedScore {
  const longer = Math.max(output.length, expected.length);
  // The distance is at least the difference in length, so an endless answer need not be compared.
  const least = Math.abs(output.length - expected.length);
  if (most !== null && least > most) return verdict(false, `more than ${most} edits`);
  if (output.length * expected.length > MAX_PAIRS) return unscored('the texts are too long to be compared');
  const edits = distance(output, expected);
  if (most !== null) return verdict(edits <= most, `${edits} edits`);
  return { value: longer === 0 ? 1 : 1 - edits / longer, explanation: edits === 0 ? null : `${edits} edits` };
}
