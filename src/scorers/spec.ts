import { z } from 'zod';
import { UsageError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { columnText, columnValue, type Row } from '../core/row.ts';
import { WrittenNumber } from '../core/written-number.ts';
import { didYouMean } from '../io/nearest.ts';
import type { ScorerDefinition } from './definition.ts';
import { EXTRACTIONS } from './extraction.ts';

/** How a user specifies a scorer: a text as `--score` takes it, or an object of promptgrid.yaml. */
export type GivenScorer = string | JsonObject;

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
};

const commonShape = z.object(COMMON_OPTIONS);

/** A parsed scorer specification. */
export interface ScorerSpec {
  readonly definition: ScorerDefinition;
  readonly common: z.infer<typeof commonShape>;
  readonly options: JsonObject;
  /** Its name in errors. */
  readonly label: string;
}

/** Parses a spec. @throws UsageError that suggests the nearest scorer, or says what is wrong with the spec */
export function parseScorer(given: GivenScorer, known: readonly ScorerDefinition[]): ScorerSpec {
  return typeof given === 'string' ? parseText(given, known) : parseItem(given, known);
}

const NOT = 'not:';

function parseText(text: string, known: readonly ScorerDefinition[]): ScorerSpec {
  const isNegated = text.startsWith(NOT);
  const spec = isNegated ? text.slice(NOT.length) : text;
  const at = spec.indexOf(':');
  const definition = findScorer(at === -1 ? spec : spec.slice(0, at), known);
  const options = at === -1 ? {} : argumentOptions(definition, spec.slice(at + 1));
  return { definition, options, common: isNegated ? { not: true } : {}, label: `--score ${text}` };
}

function argumentOptions({ name, argument }: ScorerDefinition, text: string): JsonObject {
  if (argument === null) {
    throw new UsageError(`--score ${name} takes no argument`, { hint: `write --score ${name}` });
  }
  if (text !== '') return { [argument]: text };
  throw new UsageError(`--score ${name}: there is nothing behind the colon`, {
    hint: `write --score ${name}:<${argument}>`,
  });
}

function parseItem(item: JsonObject, known: readonly ScorerDefinition[]): ScorerSpec {
  const { type } = item;
  if (typeof type !== 'string') {
    throw new UsageError('a scorer without a type', { hint: 'write it like {type: numeric, tolerance: 0.01}' });
  }
  const isNegated = type.startsWith(NOT);
  const definition = findScorer(isNegated ? type.slice(NOT.length) : type, known);
  const entries = Object.entries(item).filter(([key]) => key !== 'type');
  const common = commonShape.parse(Object.fromEntries(entries.filter(([key]) => isCommon(key))));
  const options = Object.fromEntries(entries.filter(([key]) => !isCommon(key)));
  return {
    definition,
    options,
    label: `score ${type}`,
    common: isNegated ? { ...common, not: !(common.not ?? false) } : common,
  };
}

function isCommon(key: string): boolean {
  return Object.hasOwn(COMMON_OPTIONS, key);
}

function findScorer(name: string, known: readonly ScorerDefinition[]): ScorerDefinition {
  const definition = known.find((scorer) => scorer.name === name);
  if (definition !== undefined) return definition;
  const names = known.map((scorer) => scorer.name);
  throw new UsageError(`unknown scorer "${name}"`, {
    hint: `use one of: ${names.join(', ')}${didYouMean(name, names)}`,
  });
}

/** Whether a scorer applies to a row; without a condition it applies to all. */
export function rowFilter({ common: { when } }: ScorerSpec): (row: Row) => boolean {
  if (when === undefined) return () => true;
  const { column, equals } = when;
  const wanted = new Set((Array.isArray(equals) ? equals : [equals]).map(String));
  return (row) => {
    const value = columnValue(row, column);
    // Settings hold plain numbers: 1.10 equals 1.1.
    return wanted.has(columnText(value)) || (value instanceof WrittenNumber && wanted.has(String(value.valueOf())));
  };
}

/** Unique names of scores: the user's name, else the scorer's name, numbered from the second on. */
export function scoreNames(specs: readonly ScorerSpec[]): readonly string[] {
  const taken = new Set<string>();
  for (const { common, label } of specs) {
    if (common.name === undefined) continue;
    if (taken.has(common.name)) {
      throw new UsageError(`${label}: another scorer is named "${common.name}" too`, {
        hint: 'give each its own name',
      });
    }
    taken.add(common.name);
  }
  return specs.map(({ common, definition, options }) => {
    if (common.name !== undefined) return common.name;
    const own = definition.defaultName?.(options) ?? definition.name;
    const base = common.not === true ? `not-${own}` : own;
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
    taken.add(name);
    return name;
  });
}

/** The schema of a scorer in promptgrid.yaml. */
export function itemShape({ name, options }: ScorerDefinition): z.ZodObject {
  return z.strictObject({ type: z.enum([name, `${NOT}${name}`]), ...COMMON_OPTIONS, ...options });
}
