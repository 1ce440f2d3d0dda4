import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isJsonObject, type JsonObject, parseJson, textOf } from '../../src/core/json.ts';
import { type Ending, type LocalServer, localServer, type Reply, send } from './http-server.ts';
import { anthropicFault, geminiFault } from './vendor-checks.ts';

/** The APIs that it speaks. */
export type Vendor = 'anthropic' | 'gemini';

/** A call that the vendor's API would take. */
export interface VendorCall {
  readonly vendor: Vendor;
  readonly model: string;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** How many calls came before it. */
  readonly before: number;
}

/** What a vendor answers: a text, a body in its own form, or another reply. */
export type VendorOutcome = string | { readonly content: JsonObject } | Reply;

interface VendorOptions {
  /** The key that requests must have; default `vendor-key`. */
  readonly key?: string;
  /** `usage` of Anthropic's answers. */
  readonly anthropicUsage?: JsonObject;
  /** `usageMetadata` of Gemini's answers. */
  readonly geminiUsage?: JsonObject;
}

/**
 * A server of Anthropic's Messages (`/v1`) and of Gemini's generateContent (`/v1beta`), made from the vendors' published
 * references. It refuses what they refuse, in their words.
 */
export interface VendorServer extends LocalServer {
  /** Calls that were taken, in the order in which they came in. */
  readonly calls: readonly VendorCall[];
  /** Why others were refused. */
  readonly refusals: readonly string[];
  /** The base addresses. */
  readonly bases: Readonly<Record<Vendor, string>>;
}

const ANTHROPIC_MODELS = {
  data: [
    {
      type: 'model',
      id: 'claude-sonnet-4-5-20250929',
      display_name: 'Claude Sonnet 4.5',
      max_input_tokens: 200_000,
      max_tokens: 64_000,
    },
    {
      type: 'model',
      id: 'claude-haiku-4-5-20251001',
      display_name: 'Claude Haiku 4.5',
      max_input_tokens: 200_000,
      max_tokens: 64_000,
    },
  ],
  has_more: false,
};

const GEMINI_MODELS = {
  models: [
    {
      name: 'models/gemini-2.5-flash',
      displayName: 'Gemini 2.5 Flash',
      inputTokenLimit: 1_048_576,
      outputTokenLimit: 65_536,
      supportedGenerationMethods: ['generateContent'],
    },
  ],
};

/** Starts one that ends with the test. */
export async function vendorServer(
  context: Ending,
  script: (call: VendorCall) => VendorOutcome,
  options: VendorOptions = {},
): Promise<VendorServer> {
  const { key = 'vendor-key' } = options;
  const calls: VendorCall[] = [];
  const refusals: string[] = [];
  const server = await localServer(context, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const vendor: Vendor = pathname.startsWith('/v1beta/') ? 'gemini' : 'anthropic';
    const refuse = (status: number, message: string): void => {
      refusals.push(message);
      send(response, refusal(vendor, status, message));
    };
    const { headers } = request;
    const given = vendor === 'gemini' ? headers['x-goog-api-key'] : headers['x-api-key'];
    if (given !== key) return refuse(401, vendor === 'gemini' ? 'API key not valid.' : 'invalid x-api-key');
    if (vendor === 'anthropic' && headers['anthropic-version'] === undefined) {
      return refuse(400, 'anthropic-version: header is required');
    }
    if (request.method === 'GET')
      return send(response, { body: vendor === 'gemini' ? GEMINI_MODELS : ANTHROPIC_MODELS });
    const body = parseJson(await text(request));
    if (!isJsonObject(body)) return refuse(400, 'The request body is not valid JSON');
    const named = /^\/v1beta\/models\/([^/:]+):(generateContent|streamGenerateContent)$/.exec(pathname);
    if (vendor === 'gemini' ? named === null : pathname !== '/v1/messages') return refuse(404, 'Not Found');
    const fault = vendor === 'gemini' ? geminiFault(body) : anthropicFault(body);
    if (fault !== null) return refuse(400, fault);
    const model = named?.[1] ?? textOf(body['model']) ?? '';
    const call = { vendor, model, body, headers, before: calls.length };
    calls.push(call);
    const outcome = script(call);
    if (typeof outcome !== 'string' && 'body' in outcome) return send(response, outcome);
    const answer = answerOf(call, outcome, options);
    const isStream = vendor === 'gemini' ? searchParams.get('alt') === 'sse' : body['stream'] === true;
    if (isStream) sendEvents(response, vendor === 'gemini' ? [['', answer]] : anthropicEvents(answer));
    else send(response, { body: answer });
  });
  const bases = { anthropic: `${server.origin}/v1`, gemini: `${server.origin}/v1beta` };
  return { ...server, calls, refusals, bases };
}

