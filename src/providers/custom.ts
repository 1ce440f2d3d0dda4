import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';

/** Any other OpenAI-compatible endpoint (vLLM, Ollama, LiteLLM, …), given by --base-url. */
export const custom: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'custom',
  title: 'any OpenAI-compatible endpoint; needs --base-url',
  baseUrl: null,
  keyVariable: 'CUSTOM_API_KEY',
  currency: null,
  modelIdsHaveSlashes: true,
};
