import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { isTokenBound, isTokenCount } from './usage.ts';

/** Request fields that each bound the tokens of an answer, reasoning included. */
const ANSWER_BOUNDS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'] as const;

/** Bounds reasoning alone, which the fields above then do not bound (Qwen and servers like it); −1 is no bound. */
const THINKING_BOUND = 'thinking_budget';

/** Other names of such bounds, and those within other fields, folded: which of them a server obeys is not known. */
const BOUND_NAMES: ReadonlySet<string> = new Set([
  'maxtokens',
  'maxcompletiontokens',
  'maxoutputtokens',
  'maxnewtokens',
  'maxtokenstosample',
  'numpredict',
  'npredict',
]);

/** Request fields that ask for several answers at once, of which one is read and all are paid; folded. */
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

/** Request fields that hold names of the user's own: of schemas, tools, labels. */
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

/** Some APIs and proxies take fields within another one: `generationConfig.candidateCount`, `extra_body.n`. */
function* fieldsWithin(fields: JsonObject): Generator<readonly [name: string, value: JsonValue]> {
  for (const [name, value] of Object.entries(fields)) {
    yield [name, value];
    if (isJsonObject(value) && !FREE_FORM.has(name)) yield* fieldsWithin(value);
  }
}

/** `max_output_tokens` and `maxOutputTokens` alike. */
function folded(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

/** What is wrong with a request field that bounds or multiplies what a call can cost; null where nothing is. */
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

/** The field, the one given or one within it, that asks for several answers at once; null where none does. */
export function multiplierOf(name: string, value: JsonValue): string | null {
  for (const [inner, count] of fieldsWithin({ [name]: value })) {
    if (MULTIPLIERS.has(folded(inner)) && count !== 1 && count !== null) return inner;
  }
  return null;
}

/**
 * The most tokens that a request lets an answer have, reasoning included: the largest one where several fields bound it,
 * since which of them a server obeys is not known. null where none of the usual ones bounds it, or another lifts it.
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

/** Request fields that bring charges of their own, with what they do. */
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

/** Why a call may cost more than its messages and an answer within its bound do, in words; null where it may not. */
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

function runsAtServer(tool: JsonValue): boolean {
  return isJsonObject(tool) && tool['type'] !== undefined && tool['type'] !== 'function';
}

/** Tiers of service that are billed at a model's usual price, as OpenAI, Anthropic and Groq name them. */
const USUAL_TIERS: ReadonlySet<string> = new Set(['auto', 'default', 'standard', 'standard_only', 'on_demand']);

/** The service tier that a request asks for; undefined where it leaves that to the provider. */
export function askedTier({ service_tier: tier, speed, extra_body: inner }: JsonObject): string | undefined {
  // LiteLLM takes fields from there.
  if (isJsonObject(inner) && tier === undefined && speed === undefined) return askedTier(inner);
  if (typeof speed === 'string' && speed !== 'standard') return speed;
  if (tier === undefined || tier === null) return undefined;
  return typeof tier === 'string' ? tier : JSON.stringify(tier);
}

/** True where a call at this tier has the model's usual price; undefined is the provider's own choice. */
export function isUsualTier(tier: string | undefined): boolean {
  return tier === undefined || USUAL_TIERS.has(tier);
}
