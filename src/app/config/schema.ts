import { z } from 'zod';
import { ConfigError, type PromptgridError, UsageError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { didYouMean } from '../../io/nearest.ts';
import { flagName, GRID_OPTIONS, type OptionSpec, variableName } from './options.ts';
import type { GridSettings } from './settings.ts';

/** Where settings come from, which is how an error names them. */
export type SettingsSource =
  | { readonly kind: 'flags' }
  | { readonly kind: 'environment' }
  | { readonly kind: 'library' }
  | { readonly kind: 'file'; readonly path: string; readonly lineOf: (key: string) => number | null };

function valueSchema(spec: OptionSpec): z.ZodType {
  const choice = spec.choices === undefined ? z.string().min(1) : z.enum(spec.choices);
  const number = spec.min === undefined ? z.number() : z.number().min(spec.min);
  switch (spec.kind) {
    case 'string':
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
    case 'switchOrPath':
      return z.union([z.boolean(), choice]);
  }
}

/** One value may stand for a list of one. */
function listOf(item: z.ZodType): z.ZodType {
  return z.union([z.array(item).min(1), item.transform((value) => [value])]);
}

const gridShape = Object.fromEntries(
  Object.entries<OptionSpec>(GRID_OPTIONS).map(([name, spec]) => [
    name,
    valueSchema(spec).optional().describe(spec.describe),
  ]),
);

const providerShape = z.strictObject({
  baseUrl: z.string().optional().describe('address up to and with /v1'),
  apiKeyEnv: z.string().optional().describe('environment variable that holds the key'),
  auth: z.enum(['bare', 'bearer']).optional().describe('Authorization: <key>, or Bearer <key>'),
});

/** Settings of one provider in promptgrid.yaml. */
export type ProviderOverrides = z.infer<typeof providerShape>;

/** What promptgrid.yaml adds to the options that flags have. */
export interface FileSettings extends GridSettings {
  readonly dataset?: string | undefined;
  readonly providers?: Readonly<Record<string, ProviderOverrides>> | undefined;
}

const settingsSchema = z.strictObject({
  ...gridShape,
  dataset: z.string().optional().describe('CSV or JSONL file, as `promptgrid run` takes it'),
  providers: z.record(z.string(), providerShape).optional().describe('endpoint settings by provider'),
});

/**
 * Checks settings of one source.
 * @throws UsageError, or ConfigError for a file, that names the flag, variable or key and what to do
 */
export function checkSettings(values: JsonObject, source: SettingsSource): FileSettings {
  const checked = settingsSchema.safeParse(values);
  // The schema is made from the same table as the type.
  if (checked.success) return checked.data as FileSettings;
  const [issue] = checked.error.issues;
  if (issue === undefined) throw new UsageError('settings cannot be read', { hint: 'check them' });
  throw issue.code === 'unrecognized_keys'
    ? unknownKey(issue.keys, issue.path, source)
    : badValue(issue, values, source);
}

function unknownKey(keys: readonly string[], path: readonly PropertyKey[], source: SettingsSource): PromptgridError {
  const [key = ''] = keys;
  const known = Object.keys(path.length === 0 ? settingsSchema.shape : providerShape.shape);
  const where = path.length === 0 ? '' : ` in ${path.join('.')}`;
  const hint = `remove it, or use one of: ${known.join(', ')}${didYouMean(key, known)}`;
  return failure(source, key, { what: `unknown key "${key}"${where}`, hint });
}

function badValue(issue: z.core.$ZodIssue, values: JsonObject, source: SettingsSource): PromptgridError {
  const [name = ''] = issue.path.map(String);
  const spec: OptionSpec | undefined = Object.entries<OptionSpec>(GRID_OPTIONS).find(
    ([option]) => option === name,
  )?.[1];
  const what = `${JSON.stringify(values[name])} is not allowed for ${labelOf(name, source)}`;
  return failure(source, name, { what, hint: spec === undefined ? issue.message : expectation(spec) });
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

function failure(source: SettingsSource, key: string, { what, hint }: Problem): PromptgridError {
  if (source.kind !== 'file') return new UsageError(what, { hint });
  const line = source.lineOf(key);
  return new ConfigError(`${source.path}${line === null ? '' : `:${line}`}: ${what}`, { hint });
}

/** JSON Schema (draft 2020-12) of promptgrid.yaml, for editors. */
export function configJsonSchema(): JsonObject {
  const schema: unknown = z.toJSONSchema(settingsSchema, { io: 'input' });
  if (!isJsonObject(schema)) throw new TypeError('the schema of the settings is no object');
  return { ...schema, title: 'promptgrid.yaml' };
}
