import { z } from 'zod';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, textOf } from '../../core/json.ts';
import type { ValueTable } from '../../core/option-spec.ts';
import { didYouMean } from '../../io/nearest.ts';
import { GRID_OPTIONS } from './options.ts';
import { readRates } from './rates.ts';
import { sectionShape } from './value-schema.ts';
import { badValue } from './values.ts';

/** A model of `model` in promptgrid.yaml with settings of its own. */
export interface ModelEntry {
  /** `model` or `provider/model`, as `--model` takes it; with `provider`, the id as the API takes it. */
  readonly id: string;
  readonly label?: string | undefined;
  readonly provider?: string | undefined;
  /** null leaves the field out. */
  readonly temperature?: readonly (number | null)[] | undefined;
  readonly maxTokens?: number | undefined;
  readonly params?: Readonly<Record<string, JsonValue>> | undefined;
  /** Rates of 1,000,000 tokens as `--price` takes them behind the model. */
  readonly price?: string | undefined;
  readonly rpm?: number | undefined;
  readonly tpm?: number | undefined;
}

/** One of the grid's models as given. */
export type GivenModel = string | ModelEntry;

/** A prompt of the grid as given: a template, or one with its name. */
export type GivenPrompt = string | { readonly name: string; readonly text: string };

/** An entry of `exclude` or `include`. */
export interface GivenRule {
  readonly prompt?: string | undefined;
  readonly model?: string | undefined;
  /** null for the provider's default. */
  readonly temperature?: number | null | undefined;
}

const ENTRY_KEYS = {
  id: { kind: 'string', describe: 'id, or provider/id' },
  label: { kind: 'string', describe: 'its name in tables and files' },
  provider: { kind: 'string', describe: 'its provider, if the id does not name it' },
  temperature: { ...GRID_OPTIONS.temperature, describe: 'its temperatures; null leaves the field out' },
  maxTokens: { ...GRID_OPTIONS.maxTokens, describe: 'its maximum of tokens of an answer' },
  params: { ...GRID_OPTIONS.param, describe: 'its request fields' },
  price: { kind: 'string', describe: 'its price per 1,000,000 tokens: prompt,completion' },
  rpm: { ...GRID_OPTIONS.rpm, describe: 'its requests in any 60 s' },
  tpm: { ...GRID_OPTIONS.tpm, describe: 'its tokens in any 60 s' },
} as const satisfies ValueTable;

const TEMPERATURE = z.number().nullable();
const RATE = z.union([z.string().min(1), z.number()]);

const ENTRY_SHAPE = sectionShape(ENTRY_KEYS).extend({
  id: z.union([z.string().min(1), z.number().transform(String)]).describe(ENTRY_KEYS.id.describe),
  temperature: z
    .union([z.array(TEMPERATURE).min(1), TEMPERATURE.transform((value) => [value])])
    .optional()
    .describe(ENTRY_KEYS.temperature.describe),
  price: z
    .union([RATE.transform(String), z.array(RATE).transform((rates) => rates.join(','))])
    .optional()
    .describe(ENTRY_KEYS.price.describe),
});

/** The schema of an item of `model`, for editors. */
export const MODEL_SHAPE = z.union([z.string().min(1), ENTRY_SHAPE]);

/** Keys of an entry of `exclude` and `include`. */
export const RULE_KEYS = {
  prompt: { kind: 'string', describe: 'name of a prompt; any without it' },
  model: { kind: 'string', describe: 'label or id of a model; any without it' },
  temperature: { kind: 'number', describe: 'temperature; any without it' },
} as const satisfies ValueTable;

const RULE_SHAPE = z.strictObject({
  prompt: z.string().optional().describe(RULE_KEYS.prompt.describe),
  model: z.string().optional().describe(RULE_KEYS.model.describe),
  temperature: TEMPERATURE.optional().describe(RULE_KEYS.temperature.describe),
});

/** The schema of `exclude` and `include`. */
export const RULES_SHAPE = z.array(RULE_SHAPE);

/** What is wrong with an item of `model`. */
interface ModelFault {
  /** The key path, from `model` on. */
  readonly keys: readonly string[];
  readonly what: string;
  readonly hint: string;
}

/** The first error in models given as objects; null if there is none. */
export function findModelFault(given: JsonValue | undefined): ModelFault | null {
  const items = isJsonArray(given) ? given : [given];
  const labels = new Set<JsonValue>();
  for (const [index, item] of items.entries()) {
    if (!isJsonObject(item)) continue;
    const keys = isJsonArray(given) ? ['model', String(index)] : ['model'];
    const { label } = item;
    const fault = entryFault(item, keys) ?? (label !== undefined && labels.has(label) ? namesake(label, keys) : null);
    if (fault !== null) return fault;
    if (label !== undefined) labels.add(label);
  }
  return null;
}

function namesake(label: JsonValue, keys: readonly string[]): ModelFault {
  const what = `the label ${JSON.stringify(label)} is given twice`;
  return { keys: [...keys, 'label'], what, hint: 'give each model a label of its own' };
}

/** The schema takes any text. */
function priceFault(price: unknown, name: string, keys: readonly string[]): ModelFault | null {
  if (typeof price !== 'string' || readRates(price) !== null) return null;
  const what = `price of ${name} must be prompt,completion, got ${JSON.stringify(price)}`;
  const hint = 'give prices of 1,000,000 tokens, such as price: 2.5,10; rates of cache reads and writes may follow';
  return { keys: [...keys, 'price'], what, hint };
}

function entryFault(entry: JsonObject, keys: readonly string[]): ModelFault | null {
  const name = `the model ${JSON.stringify(textOf(entry['label']) || entry['id'])}`;
  const { data, error } = ENTRY_SHAPE.safeParse(entry);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return data === undefined ? null : priceFault(data['price'], name, keys);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const known = Object.keys(ENTRY_KEYS);
    const hint = `remove it, or use one of: ${known.join(', ')}${didYouMean(key, known)}`;
    return { keys: [...keys, key], what: `unknown key "${key}" in ${name}`, hint };
  }
  const key = String(issue.path[0] ?? '');
  const spec = new Map(Object.entries<ValueTable[string]>(ENTRY_KEYS)).get(key);
  const path = [...keys, key];
  if (spec === undefined) return { keys: path, what: `${name}: ${issue.message}`, hint: 'see docs/CONFIGURATION.md' };
  const { what, hint } = badValue(spec, { label: key, joint: ': ' }, entry[key] ?? null);
  return { keys: path, what: `${name}: ${what}`, hint };
}

/** The same with its texts and numbers in their final form. @param model without a fault */
export function readModel(model: GivenModel): GivenModel {
  return typeof model === 'string' ? model : parseEntry(model);
}

/** The schema is made from the same table as the type. */
function parseEntry(entry: ModelEntry): ModelEntry;
function parseEntry(entry: ModelEntry): object {
  return ENTRY_SHAPE.parse(entry);
}
