import { canonicalJson, isJsonObject, type JsonObject, type JsonValue, objectOf } from '../../core/json.ts';
import { columnText } from '../../core/row.ts';
import { type ImportNotes, listItems } from './notes.ts';

/** What providers are converted to: keys of promptgrid.yaml. */
interface ImportedModels {
  /** `provider/model`, in file order. */
  readonly models: readonly string[];
  readonly settings: JsonObject;
}

interface Entry {
  readonly path: string;
  readonly provider: string;
  readonly model: string;
  readonly config: JsonObject;
}

/** Request fields of the promptfoo config by their promptgrid.yaml keys. */
const OWN_KEYS = {
  max_tokens: 'maxTokens',
  top_p: 'topP',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
} as const;
const PARAMS = ['seed', 'stop', 'response_format', 'max_completion_tokens', 'reasoning_effort'];
const ENDPOINT_KEYS = { apiBaseUrl: 'baseUrl', apiKeyEnvar: 'apiKeyEnv' } as const;
const CONFIG_KEYS = [...Object.keys(OWN_KEYS), ...PARAMS, ...Object.keys(ENDPOINT_KEYS), 'temperature'];
const ID = /^(?:(openai):(?:chat:)?|(openrouter):)([^:]+(?::[^:]+)?)$/;
const OTHER_APIS =
  /^openai:(?:completion|embedding|embeddings|responses|assistant|image|realtime|moderation|tts|transcription)\b/;

/** Reads promptfoo providers: OpenAI's chat completions and OpenRouter; others are noted. */
export function importProviders(given: JsonValue | undefined, path: string, notes: ImportNotes): ImportedModels {
  const entries = listItems(given).flatMap((item, index) => readEntry(item, `${path}[${index}]`, notes));
  const models = [...new Set(entries.map(({ provider, model }) => `${provider}/${model}`))];
  const temperature = temperatures(entries, models, notes);
  const settings = { ...temperature, ...requestFields(entries, notes), ...endpoints(entries, notes) };
  return { models, settings };
}

function readEntry(item: JsonValue, path: string, notes: ImportNotes): readonly Entry[] {
  const { id, options } = idOf(item);
  const [, openai, openrouter, model] = OTHER_APIS.test(id) ? [] : (ID.exec(id) ?? []);
  const provider = openai ?? openrouter;
  if (provider === undefined || model === undefined) {
    notes.add(path, `promptgrid has no provider for "${id}": openai:…, openai:chat:… and openrouter:… are known`);
    return [];
  }
  notes.addUnknownKeys(options, path, ['id', 'label', 'config']);
  const config = objectOf(options['config']);
  notes.addUnknownKeys(config, `${path}.config`, CONFIG_KEYS);
  return [{ path, provider, model, config }];
}

/** A provider is an id, an object with an id, or an object whose only key is the id. */
function idOf(item: JsonValue): { readonly id: string; readonly options: JsonObject } {
  if (!isJsonObject(item)) return { id: columnText(item), options: {} };
  if (typeof item['id'] === 'string') return { id: item['id'], options: item };
  const [key = '', options = {}] = Object.entries(item)[0] ?? [];
  return { id: key, options: objectOf(options) };
}

function temperatures(entries: readonly Entry[], models: readonly string[], notes: ImportNotes): JsonObject {
  const given = entries.filter(({ config }) => typeof config['temperature'] === 'number');
  const all = [...new Set(given.map(({ config }) => Number(config['temperature'])))];
  const pairs = new Set(
    given.map(({ provider, model, config }) => `${provider}/${model} ${columnText(config['temperature'])}`),
  );
  if (pairs.size !== models.length * all.length) {
    notes.add('providers', `every model runs at each of the temperatures ${all.join(', ')}`);
  }
  return all.length === 0 ? {} : { temperature: all };
}

function requestFields(entries: readonly Entry[], notes: ImportNotes): JsonObject {
  const settings: Record<string, JsonValue> = {};
  const param: Record<string, JsonValue> = {};
  for (const [field, key] of Object.entries(OWN_KEYS)) {
    const value = commonValue(entries, field, notes);
    if (value !== undefined) settings[key] = value;
  }
  for (const field of PARAMS) {
    const value = commonValue(entries, field, notes);
    if (value !== undefined) param[field] = value;
  }
  return Object.keys(param).length === 0 ? settings : { ...settings, param };
}

/** The value of a field that all entries share: a run has one value for all of its models. */
function commonValue(entries: readonly Entry[], field: string, notes: ImportNotes): JsonValue | undefined {
  const [first] = entries;
  const texts = new Set(entries.map(({ config }) => canonicalJson(config[field] ?? null)));
  if (texts.size <= 1) return first?.config[field] ?? undefined;
  const odd = entries.find(({ config }) => config[field] !== undefined);
  notes.add(`${odd?.path ?? 'providers'}.config.${field}`, 'left out: it is not the same for all models of the run');
  return undefined;
}

function endpoints(entries: readonly Entry[], notes: ImportNotes): JsonObject {
  const providers: Record<string, JsonValue> = {};
  for (const name of new Set(entries.map(({ provider }) => provider))) {
    const own = entries.filter(({ provider }) => provider === name);
    const overrides: Record<string, JsonValue> = {};
    for (const [field, key] of Object.entries(ENDPOINT_KEYS)) {
      const value = commonValue(own, field, notes);
      if (value !== undefined) overrides[key] = value;
    }
    if (Object.keys(overrides).length > 0) providers[name] = overrides;
  }
  return Object.keys(providers).length === 0 ? {} : { providers };
}
