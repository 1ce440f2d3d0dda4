import { z } from 'zod';
import { type ValueSpec, type ValueTable, wantedValue } from '../../core/option-spec.ts';
import { ANY_SCORER } from './score-settings.ts';
import { parseValue } from './values.ts';

/** What items of lists with objects may be. */
export interface ItemShapes {
  readonly scorer: z.ZodType;
  readonly model: z.ZodType;
}

/** What is checked first; the contents of objects are checked apart, for errors that name what is wrong in them. */
export const ANY_ITEMS: ItemShapes = {
  scorer: ANY_SCORER,
  model: z.union([z.string().min(1), z.looseObject({ id: z.union([z.string(), z.number()]) })]),
};

/** The schema of a value in the settings file or in the library. */
export function valueSchema(spec: ValueSpec, items: ItemShapes = ANY_ITEMS): z.ZodType {
  const text = spec.mayBeEmpty === true ? z.string() : z.string().min(1);
  switch (spec.kind) {
    case 'string':
      // YAML parses `expected: 2024` as a number.
      return z.union([text, z.number().transform(String)]);
    case 'path':
      return text;
    case 'choice':
      return z.enum(spec.choices ?? []);
    case 'texts':
      return listOf(text);
    case 'strings':
      return listOf(spec.choices === undefined ? text : z.enum(spec.choices));
    case 'number':
      return numberSchema(spec);
    case 'integer':
      return numberSchema(spec).int();
    case 'numbers':
      return listOf(numberSchema(spec));
    case 'boolean':
      return z.boolean();
    case 'values':
      return z.record(z.string(), z.json());
    case 'scorers':
      return listOf(items.scorer);
    case 'models':
      return listOf(items.model);
    case 'prompts':
      return z.union([listOf(text), NAMED_PROMPTS]);
    case 'headers':
      return HEADERS;
    case 'switchOrPath':
    case 'switchOrName':
      return z.union([z.boolean(), text]);
    case 'switchOrCount':
      return z.union([z.boolean(), numberSchema(spec).int()]);
    case 'character':
      return text.transform(reader(spec));
    case 'thresholds':
      return listOf(text.transform(reader(spec)));
    case 'share':
    case 'points':
    case 'amount':
    case 'age':
      // YAML parses `budget: 500` as a number.
      return z.union([text, z.number()]).transform(reader(spec));
  }
}

function numberSchema({ min, max, isOpen }: ValueSpec): z.ZodNumber {
  const from = min === undefined ? z.number() : isOpen === true ? z.number().gt(min) : z.number().min(min);
  return max === undefined ? from : isOpen === true ? from.lt(max) : from.max(max);
}

/** Parses a value as its flag would be parsed. */
function reader(spec: ValueSpec): (given: string | number, context: z.core.$RefinementCtx) => unknown {
  return (given, context) => {
    const value = parseValue(spec, String(given));
    if (value === null) context.addIssue({ code: 'custom', message: wantedValue(spec) });
    return value;
  };
}

/** Templates by their names. */
const NAMED_PROMPTS = z
  .record(z.string().min(1), z.string().min(1))
  .refine((prompts) => Object.keys(prompts).length > 0)
  .transform((prompts) => Object.entries(prompts).map(([name, text]) => ({ name, text })));

/** YAML parses `- x-team: search` as a map. */
const HEADER_MAP = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .transform((headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}`));
const HEADER = z.union([
  z
    .string()
    .min(1)
    .transform((header) => [header]),
  HEADER_MAP,
]);

/** Headers by name, or a list of `name: value`. */
const HEADERS = z.union([HEADER, z.array(HEADER).transform((headers) => headers.flat())]);

/** A single value may stand for a list with one item. */
function listOf(item: z.ZodType): z.ZodType {
  return z.union([z.array(item).min(1), item.transform((value) => [value])]);
}

/** The schema of an object with these keys and no others. */
export function sectionShape(table: ValueTable) {
  return z.strictObject(
    Object.fromEntries(
      Object.entries(table).map(([name, spec]) => [name, valueSchema(spec).optional().describe(spec.describe)]),
    ),
  );
}
