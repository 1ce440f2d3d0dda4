import { defineScorer, NOTHING_EXPECTED, verdict } from './definition.ts';
import { EXTRACTIONS, readExtraction } from './extraction.ts';
import { normalisationOptions, normaliser } from './normalise.ts';

/** 1 if a part of the answer equals the expected text. */
export const extract = defineScorer({
  name: 'extract',
  title: 'a part of the answer is the expected text: extract:<pattern> takes a group of it, extract:boxed a box, …',
  argument: 'pattern',
  options: (z) => ({
    pattern: z.string().min(1).describe(`which part: ${EXTRACTIONS}`),
    ...normalisationOptions(z),
  }),
  async create({ pattern, ...given }, { label }) {
    const take = await readExtraction(pattern, label);
    const fold = normaliser(given, { trim: true });
    return {
      needsExpected: true,
      expects: 'one',
      score({ output, expected }) {
        if (expected === null) return NOTHING_EXPECTED;
        const parts = take(output);
        if (parts.length === 0) return { ...verdict(false, 'the answer has no such part'), isVoid: true };
        const wanted = fold(expected);
        return verdict(
          parts.some((part) => fold(part) === wanted),
          `found ${parts.join(', ').slice(0, 60)}`,
        );
      },
    };
  },
});
