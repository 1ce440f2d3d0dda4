import { z } from 'zod';
import { isJsonArray, isJsonObject, parseJson } from '../core/json.ts';
import { columnText } from '../core/row.ts';
import { defineScorer, type Judge, NOTHING_EXPECTED, type ScorerDefinition, unjudged, verdict } from './definition.ts';
import { NORMALISATION_OPTIONS, normaliser } from './normalise.ts';

interface ListComparison {
  readonly name: string;
  readonly title: string;
  /** Whether the answer passes that has some of the texts and lacks others. */
  readonly passes: (found: number, missing: readonly string[]) => boolean;
}

/** A scorer that looks for several texts in each answer. */
export function listScorer({ name, title, passes }: ListComparison): ScorerDefinition {
  return defineScorer({
    ...{ name, title, argument: 'values' },
    options: {
      values: z
        .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
        .optional()
        .describe('the texts to look for, as a list or separated by commas, instead of the expected answer'),
      ...NORMALISATION_OPTIONS,
    },
    create({ values, ...given }) {
      const fold = normaliser(given);
      const fixed = values === undefined ? null : (typeof values === 'string' ? readList(values) : values).map(fold);
      const judge: Judge = ({ output, expected }) => {
        const wanted = fixed ?? (expected === null ? null : readList(expected).map(fold));
        if (wanted === null) return NOTHING_EXPECTED;
        if (wanted.length === 0) return unjudged('the list of texts to look for is empty');
        const text = fold(output);
        const missing = wanted.filter((part) => !text.includes(part));
        return verdict(passes(wanted.length - missing.length, missing), `lacks ${missing.slice(0, 3).join(', ')}`);
      };
      return { needsExpected: fixed === null, judge };
    },
  });
}

/** The texts of a list: a flat JSON array, else parts between commas without the white space around them. */
export function readList(text: string): readonly string[] {
  const value = text.trimStart().startsWith('[') ? parseJson(text) : undefined;
  const isFlat = isJsonArray(value) && !value.some((item) => isJsonArray(item) || isJsonObject(item));
  const parts = isFlat ? value.map(columnText) : text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}
