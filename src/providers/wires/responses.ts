import { jsonText } from '../../core/written-json.ts';
import type { Wire } from '../wire.ts';
import { readResponse } from './responses-answer.ts';
import { toInput, toResponseFields } from './responses-request.ts';
import { readResponseStream } from './responses-stream.ts';

const NONE_SUCH = 'leave it out, or use the provider openai: the Responses API does not have it';

/** OpenAI's Responses API. Source: its OpenAPI document (openai/openai-openapi), `CreateResponse` and `Response`. */
export const RESPONSES_WIRE: Wire = {
  path: () => '/responses',
  openWriter: (isStreaming) => {
    return ({ model, messages, temperature, params }) =>
      jsonText({
        model,
        ...toInput(messages),
        ...(temperature === null ? {} : { temperature }),
        // Otherwise OpenAI would keep every prompt and answer for 30 days.
        store: false,
        ...(isStreaming ? { stream: true } : {}),
        ...toResponseFields(params),
      });
  },
  asChat: readResponse,
  readStream: readResponseStream,
  modelsPath: '/models',
  lacks: {
    stop: NONE_SUCH,
    seed: NONE_SUCH,
    frequency_penalty: NONE_SUCH,
    presence_penalty: NONE_SUCH,
    logit_bias: NONE_SUCH,
    prediction: NONE_SUCH,
    modalities: NONE_SUCH,
    audio: NONE_SUCH,
    web_search_options: 'use a tool of the type web_search',
  },
};
