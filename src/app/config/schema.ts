import { z } from 'zod';
import { ConfigError, type PromptgridError, UsageError } from '../../core/errors.ts';
import {
  isDeeperThan,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MAX_LEVELS,
} from '../../core/json.ts';
import { flagName, type OptionSpec, type ValueSpec } from '../../core/option-spec.ts';
import { didYouMean, unknownKey } from '../../io/nearest.ts';
import { providers } from '../../providers/index.ts';
import { findModelFault, type GivenRule, MODEL_SHAPE, RULE_KEYS, RULES_SHAPE, readModel } from './model-entries.ts';
import { GRID_OPTIONS, optionSpec } from './options.ts';
import type { Origins } from './origins.ts';
import { everyScorer, findScoreFault } from './score-settings.ts';
import type { GivenGridSettings, GridSettings, OptionValues } from './settings.ts';
import { ANY_ITEMS, type ItemShapes, sectionShape, valueSchema } from './value-schema.ts';
import { badValue, valueJson } from './values.ts';

/** The source of checked settings, as errors name it. */
export type SettingsSource =
  | { readonly kind: 'library' }
  | { readonly kind: 'file'; readonly path: string; readonly lineOf: LineOf };

/** Line of a key in the file, from 1, by its key path; null if unknown. */
type LineOf = (keys: readonly string[]) => number | null;

function gridShape({ isFile, items }: SchemaUse): z.ZodRawShape {
  const options = Object.entries<OptionSpec>(GRID_OPTIONS).filter(([, spec]) => !isFile || spec.flagOnly !== true);
  return Object.fromEntries(
    options.map(([name, spec]) => [name, valueSchema(spec, items).optional().describe(spec.describe)]),
  );
}

/** Keys of a section, checked as options of the same kind are. */
const SECTIONS = {
  providers: {
    kind: {
      kind: 'choice',
      choices: providers.map(({ name }) => name),
      describe: 'which API it is, for a provider with a name of your own',
    },
    baseUrl: { ...GRID_OPTIONS.baseUrl, describe: 'address up to and with /v1' },
    apiKeyEnv: { ...GRID_OPTIONS.apiKeyEnv, describe: 'environment variable that holds the key' },
    auth: { ...GRID_OPTIONS.auth, describe: 'how the key is sent' },
    headers: {
      ...GRID_OPTIONS.header,
      describe: 'headers of every request; ${NAME} stands for an environment variable',
    },
    caFile: GRID_OPTIONS.caFile,
    authUrl: { kind: 'string', describe: 'where access tokens are requested (gigachat)' },
    scope: { kind: 'string', describe: 'scope of the access (gigachat)' },
    folder: { kind: 'string', describe: 'id of the folder (yandex)' },
  },
  limits: {
    rpm: { ...GRID_OPTIONS.rpm, describe: 'most requests in any 60 s' },
    tpm: { ...GRID_OPTIONS.tpm, describe: 'most tokens in any 60 s' },
  },
} as const;

const DATASET: ValueSpec = {
  kind: 'texts',
  describe: 'dataset file as `promptgrid run` takes it, or a list of files and patterns',
};

const providerShape = sectionShape(SECTIONS.providers);
const modelLimitsShape = sectionShape(SECTIONS.limits);

/** Settings of one provider in promptgrid.yaml. */
export type ProviderOverrides = OptionValues<(typeof SECTIONS)['providers']>;

/** What promptgrid.yaml has besides the options of flags. */
interface FileSections {
  readonly dataset?: string | readonly string[] | undefined;
  /** Limits per model. */
  readonly limits?: Readonly<Record<string, OptionValues<(typeof SECTIONS)['limits']>>> | undefined;
  readonly providers?: Readonly<Record<string, ProviderOverrides | undefined>> | undefined;
  readonly exclude?: readonly GivenRule[] | undefined;
  readonly include?: readonly GivenRule[] | undefined;
}

/** Settings of one source, parsed. */
export interface FileSettings extends GridSettings, FileSections {}

/** Settings in the form of the library. */
export interface GivenSettings extends GivenGridSettings, FileSections {}

/** Settings of all sources, merged by precedence. */
export interface MergedSettings extends FileSettings {
  readonly origins: Origins;
}

/** Own names stand before a slash in model names. */
const PROVIDER_NAME = /^[\w.-]+$/;

/** A section named as a provider of the registry says by that what it is. */
const providersShape = z.record(z.string(), providerShape);

interface SchemaUse {
  /** Without options that are only flags. */
  readonly isFile: boolean;
  readonly items: ItemShapes;
}

function settingsSchema(use: SchemaUse) {
  return z.strictObject({
    ...gridShape(use),
    dataset: valueSchema(DATASET).optional().describe(DATASET.describe),
    limits: z.record(z.string(), modelLimitsShape).optional().describe('limits of single models, by model id'),
    exclude: RULES_SHAPE.optional().describe('variants of the grid that are left out'),
    include: RULES_SHAPE.optional().describe("variants beyond those of the models' temperatures"),
    providers: providersShape
      .optional()
      .describe('endpoint settings by provider, or by a name of your own with its kind'),
  });
}

const SCHEMAS = {
  file: settingsSchema({ isFile: true, items: ANY_ITEMS }),
  other: settingsSchema({ isFile: false, items: ANY_ITEMS }),
};

/**
 * Checks settings of one source.
 * @throws UsageError, or ConfigError for a file, that names the key and what to do
 */
