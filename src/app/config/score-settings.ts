import { z } from 'zod';
import { UsageError } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, textOr } from '../../core/json.ts';
import { didYouMean } from '../../io/nearest.ts';
import type { ScorerDefinition } from '../../scorers/definition.ts';
import { EXTRACTIONS } from '../../scorers/extraction.ts';
import { scorers } from '../../scorers/index.ts';
import { OPTION_TYPES } from '../../scorers/option-types.ts';
import { type CommonOptions, type GivenScorer, NOT, parseScorer } from '../../scorers/spec.ts';

const cell = z.union([z.string(), z.number(), z.boolean()]);

const conditionShape = z.strictObject({
  column: z.string().min(1).describe('column of the row that decides whether the scorer is asked'),
  equals: z
    .union([cell, z.array(cell).min(1)])
    .describe('value, or list of values, of that column for which it is asked'),
});

/** Keys that every scorer may have in promptgrid.yaml besides its own options. */
export const COMMON_OPTIONS = {
  name: z
    .string()
    .regex(/^[^\p{Cc}]+$/u, 'give a name without control characters')
    .optional()
    .describe('what its column is called behind score.'),
  not: z.boolean().optional().describe('turns the score round: 1 − value'),
  threshold: z.number().min(0).max(1).optional().describe('value from which on an answer passes; default 1'),
  weight: z.number().min(0).optional().describe("what it counts for in a variant's weighted score"),
  extract: z
    .string()
    .min(1)
    .optional()
    .describe(`the part of an answer that is judged instead of all of it: ${EXTRACTIONS}`),
  when: conditionShape.optional().describe('ask it only about rows of which this holds'),
} satisfies Record<keyof CommonOptions, z.ZodType>;

/** The schema of a scorer in promptgrid.yaml. */
function itemShape({ name, options }: ScorerDefinition): z.ZodObject {
  return z.strictObject({ type: z.enum([name, `${NOT}${name}`]), ...COMMON_OPTIONS, ...options(OPTION_TYPES) });
}

/** First check of a `score` item; its contents depend on its type. */
export const ANY_SCORER = z.union([z.string().min(1), z.looseObject({ type: z.string() })]);

/** The same with the options of every scorer, for editors. */
export function everyScorer(): z.ZodType {
  return z.union([z.string().min(1), ...scorers.map(itemShape)]);
}

/** What is wrong with a `score` item. */
interface ScoreFault {
  /** The key path, from `score` on. */
  readonly keys: readonly string[];
  readonly what: string;
  readonly hint: string;
}

/** The first error in scorers, given as texts or objects; null if there is none. */
export function findScoreFault(given: JsonValue | undefined): ScoreFault | null {
  const items = isJsonArray(given) ? given : [given];
  for (const [index, item] of items.entries()) {
    const keys = ['score', String(index)];
    const fault = isJsonObject(item) ? itemFault(item, keys) : typeof item === 'string' ? specFault(item, keys) : null;
    if (fault !== null) return fault;
  }
  return null;
}

function itemFault(item: JsonObject, keys: readonly string[]): ScoreFault | null {
  const type = textOr(item['type'], '');
  const definition = scorers.find(({ name }) => name === type.replace(/^not:/, ''));
  if (definition === undefined) return specFault(item, [...keys, 'type']);
  const shape = itemShape(definition);
  const [issue] = shape.safeParse(item).error?.issues ?? [];
  if (issue === undefined) return null;
  const path = [...keys, ...issue.path.map(String)];
  if (issue.code !== 'unrecognized_keys') {
    return {
      keys: path,
      what: `${path.slice(2).join('.')} of the scorer ${type}: ${issue.message}`,
      hint: OPTIONS_HINT,
    };
  }
  const [key = ''] = issue.keys;
  const known = issue.path.length === 0 ? Object.keys(shape.shape) : ['column', 'equals'];
  const where = issue.path.length === 0 ? `the scorer ${type}` : `${issue.path.join('.')} of the scorer ${type}`;
  return {
    keys: [...path, key],
    what: `unknown key "${key}" in ${where}`,
    hint: `remove it, or use one of: ${known.join(', ')}${didYouMean(key, known)}`,
  };
}

const OPTIONS_HINT = 'see docs/SCORERS.md for what each option takes';

function specFault(given: GivenScorer, keys: readonly string[]): ScoreFault | null {
  try {
    parseScorer(given, scorers);
    return null;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { keys, what: error.message, hint: error.hint };
  }
}
