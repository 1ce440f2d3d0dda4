import type { JsonObject } from '../core/json.ts';
import { isJsonObject } from '../core/json.ts';
import type { Price } from '../core/money.ts';
import type { Cost } from '../core/usage.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { readAmount, readNumber, readText } from './read.ts';

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
    title: readText(entry['name']),
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
  const promptToken = readAmount(pricing['prompt']);
  const completionToken = readAmount(pricing['completion']);
  if (promptToken === null || completionToken === null) return null;
  return { promptToken, completionToken, currency: CURRENCY, source: 'openrouter /v1/models', date };
}
