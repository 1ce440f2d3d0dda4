import { OPENAI_BATCHES } from './batches/openai.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';

/** OpenAI's own API. Its answers report tokens but no cost. */
export const openai: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'openai',
  title: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  keyVariable: 'OPENAI_API_KEY',
  currency: 'USD',
  limitsCompletion: true,
  batches: OPENAI_BATCHES,
  modelIdsHaveSlashes: false,
};
