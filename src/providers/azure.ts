import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { CHAT_WIRE, type Wire } from './wire.ts';

const OF_DEPLOYMENT = '/chat/completions';

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
  wire: { ...CHAT_WIRE, path: pathOf, modelsPath: null },
};

/**
 * The older API has the deployment in its path, and is told by a base address that ends in `/openai`. The address of a
 * resource alone, as its portal shows it, is that of the newer one.
 */
function pathOf(...[deployment, , basePath]: Parameters<Wire['path']>): string {
  if (basePath === '') return `/openai/v1${OF_DEPLOYMENT}`;
  if (!basePath.endsWith('/openai')) return OF_DEPLOYMENT;
  return `/deployments/${encodeURIComponent(deployment)}${OF_DEPLOYMENT}`;
}
