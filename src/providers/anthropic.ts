import { ANTHROPIC_BATCHES } from './batches/anthropic.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { readCapacity, readLine } from './read.ts';
import { ANTHROPIC_WIRE } from './wires/anthropic.ts';
import { ANTHROPIC_MAX_TOKENS } from './wires/anthropic-request.ts';

/** Anthropic's own API. Its answers report tokens but no cost. */
export const anthropic: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'anthropic',
  title: "Anthropic's Messages API",
  baseUrl: 'https://api.anthropic.com/v1',
  keyVariable: 'ANTHROPIC_API_KEY',
  auth: 'x-api-key',
  wire: ANTHROPIC_WIRE,
  batches: ANTHROPIC_BATCHES,
  // From 2026-10-21 on, every temperature is refused for every model.
  headers: { 'anthropic-version': '2023-06-01' },
  currency: 'USD',
  temperature: { min: 0, max: 1 },
  defaultMaxTokens: ANTHROPIC_MAX_TOKENS,
  modelIdsHaveSlashes: false,
  readModel: (entry) => ({
    title: readLine(entry['display_name']),
    // The context window, which answers share.
    maxCapacity: readCapacity(entry['max_input_tokens']),
    maxCompletion: readCapacity(entry['max_tokens']),
    price: null,
  }),
};
