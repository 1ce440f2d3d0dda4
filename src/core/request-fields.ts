import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { isTokenBound, isTokenCount } from './usage.ts';

/** Request fields that each bound the tokens of an answer, reasoning included. */
const ANSWER_BOUNDS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'] as const;

/** Bounds reasoning alone, which the fields above then do not bound (Qwen and servers like it); −1 is no bound. */
const THINKING_BOUND = 'thinking_budget';

/** Request fields that ask for several answers at once, of which one is read and all are paid. */
const MULTIPLIERS: ReadonlySet<string> = new Set(['n', 'best_of']);

/** What is wrong with a request field that bounds or multiplies what a call can cost; null where nothing is. */
export function fieldFault(name: string, value: JsonValue): string | null {
  if (value === null) return null;
  if (ANSWER_BOUNDS.some((bound) => bound === name)) {
    return isTokenBound(value) ? null : 'it must be a whole number from 1 to 1,000,000,000';
  }
  if (name === THINKING_BOUND) {
    return value === -1 || isTokenCount(value) ? null : 'it must be a whole number from 0 to 1,000,000,000, or -1';
  }
  return MULTIPLIERS.has(name) && value !== 1 ? 'it must be 1: of more answers one is read, and all are paid' : null;
}

/**
 * The most tokens that a request lets an answer have, reasoning included: the larger one where two fields bound it, since
 * which of them a server obeys is not known. null where none bounds it.
 */
export function answerBound(params: JsonObject): number | null {
  const bounds = ANSWER_BOUNDS.map((name) => params[name]).filter(isTokenBound);
  const thinking = params[THINKING_BOUND] ?? 0;
  return bounds.length === 0 || !isTokenCount(thinking) ? null : Math.max(...bounds) + thinking;
}

/** Request fields that bring charges of their own, with what they do. */
const CHARGING_FIELDS: Readonly<Record<string, string>> = {
  web_search_options: 'adds texts of a search to the prompt, and fees',
  web_search: 'adds texts of a search to the prompt, and fees',
  search_parameters: 'adds texts of a search to the prompt, and fees',
  plugins: 'adds texts to the prompt, and fees',
  models: 'lets other models answer, at prices of their own',
  fallbacks: 'lets other models answer, at prices of their own',
  audio: 'asks for audio, which has a price of its own',
  prediction: 'is billed as a part of the answer that no field bounds',
};

/** Why a call may cost more than its messages and an answer within its bound do, in words; null where it may not. */
export function chargeBeyondText(params: JsonObject): string | null {
  for (const [name, what] of Object.entries(CHARGING_FIELDS)) {
    const value = params[name];
    const isEmpty =
      value === undefined || value === null || value === false || (isJsonArray(value) && value.length === 0);
    if (!isEmpty) return `the request field ${name} ${what}`;
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
export function askedTier({ service_tier: tier, speed }: JsonObject): string | undefined {
  if (typeof speed === 'string' && speed !== 'standard') return speed;
  if (tier === undefined || tier === null) return undefined;
  return typeof tier === 'string' ? tier : JSON.stringify(tier);
}

/** True where a call at this tier has the model's usual price; undefined is the provider's own choice. */
export function isUsualTier(tier: string | undefined): boolean {
  return tier === undefined || USUAL_TIERS.has(tier);
}
