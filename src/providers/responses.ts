import { OPENAI_SHAPE, type ProviderDefinition } from './definition.ts';
import { RESPONSES_WIRE } from './wires/responses.ts';

/** OpenAI's Responses API, for models that it offers nowhere else. Answers are not stored there, unless asked for. */
export const responses: ProviderDefinition = {
  ...OPENAI_SHAPE,
  name: 'responses',
  title: "OpenAI's Responses API",
  baseUrl: 'https://api.openai.com/v1',
  keyVariable: 'OPENAI_API_KEY',
  currency: 'USD',
  priceTableId: 'openai',
  modelIdsHaveSlashes: false,
  wire: RESPONSES_WIRE,
};