function refusal(vendor: Vendor, status: number, message: string): Reply {
  if (vendor === 'gemini') return geminiError(status === 401 ? 400 : status, message);
  const type = { 400: 'invalid_request_error', 401: 'authentication_error' }[status] ?? 'not_found_error';
  return anthropicError(status, type, message);
}

/** An error as Anthropic's API writes it. @param details with its `error_code` */
export function anthropicError(status: number, type: string, message: string, details?: JsonObject): Reply {
  const error = { type, message, ...(details === undefined ? {} : { details }) };
  return { status, body: { type: 'error', error, request_id: 'req_1' } };
}

const GEMINI_STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** An error as the Gemini API writes it. */
export function geminiError(status: number, message: string, details: readonly JsonObject[] = []): Reply {
  const reasons = message.startsWith('API key') ? [{ '@type': ERROR_INFO, reason: 'API_KEY_INVALID' }] : [];
  const error = { code: status, message, status: GEMINI_STATUSES[status], details: [...reasons, ...details] };
  return { status, body: { error } };
}

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';

const ANTHROPIC_USAGE = {
  cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  inference_geo: 'not_available',
  input_tokens: 12,
  output_tokens: 5,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: 'standard',
  speed: null,
};

const GEMINI_USAGE = { promptTokenCount: 12, candidatesTokenCount: 5, totalTokenCount: 17 };

function answerOf(
  { vendor, model, before }: VendorCall,
  outcome: string | { readonly content: JsonObject },
  { anthropicUsage = ANTHROPIC_USAGE, geminiUsage = GEMINI_USAGE }: VendorOptions,
): JsonObject {
  if (vendor === 'gemini') {
    const parts = typeof outcome === 'string' ? [{ text: outcome }] : [];
    const candidate = { content: { role: 'model', parts }, finishReason: 'STOP', index: 0 };
    const answer = {
      candidates: [candidate],
      usageMetadata: geminiUsage,
      modelVersion: model,
      responseId: `r-${before}`,
    };
    return typeof outcome === 'string' ? answer : { ...answer, ...outcome.content };
  }
  const content = typeof outcome === 'string' ? [{ type: 'text', text: outcome, citations: null }] : [];
  const answer = {
    id: `msg_${before}`,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
    stop_details: null,
    usage: anthropicUsage,
  };
  return typeof outcome === 'string' ? answer : { ...answer, ...outcome.content };
}

type NamedEvent = readonly [name: string, data: JsonObject];

function textDelta(piece: string): NamedEvent {
  const type = 'content_block_delta';
  return [type, { type, index: 0, delta: { type: 'text_delta', text: piece } }];
}

/** The events of a message with one text, which comes in two pieces. */
function anthropicEvents(answer: JsonObject): readonly NamedEvent[] {
  const [block] = Array.isArray(answer['content']) ? answer['content'] : [];
  const whole = isJsonObject(block) && typeof block['text'] === 'string' ? block['text'] : '';
  const usage = isJsonObject(answer['usage']) ? answer['usage'] : {};
  const message = { ...answer, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  return [
    ['message_start', { type: 'message_start', message }],
    ['content_block_start', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }],
    ['ping', { type: 'ping' }],
    textDelta(whole.slice(0, 3)),
    textDelta(whole.slice(3)),
    ['content_block_stop', { type: 'content_block_stop', index: 0 }],
    [
      'message_delta',
      {
        type: 'message_delta',
        delta: { stop_reason: answer['stop_reason'] ?? null, stop_sequence: null },
        usage: { output_tokens: usage['output_tokens'] ?? 0 },
      },
    ],
    ['message_stop', { type: 'message_stop' }],
  ];
}

function sendEvents(response: ServerResponse, events: readonly NamedEvent[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [name, data] of events) {
    response.write(`${name === '' ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`);
  }
  response.end();
}
