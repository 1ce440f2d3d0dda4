import type { JsonObject } from '../../src/core/json.ts';
import { CHAT_WIRE, type Wire } from '../../src/providers/wire.ts';
import { ANTHROPIC_WIRE } from '../../src/providers/wires/anthropic.ts';
import { GEMINI_WIRE } from '../../src/providers/wires/gemini.ts';

/** Why an answer ends: by itself, at its limit, or because the model or a filter refused. */
export type AnswerEnd = 'stop' | 'cut' | 'refused';

/** What an API of one wire form answers, for tests of every provider. Every answer has 12 and 5 tokens. */
export interface WireDouble {
  readonly answer: (text: string, end: AnswerEnd) => JsonObject;
  /** An answer without content, without a reason and without tokens. */
  readonly nothing: JsonObject;
  /** The events of a stream with this text in two pieces, up to the end of the answer. */
  readonly events: (text: string) => readonly string[];
  /** A list with this model. */
  readonly models: (id: string) => JsonObject;
  readonly error: (status: number, message: string) => JsonObject;
}

const CHAT_USAGE = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };

const CHAT: WireDouble = {
  answer: (content, end) => ({
    id: 'chatcmpl-1',
    choices: [
      {
        index: 0,
        message:
          end === 'refused' ? { role: 'assistant', content: null, refusal: content } : { role: 'assistant', content },
        finish_reason: end === 'cut' ? 'length' : 'stop',
      },
    ],
    usage: CHAT_USAGE,
  }),
  nothing: {
    id: 'chatcmpl-1',
    choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: null }],
  },
  events: (text) => [
    ...[text.slice(0, 3), text.slice(3)].map((content) => data({ choices: [{ index: 0, delta: { content } }] })),
    data({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    data({ choices: [], usage: CHAT_USAGE }),
    'data: [DONE]\n\n',
  ],
  models: (id) => ({ object: 'list', data: [{ id, object: 'model' }] }),
  error: (status, message) => ({ error: { message, type: null, param: null, code: status } }),
};

const ANTHROPIC_USAGE = { input_tokens: 12, output_tokens: 5 };
const ANTHROPIC_ENDS = { stop: 'end_turn', cut: 'max_tokens', refused: 'refusal' } as const;

const ANTHROPIC: WireDouble = {
  answer: (text, end) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text }],
    stop_reason: ANTHROPIC_ENDS[end],
    stop_details: null,
    usage: ANTHROPIC_USAGE,
  }),
  nothing: { id: 'msg_1', type: 'message', role: 'assistant', content: [], stop_reason: null },
  events: (text) => [
    data({ type: 'message_start', message: { id: 'msg_1', usage: { ...ANTHROPIC_USAGE, output_tokens: 1 } } }),
    data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ...[text.slice(0, 3), text.slice(3)].map((piece) =>
      data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: piece } }),
    ),
    data({ type: 'content_block_stop', index: 0 }),
    data({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
    data({ type: 'message_stop' }),
  ],
  models: (id) => ({ data: [{ type: 'model', id }], has_more: false }),
  error: (status, message) => ({ type: 'error', error: { type: ANTHROPIC_TYPES[status] ?? 'api_error', message } }),
};

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

const GEMINI_ENDS = { stop: 'STOP', cut: 'MAX_TOKENS', refused: 'SAFETY' } as const;
const GEMINI_USAGE = { promptTokenCount: 12, candidatesTokenCount: 5, totalTokenCount: 17 };

const GEMINI: WireDouble = {
  answer: (text, end) => ({
    candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: GEMINI_ENDS[end], index: 0 }],
    usageMetadata: GEMINI_USAGE,
    responseId: 'r1',
  }),
  nothing: { candidates: [{ content: { role: 'model' }, index: 0 }] },
  events: (text) => [
    data({ candidates: [{ content: { parts: [{ text: text.slice(0, 3) }] }, index: 0 }] }),
    data({
      candidates: [{ content: { parts: [{ text: text.slice(3) }] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: GEMINI_USAGE,
      responseId: 'r1',
    }),
  ],
  models: (id) => ({ models: [{ name: `models/${id}` }] }),
  error: (code, message) => ({ error: { code, message, status: GEMINI_STATUSES[code] ?? 'INTERNAL' } }),
};

const GEMINI_STATUSES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

function data(event: JsonObject): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}

/** One for every wire form. */
export const WIRE_DOUBLES: ReadonlyMap<Wire, WireDouble> = new Map([
  [CHAT_WIRE, CHAT],
  [ANTHROPIC_WIRE, ANTHROPIC],
  [GEMINI_WIRE, GEMINI],
]);
