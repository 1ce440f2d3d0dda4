import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Price, PriceTier, TokenRates } from '../core/price.ts';
import type { Cost } from '../core/usage.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { readAmount, readCount, readLine, readNumber } from './read.ts';

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
    maxCapacity: readNumber(entry['context_length']),
    price: readPrice(entry['pricing'], date),
  }),
};

function readCost(usage: JsonObject): Cost | null {
  const total = readAmount(usage['cost']);
  return total === null ? null : { prompt: null, completion: null, total, currency: CURRENCY, source: 'provider' };
}

function readPrice(pricing: unknown, date: string): Price | null {
  if (!isJsonObject(pricing)) return null;
  const rates = readRates(pricing);
  if (rates === null) return null;
  const request = readAmount(pricing['request']) ?? 0n;
  const tiers = isJsonArray(pricing['overrides']) ? readTiers(pricing, pricing['overrides']) : [];
  return {
    ...rates,
    ...(request === 0n ? {} : { request }),
    ...(tiers.length === 0 ? {} : { tiers }),
    ...{ currency: CURRENCY, source: 'openrouter /v1/models', date },
  };
}

function readRates(pricing: JsonObject): TokenRates | null {
  const promptToken = readAmount(pricing['prompt']);
  const completionToken = readAmount(pricing['completion']);
  const cachedPromptToken = readAmount(pricing['input_cache_read']);
  if (promptToken === null || completionToken === null) return null;
  return { promptToken, completionToken, ...(cachedPromptToken === null ? {} : { cachedPromptToken }) };
}

/** Rates of long prompts: each entry names the shortest, and the rates that are others than those of all prompts. */
function readTiers(pricing: JsonObject, overrides: readonly JsonValue[]): readonly PriceTier[] {
  const tiers = overrides.flatMap((entry) => {
    if (!isJsonObject(entry)) return [];
    const fromPromptTokens = readCount(entry['min_prompt_tokens']);
    const rates = readRates({ ...pricing, ...entry });
    return fromPromptTokens === null || rates === null ? [] : [{ fromPromptTokens, ...rates }];
  });
  return tiers.toSorted((a, b) => a.fromPromptTokens - b.fromPromptTokens);
}
