import { isJsonObject } from '../core/json.ts';
import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { readCapacity } from './read.ts';

/**
 * llama.cpp's server on this machine. With one model loaded it answers for any model id; the id in its list is the path
 * of the file, unless it was started with `--alias`.
 */
export const llamacpp: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'llamacpp',
  title: "llama.cpp's server on this machine",
  baseUrl: 'http://127.0.0.1:8080/v1',
  keyVariable: 'LLAMA_API_KEY',
  needsKey: false,
  currency: null,
  modelIdsHaveSlashes: true,
  readModel: ({ meta }) => ({
    title: null,
    // `n_ctx_train` is what the model was trained with, which may be more than the server has room for.
    maxCapacity: isJsonObject(meta) ? readCapacity(meta['n_ctx']) : null,
    price: null,
  }),
  findListed: (models, model) => models.find(({ id }) => id === model) ?? (models.length === 1 ? models[0] : undefined),
};
