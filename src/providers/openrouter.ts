import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, textsOf } from '../core/json.ts';
import type { Picounits } from '../core/money.ts';
import { dearest, type TokenRates } from '../core/price.ts';
import type { Cost } from '../core/usage.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { type ListedPrice, unusable } from './listed-price.ts';
import { readAmount, readCapacity, readCount, readLine } from './read.ts';

const CURRENCY = 'USD';

/** OpenRouter: model ids like `vendor/model`, the cost in dollars as `usage.cost`. */
export const openrouter: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'openrouter',
  title: 'OpenRouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  keyVariable: 'OPENROUTER_API_KEY',
  currency: CURRENCY,
  modelIdsHaveSlashes: true,
  readCost,
  readModel: (entry, date) => ({
    title: readLine(entry['name']),
    maxCapacity: readCapacity(entry['context_length']),
    ...readPrice(entry['pricing'], date),
    takes: isJsonArray(entry['supported_parameters']) ? textsOf(entry['supported_parameters']) : undefined,
  }),
};

/**
 * `cost` is what OpenRouter charges. For a call with the account's own key at the upstream provider, that is only a
 * fee, and the upstream bills `cost_details.upstream_inference_cost` separately. Calls without such a key have that
 * figure too, equal to `cost`. Answers from before `is_byok` do not say which of the two they are, so there a differing
 * figure decides.
 */
function readCost(usage: JsonObject): Cost | null {
  const charged = readAmount(usage['cost']);
  if (charged === null) return null;
  const details = isJsonObject(usage['cost_details']) ? usage['cost_details'] : {};
  const { is_byok: reported } = usage;
  const upstream = readAmount(details['upstream_inference_cost']);
  const isOwnKey = typeof reported === 'boolean' ? reported : upstream !== null && upstream !== charged;
  // The fee alone is not the full cost of such a call.
  if (isOwnKey && upstream === null) return null;
  const total = isOwnKey ? charged + (upstream ?? 0n) : charged;
  const prompt = readAmount(details['upstream_inference_prompt_cost']);
  const completion = readAmount(details['upstream_inference_completions_cost']);
  const isWhole = prompt !== null && completion !== null && prompt + completion === total;
  const parts = isWhole ? { prompt, completion } : { prompt: null, completion: null };
  return { ...parts, total, currency: CURRENCY, source: 'provider' };
}

function readPrice(pricing: JsonValue | undefined, date: string): ListedPrice {
  if (!isJsonObject(pricing)) return { price: null };
  const overrides = readOverrides(pricing['overrides']);
  const base = ratesAt(pricing, overrides, 0);
  if (base === null) return unusable({ prompt: pricing['prompt'], completion: pricing['completion'] });
  const request = dearestOf(pricing, overrides, 'request') ?? 0n;
  const tiers = tierStarts(overrides).flatMap((fromPromptTokens) => {
    const rates = ratesAt(pricing, overrides, fromPromptTokens);
    return rates === null ? [] : [{ fromPromptTokens, ...rates }];
  });
  const isByHour = overrides.some(({ isTimed }) => isTimed) ? ', at its dearest hour' : '';
  return {
    price: {
      ...base,
      ...(request === 0n ? {} : { request }),
      ...(tiers.length === 0 ? {} : { tiers }),
      currency: CURRENCY,
      source: `openrouter /v1/models${isByHour}`,
      date,
    },
  };
}

/** Rates that replace the usual ones for some requests. */
interface Override {
  /** Shortest prompt to which it applies, in tokens. */
  readonly fromPromptTokens: number;
  /** True if it applies only at some hours, or does not say when. */
  readonly isTimed: boolean;
  readonly rates: JsonObject;
}

/** In order of length: of those that apply to a request, the last counts. */
function readOverrides(value: JsonValue | undefined): readonly Override[] {
  if (!isJsonArray(value)) return [];
  const overrides = value.filter(isJsonObject).map((rates) => {
    const fromPromptTokens = readCount(rates['min_prompt_tokens']);
    const isTimed = fromPromptTokens === null || isTold(rates['utc_start']) || isTold(rates['utc_end']);
    return { fromPromptTokens: fromPromptTokens ?? 0, isTimed, rates };
  });
  return overrides.toSorted((a, b) => a.fromPromptTokens - b.fromPromptTokens);
}

/** Prompt lengths from which other rates apply, in tokens. */
function tierStarts(overrides: readonly Override[]): readonly number[] {
  return [...new Set(overrides.map(({ fromPromptTokens }) => fromPromptTokens))].filter((start) => start > 0);
}

/**
 * The rates of a request with this many prompt tokens, each at its most expensive hour; null if either of the two main
 * ones is missing.
 */
function ratesAt(pricing: JsonObject, overrides: readonly Override[], promptTokens: number): TokenRates | null {
  const valid = overrides.filter(({ fromPromptTokens }) => promptTokens >= fromPromptTokens);
  const promptToken = dearestOf(pricing, valid, 'prompt');
  const completionToken = dearestOf(pricing, valid, 'completion');
  const cachedPromptToken = dearestOf(pricing, valid, 'input_cache_read');
  const cacheWriteToken = dearestOf(pricing, valid, 'input_cache_write');
  const longCacheWriteToken = dearestOf(pricing, valid, 'input_cache_write_1h');
  if (promptToken === null || completionToken === null) return null;
  const reasoningToken = dearestOf(pricing, valid, 'internal_reasoning') ?? 0n;
  return {
    promptToken,
    // Reasoning is part of the completion: if it is more expensive, a cheaper rate does not bound the cost of an
    // answer.
    completionToken: dearest([completionToken, reasoningToken]),
    ...(cachedPromptToken === null ? {} : { cachedPromptToken }),
    ...(cacheWriteToken === null ? {} : { cacheWriteToken }),
    ...(longCacheWriteToken === null ? {} : { longCacheWriteToken }),
  };
}

/**
 * A call's hour is not known beforehand: the highest of the usual rate and those of some hours; null if there is none.
 */
function dearestOf(pricing: JsonObject, overrides: readonly Override[], key: string): Picounits | null {
  const usual = overrides.findLast(({ isTimed, rates }) => !isTimed && isTold(rates[key]))?.rates[key] ?? pricing[key];
  const timed = overrides.filter(({ isTimed, rates }) => isTimed && isTold(rates[key])).map(({ rates }) => rates[key]);
  const found = [usual, ...timed].filter(isTold).map(readAmount);
  const amounts = found.filter((amount) => amount !== null);
  return found.length === 0 || amounts.length < found.length ? null : dearest(amounts);
}

function isTold(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null;
}
