import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';

/** A model's tag if its id names none. */
const DEFAULT_TAG = ':latest';

/**
 * Ollama on this machine. Its chat completions have no field for the context: a longer prompt is cut off by the server
 * without an error.
 */
export const ollama: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'ollama',
  title: 'Ollama on this machine',
  baseUrl: 'http://127.0.0.1:11434/v1',
  keyVariable: 'OLLAMA_API_KEY',
  needsKey: false,
  currency: null,
  modelIdsHaveSlashes: true,
  findListed: (models, model) =>
    models.find(({ id }) => id === model) ?? models.find(({ id }) => id === `${model}${DEFAULT_TAG}`),
};
