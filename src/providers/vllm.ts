import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { readCapacity } from './read.ts';

/** vLLM's server on this machine. */
export const vllm: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'vllm',
  title: 'vLLM on this machine',
  baseUrl: 'http://127.0.0.1:8000/v1',
  keyVariable: 'VLLM_API_KEY',
  needsKey: false,
  currency: null,
  modelIdsHaveSlashes: true,
  readModel: (entry) => ({ title: null, maxCapacity: readCapacity(entry['max_model_len']), price: null }),
};
