import { MISTRAL_BATCHES } from './batches/mistral.ts';
import { chatWire, OLDER_BOUND, renamed } from './chat-dialect.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { readCapacity, readLine } from './read.ts';

/** Mistral's own API, whose seed is `random_seed`. Thoughts arrive as parts of the content. */
export const mistral: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'mistral',
  title: 'Mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  keyVariable: 'MISTRAL_API_KEY',
  currency: 'USD',
  batches: MISTRAL_BATCHES,
  modelIdsHaveSlashes: false,
  wire: chatWire(
    { params: (params) => renamed(params, { ...OLDER_BOUND, seed: 'random_seed' }), streaming: { stream: true } },
    {
      lacks: {
        logprobs: 'leave it out: Mistral returns none',
        top_logprobs: 'leave it out: Mistral returns none',
        logit_bias: 'leave it out: Mistral has none',
      },
    },
  ),
  readModel: (entry) => ({
    title: readLine(entry['name']),
    maxCapacity: readCapacity(entry['max_context_length']),
    price: null,
  }),
};
