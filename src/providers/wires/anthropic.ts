import { jsonText } from '../../core/written-json.ts';
import type { Wire } from '../wire.ts';
import { anthropicAsChat, readAnthropicStream } from './anthropic-answer.ts';
import { anthropicBody } from './anthropic-request.ts';

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
    const isPlainJson = name === 'response_format' && typeof value === 'object' && value !== null;
    if (isPlainJson && 'type' in value && value['type'] === 'json_object') return 'give a json_schema';
    return name === 'reasoning_effort' && value === 'minimal' ? 'give none, low, medium, high, xhigh or max' : null;
  },
};
