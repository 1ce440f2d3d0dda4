import { z } from 'zod';
import { ConfigError, type PromptgridError, UsageError } from '../../core/errors.ts';
import { isDeeperThan, isJsonObject, type JsonObject, type JsonValue, MAX_LEVELS } from '../../core/json.ts';
import { didYouMean } from '../../io/nearest.ts';
import { providers } from '../../providers/index.ts';
import type { OptionSpec } from './option-spec.ts';
import { flagName, GRID_OPTIONS, optionSpec, variableName } from './options.ts';
import type { Origins } from './origins.ts';
import { ANY_SCORER, EVERY_SCORER, findScoreFault } from './score-settings.ts';
import type { GridSettings } from './settings.ts';

/** Where settings come from, which is how an error names them. */
export type SettingsSource =
  | { readonly kind: 'flags' }
  | { readonly kind: 'environment' }
  | { readonly kind: 'library' }
  | { readonly kind: 'file'; readonly path: string; readonly lineOf: LineOf };

/** Line of a key in the file, from 1, by the keys that lead to it; null where that is not known. */
type LineOf = (keys: readonly string[]) => number | null;

function valueSchema(spec: OptionSpec, scorer: z.ZodType): z.ZodType {
  const choice = spec.choices === undefined ? z.string().min(1) : z.enum(spec.choices);
  const number = spec.min === undefined ? z.number() : z.number().min(spec.min);
  switch (spec.kind) {
    case 'string':
      // YAML makes a number of `budget: 500` and `expected: 2024`.
      return spec.choices === undefined ? z.union([choice, z.number().transform(String)]) : choice;
    case 'path':
      return choice;
    case 'texts':
    case 'strings':
      return listOf(choice);
    case 'number':
      return number;
    case 'integer':
      return number.int();
    case 'numbers':
      return listOf(number);
    case 'boolean':
      return z.boolean();
    case 'values':
      return z.record(z.string(), z.json());
    case 'scorers':
      return listOf(scorer);
    case 'headers':
      return HEADERS;
    case 'switchOrPath':
    case 'switchOrName':
      return z.union([z.boolean(), choice]);
  }
}

/** YAML makes a map of `- x-team: search`. */
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

/** Headers by their names, or a list of `name: value`. */
const HEADERS = z.union([HEADER, z.array(HEADER).transform((headers) => headers.flat())]);

/** One value may stand for a list of one. */
function listOf(item: z.ZodType): z.ZodType {
  return z.union([z.array(item).min(1), item.transform((value) => [value])]);
}

function gridShape({ isFile, scorer }: SchemaUse): z.ZodRawShape {
  const options = Object.entries<OptionSpec>(GRID_OPTIONS).filter(([, spec]) => !isFile || spec.flagOnly !== true);
  return Object.fromEntries(
    options.map(([name, spec]) => [name, valueSchema(spec, scorer).optional().describe(spec.describe)]),
  );
}

const providerShape = z.strictObject({
  baseUrl: z.string().optional().describe('address up to and with /v1'),
  apiKeyEnv: z.string().optional().describe('environment variable that holds the key'),
  auth: z.enum(['bare', 'bearer']).optional().describe('Authorization: <key>, or Bearer <key>'),
  headers: HEADERS.optional().describe('headers of every request; ${NAME} stands for an environment variable'),
});

/** Settings of one provider in promptgrid.yaml. */
export type ProviderOverrides = z.infer<typeof providerShape>;

const modelLimitsShape = z.strictObject({
  rpm: z.number().int().min(1).optional().describe('most requests in any 60 s'),
  tpm: z.number().int().min(1).optional().describe('most tokens in any 60 s'),
});

/** Limits of one model in promptgrid.yaml. */
type ModelLimits = z.infer<typeof modelLimitsShape>;

/** What promptgrid.yaml adds to the options that flags have. */
export interface FileSettings extends GridSettings {
  readonly dataset?: string | undefined;
  readonly limits?: Readonly<Record<string, ModelLimits>> | undefined;
  readonly providers?: Readonly<Record<string, ProviderOverrides | undefined>> | undefined;
}

/** Settings of all sources, the stronger over the weaker. */
export interface MergedSettings extends FileSettings {
  readonly origins: Origins;
}

const providersShape = z.strictObject(
  Object.fromEntries(providers.map(({ name }) => [name, providerShape.optional()])),
);

interface SchemaUse {
  /** Without what is only a flag. */
  readonly isFile: boolean;
  /** What an item of `score` may be. */
  readonly scorer: z.ZodType;
}

function settingsSchema(use: SchemaUse) {
  return z.strictObject({
    ...gridShape(use),
    dataset: z.string().optional().describe('CSV or JSONL file, as `promptgrid run` takes it'),
    limits: z.record(z.string(), modelLimitsShape).optional().describe('limits of single models, by model id'),
    providers: providersShape.optional().describe('endpoint settings by provider'),
  });
}

const SCHEMAS = {
  file: settingsSchema({ isFile: true, scorer: ANY_SCORER }),
  other: settingsSchema({ isFile: false, scorer: ANY_SCORER }),
};

