import type { JsonObject } from '../core/json.ts';
import type { Cost } from '../core/usage.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { readNumber } from './read.ts';

const CURRENCY = 'USD';
/** A dollar has 10¹⁰ ticks (docs.x.ai, "Cost Tracking"), and 10¹² picounits. */
const PICOUNITS_PER_TICK = 100n;

/** xAI's own API, which reports what it charges. Reasoning may be counted in addition to completion tokens. */
export const xai: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'xai',
  title: 'xAI',
  baseUrl: 'https://api.x.ai/v1',
  keyVariable: 'XAI_API_KEY',
  currency: CURRENCY,
  priceTableId: 'x-ai',
  modelIdsHaveSlashes: false,
  readCost,
};

function readCost({ cost_in_usd_ticks: given }: JsonObject): Cost | null {
  const ticks = readNumber(given);
  if (ticks === null || !Number.isSafeInteger(ticks) || ticks < 0) return null;
  const total = BigInt(ticks) * PICOUNITS_PER_TICK;
  return { prompt: null, completion: null, total, currency: CURRENCY, source: 'provider' };
}
