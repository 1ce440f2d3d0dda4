import { UsageError } from '../core/errors.ts';
import { defineScorer, verdict } from './definition.ts';
import { countWords } from './words.ts';

/** 1 if the number of words in the answer is within bounds. */
export const wordCount = defineScorer({
  name: 'word-count',
  title: 'the answer has so many words: word-count:50, 10-50, 10- (at least) or -50 (at most)',
  argument: 'range',
  options: (z) => ({
    range: z
      .union([z.string().min(1), z.number().int().min(0)])
      .optional()
      .describe('how many words: 50, 10-50, 10- for at least, -50 for at most'),
    min: z.number().int().min(0).optional().describe('fewest words'),
    max: z.number().int().min(0).optional().describe('most words'),
  }),
  withoutOptions: {},
  create({ range, min, max }, { label }) {
    const own = range === undefined ? { min: min ?? 0, max: max ?? Number.POSITIVE_INFINITY } : readRange(range, label);
    if ((range === undefined && min === undefined && max === undefined) || own.min > own.max) {
      throw new UsageError(`${label}: no number of words is asked for that an answer can have`, { hint: HINT });
    }
    return {
      needsExpected: false,
      score({ output }) {
        const words = countWords(output);
        return verdict(words >= own.min && words <= own.max, `${words} words`);
      },
    };
  },
});

const HINT = 'write it like word-count:10-50, 10- or -50';
const RANGE = /^(\d{1,9})?(-)?(\d{1,9})?$/;

function readRange(range: string | number, label: string): { readonly min: number; readonly max: number } {
  const [matched, low, dash, high] =
    RANGE.exec(String(range).replaceAll(/[\s\u2013]/g, (sign) => (sign === '\u2013' ? '-' : ''))) ?? [];
  if (matched === undefined || (low === undefined && high === undefined)) {
    throw new UsageError(`${label}: "${range}" is not a range`, { hint: HINT });
  }
  if (dash === undefined) return { min: Number(matched), max: Number(matched) };
  return { min: Number(low ?? 0), max: high === undefined ? Number.POSITIVE_INFINITY : Number(high) };
}
