import { jsonText } from '../../core/written-json.ts';
import type { Wire } from '../wire.ts';
import { geminiAsChat, readGeminiStream } from './gemini-answer.ts';
import { geminiBody } from './gemini-request.ts';

/** The `generateContent` methods of the Gemini API. */
export const GEMINI_WIRE: Wire = {
  path: (model, isStreaming) =>
    `/${resourceOf(model)}:${isStreaming ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  openWriter: () => (request) => jsonText(geminiBody(request)),
  asChat: geminiAsChat,
  readStream: readGeminiStream,
  modelsPath: '/models?pageSize=1000',
  lacks: {
    logit_bias: 'leave it out',
    parallel_tool_calls: 'leave it out',
    user: 'leave it out',
    metadata: 'leave it out',
    modalities: 'use responseModalities',
    audio: 'use speechConfig',
    prediction: 'leave it out',
    verbosity: 'say in the prompt how long the answer is to be',
    stream_options: 'leave it out: a stream has its usage',
    prompt_cache_key: 'use cachedContent',
    cache_control: 'use cachedContent',
    web_search_options: 'give google_search in tools',
    useWalletBalance: 'leave it out: it is for GPTunnel',
  },
};

/** A tuned model is named with its collection: `tunedModels/mine`. */
function resourceOf(model: string): string {
  const path = model.split('/').map(encodeURIComponent).join('/');
  return model.includes('/') ? path : `models/${path}`;
}
