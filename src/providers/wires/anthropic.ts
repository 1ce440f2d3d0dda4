import { isJsonObject, type JsonValue, listOf, objectOf } from '../../core/json.ts';
import { jsonText } from '../../core/written-json.ts';
import type { FieldFault, Wire } from '../wire.ts';
import { anthropicAsChat, readAnthropicStream } from './anthropic-answer.ts';
import { anthropicBody } from './anthropic-request.ts';
import { schemaFault } from './anthropic-schema.ts';
import { responseSchema } from './chat-message.ts';

/** Anthropic's Messages API. */
export const ANTHROPIC_WIRE: Wire = {
  path: () => '/messages',
  openWriter: (isStreaming) => (request) => jsonText(anthropicBody(request, isStreaming)),
  asChat: anthropicAsChat,
  readStream: readAnthropicStream,
  modelsPath: '/models?limit=1000',
  lacks: {
    frequency_penalty: 'leave it out',
    presence_penalty: 'leave it out',
    seed: 'leave it out; --repeat shows how much answers vary',
    logit_bias: 'leave it out',
    logprobs: 'leave it out',
    top_logprobs: 'leave it out',
    modalities: 'leave it out: answers are text',
    audio: 'leave it out: answers are text',
    prediction: 'leave it out',
    verbosity: 'use reasoning_effort, or say in the prompt how long the answer is to be',
    store: 'leave it out',
    stream_options: 'leave it out: a stream has its usage',
    prompt_cache_key: 'use cache_control',
    web_search_options: 'give the search tool in tools',
    useWalletBalance: 'leave it out: it is for GPTunnel',
  },
  faultIn: (name, value) => {
    if (name === 'response_format') return formatFault(value);
    if (name === 'tools') return toolsFault(value);
    if (name !== 'reasoning_effort' || value !== 'minimal') return null;
    return { what: '="minimal"', hint: 'give none, low, medium, high, xhigh or max' };
  },
};

/** A schema is sent as it is to where the user asks for that, by `strict: false`. */
function formatFault(format: JsonValue): FieldFault | null {
  if (!isJsonObject(format)) return null;
  if (format['type'] === 'json_object') return { what: ' of the type json_object', hint: 'give a json_schema' };
  const schema = responseSchema(format);
  return schema === null || objectOf(format['json_schema'])['strict'] === false
    ? null
    : schemaFault(schema, '', '--no-strict-schema');
}

/** Only the arguments of strict tools are held to their schema. */
function toolsFault(tools: JsonValue): FieldFault | null {
  for (const [index, tool] of listOf(tools).entries()) {
    const { strict, parameters } = objectOf(objectOf(tool)['function']);
    const isHeld = strict === true && isJsonObject(parameters);
    const fault = isHeld ? schemaFault(parameters, `/${index}/function/parameters`, '"strict": false') : null;
    if (fault !== null) return fault;
  }
  return null;
}
