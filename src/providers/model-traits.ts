import type { JsonObject } from '../core/json.ts';

/**
 * How a model takes the settings that not all models take. Sources, read in November 2026: the capability tables of
 * @ai-sdk/openai 4.0.118, @ai-sdk/anthropic 4.0.105 and @ai-sdk/deepseek 3.0.56, and OpenAI's API reference
 * (openai 7.59.0).
 */
export interface ModelTraits {
  /** `refused`: a request with a temperature fails. `ignored`: it has no effect, and nothing says so. */
  readonly temperature: 'taken' | 'refused' | 'ignored';
  /** True if OpenAI's own API takes the limit of an answer as `max_completion_tokens` only. */
  readonly limitsCompletion: boolean;
  /** Values of `reasoning_effort`; empty if the model does not reason; null if they are not known. */
  readonly efforts: readonly string[] | null;
}

/** A family of models: those whose id, without its vendor, matches. The first that matches counts. */
interface Family {
  readonly ids: RegExp;
  readonly traits: (params: JsonObject) => ModelTraits;
}

const O_EFFORTS = ['low', 'medium', 'high'];
const GPT_5_EFFORTS = ['minimal', ...O_EFFORTS];
const GPT_5_1_EFFORTS = ['none', ...O_EFFORTS];
const GPT_5_2_EFFORTS = [...GPT_5_1_EFFORTS, 'xhigh'];
const GPT_5_6_EFFORTS = [...GPT_5_2_EFFORTS, 'max'];
const GPT_6_EFFORTS = [...O_EFFORTS, 'xhigh', 'max'];

/** `gpt-5.4`, `gpt-5.4-mini` and `gpt-5.4-2026-03-01`. */
const ENDING = String.raw`(?:-[\w.-]+)?$`;

function family(ids: string, traits: ModelTraits | Family['traits']): Family {
  return { ids: new RegExp(`^(?:${ids})${ENDING}`), traits: typeof traits === 'function' ? traits : () => traits };
}

function reasoning(efforts: readonly string[] | null): ModelTraits {
  return { temperature: 'refused', limitsCompletion: true, efforts };
}

/** Takes a temperature while it does not reason, which is what it does unless it is asked to. */
function reasoningOnRequest(efforts: readonly string[]): Family['traits'] {
  return ({ reasoning_effort: effort = 'none' }) => ({
    temperature: effort === 'none' ? 'taken' : 'refused',
    limitsCompletion: true,
    efforts,
  });
}

const PLAIN: ModelTraits = { temperature: 'taken', limitsCompletion: false, efforts: [] };
const NO_SAMPLING: ModelTraits = { temperature: 'refused', limitsCompletion: false, efforts: null };

const FAMILIES: readonly Family[] = [
  family(String.raw`gpt-4o(?:-mini)?-search-preview`, { ...PLAIN, temperature: 'refused' }),
  family(String.raw`(?:gpt-4o|gpt-4\.1|gpt-4|gpt-3\.5|chatgpt-4o)`, PLAIN),
  family(String.raw`gpt-6(?:\.1)?-(?:luna|sol|terra)`, { temperature: 'taken', limitsCompletion: true, efforts: null }),
  family(String.raw`gpt-6(?:\.\d+)?`, reasoning(GPT_6_EFFORTS)),
  family(String.raw`gpt-5\.6`, reasoningOnRequest(GPT_5_6_EFFORTS)),
  family(String.raw`gpt-5\.[2-5]`, reasoningOnRequest(GPT_5_2_EFFORTS)),
  family(String.raw`gpt-5\.1`, reasoningOnRequest(GPT_5_1_EFFORTS)),
  family('gpt-5', reasoning(GPT_5_EFFORTS)),
  family(String.raw`o[134]`, reasoning(O_EFFORTS)),
  family(String.raw`claude-(?:opus-4-[78]|opus-5|sonnet-5|haiku-5-5|fable-5)`, NO_SAMPLING),
  family('deepseek-reasoner', { temperature: 'ignored', limitsCompletion: false, efforts: null }),
  family(String.raw`deepseek-v4`, ({ thinking }) => ({
    temperature: isOff(thinking) ? 'taken' : 'ignored',
    limitsCompletion: false,
    efforts: null,
  })),
];

function isOff(thinking: JsonObject[string] | undefined): boolean {
  return JSON.stringify(thinking ?? null).includes('"disabled"');
}

const UNKNOWN: ModelTraits = { temperature: 'taken', limitsCompletion: false, efforts: null };

/**
 * What is known of a model by its id, whoever serves it: `o4-mini`, `openai/o4-mini` and `o4-mini-2025-04-16` are one
 * model. Of any other id nothing is known.
 * @param params the request fields, on which it may depend
 */
export function modelTraits(model: string, params: JsonObject): ModelTraits {
  const id = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return FAMILIES.find(({ ids }) => ids.test(id))?.traits(params) ?? UNKNOWN;
}
