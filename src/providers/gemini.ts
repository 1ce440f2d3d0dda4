import type { JsonObject } from '../core/json.ts';
import { GEMINI_BATCHES } from './batches/gemini.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { readCapacity, readLine } from './read.ts';
import { GEMINI_WIRE } from './wires/gemini.ts';

/** Google's Gemini API. Its answers report tokens but no cost. */
export const gemini: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'gemini',
  title: "Google's Gemini API (generateContent)",
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  keyVariable: 'GEMINI_API_KEY',
  auth: 'x-goog-api-key',
  wire: GEMINI_WIRE,
  currency: 'USD',
  priceTableId: 'google',
  batches: GEMINI_BATCHES,
  modelIdsHaveSlashes: false,
  readModelId: (entry) => readLine(entry['name'])?.replace(/^models\//, '') ?? null,
  readModel: (entry) => ({
    title: readLine(entry['displayName']),
    maxCapacity: capacityOf(entry),
    maxCompletion: readCapacity(entry['outputTokenLimit']),
    price: null,
  }),
};

/** Prompt and answer have limits of their own. */
function capacityOf({ inputTokenLimit, outputTokenLimit }: JsonObject): number | null {
  const input = readCapacity(inputTokenLimit);
  const output = readCapacity(outputTokenLimit);
  return input === null || output === null ? input : input + output;
}
