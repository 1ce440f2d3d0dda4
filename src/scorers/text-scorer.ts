import { z } from 'zod';
import { defineScorer, NOTHING_EXPECTED, type ScorerDefinition, verdict } from './definition.ts';
import { NORMALISATION_OPTIONS, type Normalisation, normaliser } from './normalise.ts';

interface Comparison {
  readonly name: string;
  readonly title: string;
  /** What is done to both texts unless the user says otherwise. */
  readonly defaults?: Normalisation;
  /** Whether the answer passes. */
  readonly passes: (output: string, wanted: string) => boolean;
}

/** A scorer that holds each answer against a text: the one that it is given, else the row's expected answer. */
function textScorer({ name, title, defaults = {}, passes }: Comparison): ScorerDefinition {
  return defineScorer({
    name,
    title,
    argument: 'value',
    options: {
      value: z.string().min(1).optional().describe('the text to compare with, instead of the expected answer'),
      ...NORMALISATION_OPTIONS,
    },
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

/** What the scorers do that read as a person reads, who minds neither case nor how a letter is encoded. */
export const LENIENT: Normalisation = { nfkc: true, ignoreCase: true, foldYo: true };

/** 1 where the answer is the expected text, without regard to white space around either. */
export const exact = textScorer({
  name: 'exact',
  title: 'the answer is the expected text; white space around either does not count',
  defaults: { trim: true },
  passes: (output, wanted) => output === wanted,
});

/** 1 where the answer is the expected text as a person reads it. */
export const iexact = textScorer({
  name: 'iexact',
  title: 'the same without regard to case, to ё or е, and to how characters are encoded',
  defaults: { ...LENIENT, trim: true },
  passes: (output, wanted) => output === wanted,
});

/** 1 where the answer contains the expected text, letter for letter. */
export const contains = textScorer({
  name: 'contains',
  title: 'the answer contains the expected text, letter for letter',
  passes: (output, wanted) => output.includes(wanted),
});

/** 1 where the answer contains the expected text as a person reads it. */
export const icontains = textScorer({
  name: 'icontains',
  title: 'the same without regard to case, to ё or е, and to how characters are encoded',
  defaults: LENIENT,
  passes: (output, wanted) => output.includes(wanted),
});

/** 1 where the answer begins with the expected text, letter for letter; white space before it does not count. */
export const startsWith = textScorer({
  name: 'starts-with',
  title: 'the answer begins with the expected text, letter for letter; white space around either does not count',
  defaults: { trim: true },
  passes: (output, wanted) => output.startsWith(wanted),
});
