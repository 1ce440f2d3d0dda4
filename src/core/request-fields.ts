import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { isTokenBound, isTokenCount } from './usage.ts';

/** Request fields that each limit the tokens of an answer, including reasoning. */
const ANSWER_BOUNDS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'] as const;

/** Limits reasoning only, which the fields above then do not limit (Qwen and compatible servers); −1 means no limit. */
const THINKING_BOUND = 'thinking_budget';

/** Other names of such limits, and those within other fields, folded: which of them a server obeys is unknown. */
const BOUND_NAMES: ReadonlySet<string> = new Set([
  'maxtokens',
  'maxcompletiontokens',
  'maxoutputtokens',
  'maxnewtokens',
  'maxtokenstosample',
  'numpredict',
  'npredict',
]);

/** Request fields that request several answers at once, of which one is read and all are paid; folded. */
const MULTIPLIERS: ReadonlySet<string> = new Set([
  'n',
  'bestof',
  'candidatecount',
  'numcompletions',
  'numgenerations',
  'numreturnsequences',
  'numresults',
  'numoutputs',
  'numsamples',
]);

/** Request fields that contain the user's own names: of schemas, tools, labels. */
const FREE_FORM: ReadonlySet<string> = new Set([
  'tools',
  'functions',
  'response_format',
  'metadata',
  'logit_bias',
  'chat_template_kwargs',
  'guided_json',
  'structured_outputs',
  'json_schema',
  'schema',
]);

/** Some APIs and proxies accept fields within another one: `generationConfig.candidateCount`, `extra_body.n`. */
function* fieldsWithin(fields: JsonObject): Generator<readonly [name: string, value: JsonValue]> {
  for (const [name, value] of Object.entries(fields)) {
    yield [name, value];
    if (isJsonObject(value) && !FREE_FORM.has(name)) yield* fieldsWithin(value);
  }
}

