import { type JsonObject, listOf } from '../../core/json.ts';
import type { Price } from '../../core/price.ts';
import { answerBound, askedTier, chargeBeyondText, isUsualTier } from '../../core/request-fields.ts';
import type { ModelRef, VariantTask } from '../../core/variant.ts';
import { traitsOf } from '../../providers/index.ts';
import type { PromptFacts } from '../plan/message-check.ts';
import type { Lane } from './lanes.ts';

/** A kind of call: its model and its request fields. */
export interface CallKind {
  readonly model: ModelRef;
  readonly params: JsonObject;
  /** Embeddings have no answer that is billed. */
  readonly task?: VariantTask | undefined;
}

/** Bounds on the cost of a call, besides the length of its prompt. */
export interface CallBound {
  readonly price: Price;
  /** Maximum tokens of its answer. */
  readonly completionTokens: number;
}

/** Why the cost of a call is unbounded, in words, and what to do about it. */
export interface Unbounded {
  readonly why: string;
  readonly hint: string;
}

/** The bounds on a call's cost. @param prompts what is known about the messages it may have, empty for text only */
export function boundOf(
  lane: Lane,
  { model, params, task }: CallKind,
  prompts: readonly PromptFacts[] = [],
): CallBound | Unbounded {
  const charge = chargeBeyondText(params);
  if (charge !== null) return { why: charge, hint: 'leave that field out, or run without --budget' };
  const tier = askedTier(params);
  const price = lane.priceOf(model.model, tier);
  if (price === null) {
    const at = isUsualTier(tier) ? '' : ` at the service tier ${tier}`;
    return { why: `its price${at} is not known`, hint: priceHint(model, '<prompt>,<completion>') };
  }
  const beyond = prompts.find(({ beyondText }) => beyondText !== null)?.beyondText ?? null;
  if (beyond !== null) {
    const why = `${beyond.where}: the messages hold ${beyond.what}, whose tokens are not known before the call`;
    return { why, hint: 'leave such rows out, or run without --budget and try a few rows first: --limit 5' };
  }
  const writesCache = params['cache_control'] !== undefined || prompts.some((facts) => facts.writesCache);
  if (writesCache && price.cacheWriteToken === undefined) {
    const rates = '<prompt>,<completion>,<cache read>,<cache write>';
    return {
      why: 'its messages are to be written to a cache, at a price that is not known',
      hint: priceHint(model, rates),
    };
  }
  const completionTokens = task === undefined ? mostCompletionTokens(params, lane, model.model) : 0;
  if (completionTokens !== null) return { price, completionTokens };
  const isThinking = answerBound({ ...params, thinking_budget: null }) !== null;
  const hint = isThinking ? 'give a thinking_budget from 0: --param thinking_budget=4000' : 'give --max-tokens';
  return { why: 'nothing bounds the length of its answers', hint };
}

function priceHint({ model }: ModelRef, rates: string): string {
  return `give its price per 1,000,000 tokens: --price ${model}=${rates}`;
}

/** Maximum tokens of an answer: the bound in the request, else the model's own; null if neither is known. */
export function mostCompletionTokens(params: JsonObject, lane: Lane, model: string): number | null {
  const known = lane.known.find(({ id }) => id === model);
  return requestBound(params, lane) ?? known?.maxCompletion ?? known?.maxCapacity ?? null;
}

/** Maximum tokens of an answer that the request sets: the user's, or what is sent if the API requires one. */
export function requestBound(params: JsonObject, { provider }: Pick<Lane, 'provider'>): number | null {
  return answerBound(params) ?? traitsOf(provider.kind).defaultMaxTokens ?? null;
}

/**
 * Tokens that may frame definitions, in total and per definition: for short ones more than their JSON has bytes.
 * Anthropic adds its own prompt for tools, of up to 530 tokens where it publishes the figure.
 */
const FRAME_OF_DEFINITIONS = 1024;
const FRAME_OF_DEFINITION = 16;

/**
 * A bound on the prompt tokens that request fields add: byte-level tokenizers produce at most one token per byte of
 * text.
 */
export function definitionBytes({ functions, tools, response_format: format }: JsonObject): number {
  const definitions = [functions, tools].flatMap(listOf);
  const parts = [functions ?? null, tools ?? null, format ?? null];
  if (parts.every((part) => part === null)) return 0;
  return Buffer.byteLength(JSON.stringify(parts)) + FRAME_OF_DEFINITIONS + FRAME_OF_DEFINITION * definitions.length;
}
