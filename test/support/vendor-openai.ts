import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { isJsonObject, type JsonObject, parseJson, textOf } from '../../src/core/json.ts';
import { completion } from './chat-server.ts';
import { type Ending, type LocalServer, localServer, type Reply, send } from './http-server.ts';

/** OpenAI's chat completions for `gpt-4o` and `o4-mini`: it refuses what they refuse, in OpenAI's words. */
export interface OpenaiVendor extends LocalServer {
  /** Bodies of the requests that it took, in order. */
  readonly bodies: readonly JsonObject[];
  /** Why others were refused. */
  readonly refusals: readonly string[];
}

interface OpenaiOptions {
  /** The key that requests must have; default `openai-key`. */
  readonly key?: string;
  /** Milliseconds that a call takes; default 0. */
  readonly latencyMs?: number;
}

/** 2,048 tokens in, half of them cached; 1,000 in, and 448 of 503 out are thoughts. */
const USAGES: Readonly<Record<string, JsonObject>> = {
  'gpt-4o': {
    prompt_tokens: 2048,
    prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
    completion_tokens: 10,
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    total_tokens: 2058,
  },
  'o4-mini': {
    prompt_tokens: 1000,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens: 503,
    completion_tokens_details: { reasoning_tokens: 448, audio_tokens: 0 },
    total_tokens: 1503,
  },
};

/** Fields of `ChatCompletionCreateParamsBase` (openai 7.59.0) that tests send. */
const FIELDS: ReadonlySet<string> = new Set(
  `model messages max_completion_tokens max_tokens temperature top_p seed stop stream stream_options response_format
  reasoning_effort`.split(/\s+/),
);

/** Starts one that ends with the test. */
export async function openaiVendor(
  context: Ending,
  answer: (body: JsonObject) => string,
  { key = 'openai-key', latencyMs = 0 }: OpenaiOptions = {},
): Promise<OpenaiVendor> {
  const bodies: JsonObject[] = [];
  const refusals: string[] = [];
  const server = await localServer(context, async (request, response) => {
    const body = parseJson(await text(request));
    const fault =
      request.headers.authorization === `Bearer ${key}`
        ? null
        : refusal(401, 'Incorrect API key provided', 'invalid_api_key');
    if (fault === null && request.method === 'GET') {
      return send(response, { body: { object: 'list', data: Object.keys(USAGES).map((id) => ({ id })) } });
    }
    const found = fault ?? (request.url === '/v1/chat/completions' ? faultOf(body) : refusal(404, 'Invalid URL', ''));
    if (found !== null || !isJsonObject(body)) {
      refusals.push(JSON.stringify(found?.body));
      return send(response, found ?? refusal(400, 'not JSON', ''));
    }
    bodies.push(body);
    await delay(latencyMs);
    const model = textOf(body['model']) ?? '';
    const whole = completion(answer(body), { model, before: bodies.length - 1 }, USAGES[model]);
    return send(response, { body: { ...whole, service_tier: 'default' } });
  });
  return { ...server, bodies, refusals };
}

function faultOf(body: unknown): Reply | null {
  if (!isJsonObject(body)) return refusal(400, 'We could not parse the JSON body of your request.', '');
  const { model, temperature = null, max_tokens: bound = null, reasoning_effort: effort = null } = body;
  const unknown = Object.keys(body).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) return refusal(400, `Unknown parameter: '${unknown}'.`, 'unknown_parameter');
  const isReasoning = model === 'o4-mini';
  if (!isReasoning && model !== 'gpt-4o') {
    return refusal(404, 'The model does not exist or you do not have access to it.', 'model_not_found');
  }
  if (!isReasoning && effort !== null) {
    return refusal(400, 'Unrecognized request argument supplied: reasoning_effort', '');
  }
  if (isReasoning && bound !== null) {
    const message = "Unsupported parameter: 'max_tokens' is not supported with this model.";
    return refusal(400, `${message} Use 'max_completion_tokens' instead.`, 'unsupported_parameter');
  }
  if (isReasoning && temperature !== null && temperature !== 1) {
    const message = "Unsupported value: 'temperature' does not support this value with this model.";
    return refusal(400, `${message} Only the default (1) value is supported.`, 'unsupported_value');
  }
  return null;
}

function refusal(status: number, message: string, code: string): Reply {
  return { status, body: { error: { message, type: 'invalid_request_error', param: null, code } } };
}
