import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { CHAT_WIRE } from './wire.ts';

/**
 * Azure's OpenAI. A model is a deployment, whose name its owner chose: it says nothing of the model and its price, and
 * no list has it.
 */
export const azure: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'azure',
  title: 'Azure OpenAI; models are deployments, needs --base-url',
  baseUrl: null,
  addressExample: 'https://<resource>.openai.azure.com/openai/v1',
  keyVariable: 'AZURE_OPENAI_API_KEY',
  auth: 'api-key',
  currency: null,
  priceTableId: null,
  limitsCompletion: true,
  modelIdsHaveSlashes: false,
  wire: {
    ...CHAT_WIRE,
    path: (deployment, _isStreaming, basePath) => pathOf(deployment, basePath, '/chat/completions'),
    embeddingsPath: (deployment, basePath) => pathOf(deployment, basePath, '/embeddings'),
    modelsPath: null,
  },
};

/**
 * The older API has the deployment in its path, and is told by a base address that ends in `/openai`. The address of a
 * resource alone, as its portal shows it, is that of the newer one.
 */
function pathOf(deployment: string, basePath: string, operation: string): string {
  if (basePath === '') return `/openai/v1${operation}`;
  if (!basePath.endsWith('/openai')) return operation;
  return `/deployments/${encodeURIComponent(deployment)}${operation}`;
}
