import type { JsonObject } from '../core/json.ts';
import { pricePerThousand } from '../core/price.ts';
import type { Cost } from '../core/usage.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { type ListedPrice, unusable } from './listed-price.ts';
import { readAmount, readCapacity, readLine } from './read.ts';

const CURRENCY = 'RUB';

/** GPTunnel: the bare key in Authorization, costs in rubles in every answer's `usage`. */
export const gptunnel: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'gptunnel',
  title: 'GPTunnel, a gateway that bills in rubles',
  baseUrl: 'https://gptunnel.ru/v1',
  keyVariable: 'GPTUNNEL_API_KEY',
  auth: 'bare',
  currency: CURRENCY,
  temperature: { min: 0, max: 1 },
  documentedMaxTokens: 4096,
  modelIdsHaveSlashes: false,
  hasBalance: true,
  readCost,
  readModel: (entry, date) => ({
    title: readLine(entry['title']),
    maxCapacity: readCapacity(entry['max_capacity']),
    ...readPrice(entry, date),
  }),
};

function readCost(usage: JsonObject): Cost | null {
  const prompt = readAmount(usage['prompt_cost']);
  const completion = readAmount(usage['completion_cost']);
  const reported = readAmount(usage['total_cost']);
  const total = reported ?? (prompt !== null && completion !== null ? prompt + completion : null);
  return total === null ? null : { prompt, completion, total, currency: CURRENCY, source: 'provider' };
}

function readPrice(entry: JsonObject, date: string): ListedPrice {
  const { cost_context: promptRate, cost_completion: completionRate } = entry;
  const promptToken = readRate(promptRate);
  const completionToken = readRate(completionRate);
  if (promptToken === null || completionToken === null)
    return unusable({ cost_context: promptRate, cost_completion: completionRate });
  return { price: { promptToken, completionToken, currency: CURRENCY, source: 'gptunnel /v1/models', date } };
}

function readRate(value: unknown): bigint | null {
  return typeof value === 'string' || typeof value === 'number' ? pricePerThousand(value) : null;
}