/** Treats `max_output_tokens` and `maxOutputTokens` alike. */
function folded(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

/** What is wrong with a request field that limits or multiplies the cost of a call; null if nothing is. */
export function fieldFault(name: string, value: JsonValue): string | null {
  if (value === null) return null;
  if (ANSWER_BOUNDS.some((bound) => bound === name)) {
    return isTokenBound(value) ? null : 'it must be a whole number from 1 to 1,000,000,000';
  }
  if (name === THINKING_BOUND) {
    return value === -1 || isTokenCount(value) ? null : 'it must be a whole number from 0 to 1,000,000,000, or -1';
  }
  const asking = multiplierOf(name, value);
  if (asking === null) return null;
  return `${asking === name ? 'it' : asking} must be 1: of more answers one is read, and all are paid`;
}

/** The field, itself or nested, that requests several answers at once; null if none does. */
export function multiplierOf(name: string, value: JsonValue): string | null {
  for (const [inner, count] of fieldsWithin({ [name]: value })) {
    if (MULTIPLIERS.has(folded(inner)) && count !== 1 && count !== null) return inner;
  }
  return null;
}

/**
 * Maximum tokens of an answer to a request, including reasoning: the largest limit if several fields set one, because
 * which of them a server obeys is unknown. null if none of the usual ones sets a limit, or another lifts it.
 */
export function answerBound(params: JsonObject): number | null {
  if (!ANSWER_BOUNDS.some((name) => isTokenBound(params[name]))) return null;
  let [most, mostThinking] = [0, 0];
  for (const [name, value] of fieldsWithin(params)) {
    if (value === null) continue;
    if (name === THINKING_BOUND) {
      if (!isTokenCount(value)) return null;
      mostThinking = Math.max(mostThinking, value);
    } else if (BOUND_NAMES.has(folded(name))) {
      if (!isTokenCount(value)) return null;
      most = Math.max(most, value);
    }
  }
  return most + mostThinking;
}

/** True if a request asks for an answer in JSON. */
export function asksForJson({ response_format: format }: JsonObject): boolean {
  return isJsonObject(format) && (format['type'] === 'json_schema' || format['type'] === 'json_object');
}

/** Request fields that cause extra charges, with their effect. */
const CHARGING_FIELDS: Readonly<Record<string, string>> = {
  web_search_options: 'adds texts of a search to the prompt, and fees',
  web_search: 'adds texts of a search to the prompt, and fees',
  enable_search: 'adds texts of a search to the prompt, and fees',
  search_parameters: 'adds texts of a search to the prompt, and fees',
  plugins: 'adds texts to the prompt, and fees',
  models: 'lets other models answer, at prices of their own',
  fallbacks: 'lets other models answer, at prices of their own',
  audio: 'asks for audio, which has a price of its own',
  prediction: 'is billed as a part of the answer that no field bounds',
};

/** Why a call may cost more than its messages and an answer within its limit, in words; null if it may not. */
export function chargeBeyondText(params: JsonObject): string | null {
  for (const [name, value] of fieldsWithin(params)) {
    const what = Object.hasOwn(CHARGING_FIELDS, name) ? CHARGING_FIELDS[name] : undefined;
    const isEmpty = value === null || value === false || (isJsonArray(value) && value.length === 0);
    if (what !== undefined && !isEmpty) return `the request field ${name} ${what}`;
  }
  const { modalities, tools } = params;
  if (isJsonArray(modalities) && modalities.some((modality) => modality !== 'text')) {
    return 'the request field modalities asks for more than text, which has a price of its own';
  }
  const tool = isJsonArray(tools) ? tools.find(runsAtServer) : undefined;
  return tool === undefined
    ? null
    : 'one of the tools runs at the provider, which adds its results to the prompt, and fees';
}

/** Gemini's tools have no type: each is an object with the tool's name as its key (`google_search`). */
function runsAtServer(tool: JsonValue): boolean {
  if (!isJsonObject(tool)) return false;
  const { type, functionDeclarations, name } = tool;
  if (type !== undefined && type !== null) return type !== 'function' && type !== 'custom';
  return name === undefined && functionDeclarations === undefined && Object.values(tool).some(isJsonObject);
}

/** Service tiers billed at a model's usual price, as OpenAI, Anthropic and Groq name them. */
const USUAL_TIERS: ReadonlySet<string> = new Set([
  'auto',
  'default',
  'standard',
  'standard_only',
  'on_demand',
  'unspecified',
]);

/** The requested service tier; undefined if the provider chooses it. */
export function askedTier(params: JsonObject): string | undefined {
  const { serviceTier, service_tier: tier = serviceTier, speed, inference_geo: geo, extra_body: inner } = params;
  // LiteLLM accepts fields from there.
  if (isJsonObject(inner) && tier === undefined && speed === undefined) return askedTier(inner);
  if (typeof speed === 'string' && speed !== 'standard') return speed;
  const place = placeTier(geo);
  if (place !== undefined) return place;
  if (tier === undefined || tier === null) return undefined;
  return typeof tier === 'string' ? tier : JSON.stringify(tier);
}

/** Places of inference at the usual price. */
const USUAL_PLACES: ReadonlySet<string> = new Set(['global', 'not_available']);

/**
 * The tier of Anthropic's `inference_geo`: a call that stays in one country costs more (platform.claude.com,
 * "Data residency"). undefined for the usual price.
 */
export function placeTier(geo: JsonValue | undefined): string | undefined {
  return typeof geo !== 'string' || USUAL_PLACES.has(geo) ? undefined : `inference_geo_${geo}`;
}

/** True if a call at this tier has the model's usual price; undefined is the provider's own choice. */
export function isUsualTier(tier: string | undefined): boolean {
  return tier === undefined || USUAL_TIERS.has(tier);
}

/** True if two tiers have one price, as far as their names say. */
export function isSameTier(one: string | undefined, other: string | undefined): boolean {
  return isUsualTier(one) ? isUsualTier(other) : one?.toLowerCase() === other?.toLowerCase();
}
