import { defineScorer, NOTHING_EXPECTED, type ScorerDefinition, verdict } from './definition.ts';
import { type Normalisation, normalisationOptions, normaliser } from './normalise.ts';

interface Comparison {
  readonly name: string;
  readonly title: string;
  /** Default normalisation of both texts. */
  readonly defaults?: Normalisation;
  /** Whether the answer passes. */
  readonly passes: (output: string, wanted: string) => boolean;
}

/** A scorer that compares each answer with a text: the given one, else the row's expected answer. */
function textScorer({ name, title, defaults = {}, passes }: Comparison): ScorerDefinition {
  return defineScorer({
    name,
    title,
    argument: 'value',
    options: (z) => ({
      value: z.string().min(1).optional().describe('the text to compare with, instead of the expected answer'),
      ...normalisationOptions(z),
    }),
    withoutOptions: {},
    create({ value, ...given }) {
      const fold = normaliser(given, defaults);
      const fixed = value === undefined ? null : fold(value);
      return {
        needsExpected: fixed === null,
        expects: 'one',
        score({ output, expected }) {
          const wanted = fixed ?? (expected === null ? null : fold(expected));
          return wanted === null ? NOTHING_EXPECTED : verdict(passes(fold(output), wanted));
        },
      };
    },
  });
}

/** Normalisation for scorers that compare like a person, who ignores case and how a letter is encoded. */
export const LENIENT: Normalisation = { nfkc: true, ignoreCase: true, foldYo: true };

/** 1 if the answer equals the expected text, ignoring surrounding white space. */
export const exact = textScorer({
  name: 'exact',
  title: 'the answer is the expected text; white space around either does not count',
  defaults: { trim: true },
  passes: (output, wanted) => output === wanted,
});

/** 1 if the answer equals the expected text, ignoring case and encoding of letters. */
export const iexact = textScorer({
  name: 'iexact',
  title: 'the same without regard to case, to ё or е, and to how characters are encoded',
  defaults: { ...LENIENT, trim: true },
  passes: (output, wanted) => output === wanted,
});

/** 1 if the answer contains the expected text, exactly. */
export const contains = textScorer({
  name: 'contains',
  title: 'the answer contains the expected text, letter for letter',
  passes: (output, wanted) => output.includes(wanted),
});

/** 1 if the answer contains the expected text, ignoring case and encoding of letters. */
export const icontains = textScorer({
  name: 'icontains',
  title: 'the same without regard to case, to ё or е, and to how characters are encoded',
  defaults: LENIENT,
  passes: (output, wanted) => output.includes(wanted),
});

/** 1 if the answer begins with the expected text, exactly; leading white space is ignored. */
export const startsWith = textScorer({
  name: 'starts-with',
  title: 'the answer begins with the expected text, letter for letter; white space around either does not count',
  defaults: { trim: true },
  passes: (output, wanted) => output.startsWith(wanted),
});
