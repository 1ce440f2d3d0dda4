import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, objectOf } from '../../core/json.ts';
import type { ImportNotes } from './notes.ts';
import { isFileReference, parseYaml, readText, referencedPath } from './source.ts';

/** What the config of a provider says. */
export interface ProviderSettings {
  /** null if the config has none. */
  readonly temperature: number | null;
  readonly maxTokens: number | null;
  /** Other request fields, in the API's names. */
  readonly params: JsonObject;
  /** Of its section in promptgrid.yaml: address, variable of the key, headers. */
  readonly section: JsonObject;
  /** Rates of 1,000,000 tokens; null if the config has none. */
  readonly price: string | null;
}

/** Where a config is, and what it is of. */
export interface ConfigPlace {
  /** Its place in the file. */
  readonly path: string;
  /** Kind of provider. */
  readonly kind: string;
  /** The configuration's file. */
  readonly file: string;
}

const MAX_TOKENS = ['max_tokens', 'maxOutputTokens', 'max_output_tokens', 'maxTokens'];
const PARAMS = [
  'top_p',
  'top_k',
  'frequency_penalty',
  'presence_penalty',
  'seed',
  'stop',
  'stop_sequences',
  'response_format',
  'max_completion_tokens',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'verbosity',
  'text',
  'instructions',
  'system',
  'systemInstruction',
  'generationConfig',
  'safetySettings',
  'tools',
  'tool_choice',
  'toolConfig',
  'parallel_tool_calls',
  'functions',
  'function_call',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'service_tier',
  'store',
  'metadata',
  'user',
];
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['topP', 'top_p'],
  ['topK', 'top_k'],
  ['stopSequences', 'stop'],
]);
/** Fields of objects that go into the request as they are. */
const SPREAD = ['passthrough', 'extra_body', 'extraBody'];
const SECTION_KEYS = ['apiBaseUrl', 'apiHost', 'apiVersion', 'apiKeyEnvar', 'apiKey', 'headers', 'organization'];
const PRICE_KEYS = ['cost', 'inputCost', 'outputCost'];
/** Which change no answer of the API. */
const IGNORED = ['isReasoningModel', 'showThinking', 'region', 'projectId', 'omitDefaults', 'stream'];

/** Reads the config of a provider; what promptgrid has nothing for is noted. */
export async function readProviderConfig(
  given: JsonObject,
  place: ConfigPlace,
  notes: ImportNotes,
): Promise<ProviderSettings> {
  const config = flattened(given);
  const known = [...MAX_TOKENS, ...PARAMS, ...RENAMED.keys(), ...SPREAD, ...SECTION_KEYS, ...PRICE_KEYS, ...IGNORED];
  notes.addUnknownKeys(config, `${place.path}.config`, [...known, 'temperature']);
  const params: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(config)) {
    if (SPREAD.includes(key)) Object.assign(params, objectOf(value));
    const name = RENAMED.get(key) ?? (PARAMS.includes(key) ? key : null);
    const read = name === null || value === null ? null : await inlined(value, place.file);
    if (name !== null && value !== null && read === null) {
      notes.add(`${place.path}.config.${key}`, `"${key}" of a file that cannot be read or is code`);
    } else if (name !== null && read !== null) params[name] = shaped(name, read);
  }
  const bound = MAX_TOKENS.map((key) => config[key]).find((value) => typeof value === 'number');
  const { temperature } = config;
  return {
    temperature: typeof temperature === 'number' ? temperature : null,
    maxTokens: typeof bound === 'number' ? bound : null,
    params,
    section: sectionOf(config, place, notes),
    price: priceOf(config),
  };
}

/** Temperature and length of `generationConfig` are promptgrid's own settings. */
function flattened(config: JsonObject): JsonObject {
  const { generationConfig, ...others } = config;
  if (!isJsonObject(generationConfig)) return config;
  const { temperature, maxOutputTokens, ...rest } = generationConfig;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...others,
    ...(Object.keys(rest).length === 0 ? {} : { generationConfig: rest }),
  };
}

