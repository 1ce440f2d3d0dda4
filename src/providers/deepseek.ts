import { chatWire, OLDER_BOUND, renamed } from './chat-dialect.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';

/**
 * DeepSeek's own API. A thinking model ignores the temperature. Prompt tokens from its cache are counted as
 * `prompt_cache_hit_tokens`.
 */
export const deepseek: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'deepseek',
  title: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com/v1',
  keyVariable: 'DEEPSEEK_API_KEY',
  currency: 'USD',
  modelIdsHaveSlashes: false,
  wire: chatWire(
    { params: (params) => renamed(params, OLDER_BOUND) },
    { lacks: { seed: 'leave it out: DeepSeek has no seed', top_k: 'use top_p' } },
  ),
};