/**
 * Checks settings of one source.
 * @throws UsageError, or ConfigError for a file, that names the flag, variable or key and what to do
 */
export function checkSettings(values: JsonObject, source: SettingsSource): FileSettings {
  const tooDeep = Object.keys(values).find((key) => isDeeperThan(values[key] ?? null, MAX_LEVELS));
  if (tooDeep !== undefined) {
    const what = `the value of ${labelOf(tooDeep, source)} is nested more than ${MAX_LEVELS} levels deep`;
    throw failure(source, [tooDeep], { what, hint: 'give the deeper part as a text' });
  }
  const schema = source.kind === 'file' ? SCHEMAS.file : SCHEMAS.other;
  const checked = schema.safeParse(values);
  // The schema is made from the same table as the type.
  if (checked.success) {
    const fault = findScoreFault(values['score']);
    if (fault !== null) throw failure(source, fault.keys, fault);
    return checked.data;
  }
  const [issue] = checked.error.issues;
  if (issue === undefined) throw new UsageError('settings cannot be read', { hint: 'check them' });
  const keys = issue.path.map(String);
  throw issue.code === 'unrecognized_keys'
    ? unknownKey([...keys, ...issue.keys.slice(0, 1)], source)
    : badValue(issue, { keys, value: valueAt(values, keys) }, source);
}

/** The keys that are known where this one stands. */
function knownKeys([section, ...deeper]: readonly string[]): readonly string[] {
  if (deeper.length === 0) return Object.keys(SCHEMAS.file.shape);
  if (section === 'limits') return Object.keys(modelLimitsShape.shape);
  return Object.keys(deeper.length === 1 ? providersShape.shape : providerShape.shape);
}

function unknownKey(keys: readonly string[], source: SettingsSource): PromptgridError {
  const key = keys.at(-1) ?? '';
  if (keys.length === 1 && optionSpec(key)?.flagOnly === true) {
    return failure(source, keys, { what: `"${key}" is only a flag`, hint: `remove it, and give --${flagName(key)}` });
  }
  const known = knownKeys(keys);
  const where = keys.length === 1 ? '' : ` in ${keys.slice(0, -1).join('.')}`;
  const hint = `remove it, or use one of: ${known.join(', ')}${didYouMean(key, known)}`;
  return failure(source, keys, { what: `unknown key "${key}"${where}`, hint });
}

interface BadValue {
  readonly keys: readonly string[];
  readonly value: JsonValue;
}

function badValue(issue: z.core.$ZodIssue, { keys, value }: BadValue, source: SettingsSource): PromptgridError {
  const spec = keys.length === 1 ? optionSpec(keys[0] ?? '') : undefined;
  // What a header holds may be a secret.
  const shown = keys.includes('header') || keys.includes('headers') ? 'the value' : JSON.stringify(value);
  const what = `${shown} is not allowed for ${labelOf(keys.join('.'), source)}`;
  return failure(source, keys, { what, hint: spec === undefined ? issue.message : expectation(spec) });
}

function valueAt(values: JsonObject, keys: readonly string[]): JsonValue {
  return keys.reduce<JsonValue>((value, key) => (isJsonObject(value) ? (value[key] ?? null) : null), values);
}

/** What a value must be, in words. */
function expectation(spec: OptionSpec): string {
  if (spec.choices !== undefined) return `use one of: ${spec.choices.join(', ')}`;
  const from = spec.min === undefined ? '' : spec.min > 0 && spec.min < 1 ? ' above 0' : ` from ${spec.min}`;
  switch (spec.kind) {
    case 'number':
      return `give a number${from}`;
    case 'integer':
      return `give a whole number${from}`;
    case 'numbers':
      return `give numbers${from}`;
    case 'boolean':
      return 'give true or false';
    case 'values':
      return 'give name=json';
    case 'headers':
      return "give texts like 'name: value', or in the settings file names with their values";
    case 'scorers':
      return 'give a text such as exact, or in the settings file an object with a type';
    default:
      return 'give a text that is not empty';
  }
}

function labelOf(name: string, source: SettingsSource): string {
  switch (source.kind) {
    case 'flags':
      return `--${flagName(name)}`;
    case 'environment':
      return variableName(name);
    case 'file':
    case 'library':
      return name;
  }
}

interface Problem {
  readonly what: string;
  readonly hint: string;
}

function failure(source: SettingsSource, keys: readonly string[], { what, hint }: Problem): PromptgridError {
  if (source.kind !== 'file') return new UsageError(what, { hint });
  const line = source.lineOf(keys);
  return new ConfigError(`${source.path}${line === null ? '' : `:${line}`}: ${what}`, { hint });
}

/** JSON Schema (draft 2020-12) of promptgrid.yaml, for editors. */
export function configJsonSchema(): JsonObject {
  const schema: unknown = z.toJSONSchema(settingsSchema({ isFile: true, scorer: EVERY_SCORER }), { io: 'input' });
  if (!isJsonObject(schema)) throw new TypeError('the schema of the settings is not an object');
  return { ...schema, title: 'promptgrid.yaml' };
}