/** The value, or that of the file that it names, also within lists; null if that cannot be read. */
async function inlined(value: JsonValue, file: string): Promise<JsonValue | null> {
  if (isJsonArray(value)) {
    const items = await Promise.all(value.map((item) => inlined(item, file)));
    return items.includes(null) ? null : items.flat();
  }
  if (!isFileReference(value)) return value;
  const path = referencedPath(value, file);
  const text = path === null || !/\.(?:json|ya?ml)$/.test(path) ? null : await readText(path);
  return path === null || text === null ? null : parseYaml(text, path);
}

/** Gemini's API takes an instruction as content, promptfoo also as a text. */
function shaped(name: string, value: JsonValue): JsonValue {
  return name === 'systemInstruction' && typeof value === 'string' ? { parts: [{ text: value }] } : value;
}

const ORGANIZATION = 'OpenAI-Organization';
const ENV = /\{\{-?\s*env\.(\w+)\s*-?\}\}/g;

/** A text with `{{env.NAME}}` as promptgrid writes it. */
export function withVariables(text: string): string {
  return text.replace(ENV, (_, name: string) => `\${${name}}`);
}

/** The variable of a text that is nothing but one. */
function variableOf(text: JsonValue | undefined): string | null {
  return typeof text === 'string' ? (/^\$\{(\w+)\}$/.exec(withVariables(text.trim()))?.[1] ?? null) : null;
}

function sectionOf(config: JsonObject, { path, kind }: ConfigPlace, notes: ImportNotes): JsonObject {
  const { apiKey, apiKeyEnvar, organization } = config;
  const keyVariable = variableOf(apiKey) ?? (typeof apiKeyEnvar === 'string' ? apiKeyEnvar : null);
  if (typeof apiKey === 'string' && variableOf(apiKey) === null) {
    notes.change(`${path}.config.apiKey`, 'a key in the file is not copied: put it into the variable of its provider');
  }
  const baseUrl = addressOf(config, kind);
  const headers: Record<string, string> = {};
  const own = {
    ...objectOf(config['headers']),
    ...(organization === undefined ? {} : { [ORGANIZATION]: organization }),
  };
  for (const [name, value] of Object.entries(own)) if (typeof value === 'string') headers[name] = withVariables(value);
  return {
    ...(baseUrl === null ? {} : { baseUrl }),
    ...(keyVariable === null ? {} : { apiKeyEnv: keyVariable }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
}

const PATHS: ReadonlyMap<string, string> = new Map([
  ['azure', '/openai/v1'],
  ['gemini', '/v1beta'],
]);

function addressOf({ apiBaseUrl, apiHost, apiVersion }: JsonObject, kind: string): string | null {
  if (typeof apiBaseUrl === 'string' && apiBaseUrl !== '') {
    // Ollama's own API has no /v1, which promptgrid uses.
    const address = withVariables(apiBaseUrl).replace(/\/$/, '');
    return kind === 'ollama' && !address.endsWith('/v1') ? `${address}/v1` : address;
  }
  if (typeof apiHost !== 'string' || apiHost === '') return null;
  const host = withVariables(apiHost).replace(/\/$/, '');
  const origin = /^https?:\/\//.test(host) ? host : `https://${host}`;
  // A version is a date, and belongs to the older addresses, which have the deployment in their path.
  const isOlder = kind === 'azure' && typeof apiVersion === 'string' && /^\d{4}-/.test(apiVersion);
  return isOlder ? `${origin}/openai?api-version=${apiVersion}` : `${origin}${PATHS.get(kind) ?? '/v1'}`;
}

/** promptfoo has prices of a token. */
function priceOf({ cost, inputCost, outputCost }: JsonObject): string | null {
  const rates = [inputCost ?? cost, outputCost ?? cost].filter((rate) => typeof rate === 'number');
  return rates.length < 2 ? null : rates.map((rate) => String(Number((rate * 1e6).toPrecision(12)))).join(',');
}