export function checkSettings(values: JsonObject, source: SettingsSource): FileSettings {
  const deep = Object.keys(values).find((key) => isDeeperThan(values[key] ?? null, MAX_LEVELS));
  if (deep !== undefined) throw failure(source, [deep], tooDeep(deep));
  const checked = parseSettings(values, source);
  if (checked.success) {
    const fault = findScoreFault(values['score']) ?? findModelFault(values['model']) ?? findProviderFault(checked.data);
    if (fault !== null) throw failure(source, fault.keys, fault);
    const { model } = checked.data;
    return model === undefined ? checked.data : { ...checked.data, model: model.map(readModel) };
  }
  const [issue] = checked.error.issues;
  if (issue === undefined) throw new UsageError('settings cannot be read', { hint: 'check them' });
  const keys = issue.path.map(String);
  throw issue.code === 'unrecognized_keys'
    ? unknownSetting([...keys, ...issue.keys.slice(0, 1)], source)
    : wrongValue(issue, { keys, value: valueAt(values, keys) }, source);
}

/** What is wrong with the value of a key that is nested more deeply than MAX_LEVELS. */
export function tooDeep(key: string): Problem {
  const what = `the value of ${key} is nested more than ${MAX_LEVELS} levels deep`;
  return { what, hint: 'give the deeper part as a text' };
}

/** The first section that does not say which API it is, or whose name no model can have; null if there is none. */
function findProviderFault({ providers: sections = {} }: FileSettings): (Problem & { keys: readonly string[] }) | null {
  const known = providers.map(({ name }) => name);
  for (const [name, section] of Object.entries(sections)) {
    const keys = ['providers', name];
    if (!PROVIDER_NAME.test(name)) {
      return { keys, what: `providers: "${name}" cannot be a name`, hint: 'use letters, digits, - and _' };
    }
    if (section?.kind !== undefined || known.includes(name)) continue;
    const hint = `give its kind, such as kind: custom, or use one of: ${known.join(', ')}${didYouMean(name, known)}`;
    return { keys, what: `unknown provider "${name}" in providers, without a kind`, hint };
  }
  return null;
}

/** The schema is made from the same table as the type. */
function parseSettings(values: JsonObject, source: SettingsSource): z.ZodSafeParseResult<FileSettings>;
function parseSettings(values: JsonObject, source: SettingsSource): z.ZodSafeParseResult<object> {
  return (source.kind === 'file' ? SCHEMAS.file : SCHEMAS.other).safeParse(values);
}

/** The known keys at the same level. */
function knownKeys([section, ...deeper]: readonly string[]): readonly string[] {
  if (deeper.length === 0) return Object.keys(SCHEMAS.file.shape);
  if (section === 'limits') return Object.keys(modelLimitsShape.shape);
  if (section === 'exclude' || section === 'include') return Object.keys(RULE_KEYS);
  return Object.keys(providerShape.shape);
}

function unknownSetting(keys: readonly string[], source: SettingsSource): PromptgridError {
  const key = keys.at(-1) ?? '';
  if (keys.length === 1 && optionSpec(key)?.flagOnly === true) {
    return failure(source, keys, { what: `"${key}" is only a flag`, hint: `remove it, and give --${flagName(key)}` });
  }
  return failure(source, keys, unknownKey(key, knownKeys(keys), keys.slice(0, -1).join('.')));
}

interface WrongValue {
  readonly keys: readonly string[];
  readonly value: JsonValue;
}

function wrongValue(issue: z.core.$ZodIssue, { keys, value }: WrongValue, source: SettingsSource): PromptgridError {
  const label = keys.join('.');
  const spec = specOf(keys);
  if (spec !== undefined) return failure(source, keys, badValue(spec, { label, joint: ': ' }, value));
  const example = EXAMPLES.get(keys[0] ?? '');
  const hint = example === undefined ? issue.message : `write it like ${example}`;
  return failure(source, keys, { what: `${label} cannot be ${valueJson(value)}`, hint });
}

/** How keys are written that have sections or entries. */
const EXAMPLES: ReadonlyMap<string, string> = new Map([
  ['providers', 'providers: {local1: {kind: custom, baseUrl: http://127.0.0.1:8001/v1}}'],
  ['limits', 'limits: {gpt-4o: {rpm: 60}}'],
  ['exclude', 'exclude: [{model: gpt-4o, temperature: 0}]'],
  ['include', 'include: [{model: gpt-4o, temperature: 0}]'],
]);

/** The option at a key path; undefined for what has no such description. */
export function specOf([name = '', ...deeper]: readonly string[]): ValueSpec | undefined {
  const [, key = ''] = deeper;
  if (name === 'providers') return new Map<string, ValueSpec>(Object.entries(SECTIONS.providers)).get(key);
  if (name === 'limits') return new Map<string, ValueSpec>(Object.entries(SECTIONS.limits)).get(key);
  if (name === 'exclude' || name === 'include') {
    return new Map<string, ValueSpec>(Object.entries(RULE_KEYS)).get(key);
  }
  return name === 'dataset' ? DATASET : optionSpec(name);
}

function valueAt(values: JsonObject, keys: readonly string[]): JsonValue {
  return keys.reduce<JsonValue>((value, key) => memberOf(value, key), values);
}

function memberOf(value: JsonValue, key: string): JsonValue {
  if (isJsonArray(value)) return value[Number(key)] ?? null;
  return isJsonObject(value) ? (value[key] ?? null) : null;
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
  const schema: unknown = z.toJSONSchema(
    settingsSchema({ isFile: true, items: { scorer: everyScorer(), model: MODEL_SHAPE } }),
    { io: 'input' },
  );
  if (!isJsonObject(schema)) throw new TypeError('the schema of the settings is not an object');
  return { ...schema, title: 'promptgrid.yaml' };
}
