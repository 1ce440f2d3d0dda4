import { text } from 'node:stream/consumers';
import { isJsonArray, isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { type Ending, type LocalServer, localServer, send } from './http-server.ts';

/**
 * OpenAI's Responses API as its OpenAPI document has it (openai/openai-openapi, openapi.yaml of 2026-08-21:
 * `CreateResponse`, `Response`, `OutputMessage`, `ResponseUsage`): it refuses what that refuses.
 */
export interface ResponsesVendor extends LocalServer {
  /** Bodies of the requests, in order. */
  readonly bodies: readonly JsonObject[];
}

/** Request fields of the document. */
const FIELDS: ReadonlySet<string> = new Set(
  `background conversation include input instructions max_output_tokens max_tool_calls metadata model
  parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_retention reasoning safety_identifier
  service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user`.split(
    /\s+/,
  ),
);

/** Starts one that ends with the test. @param answer the items and other fields of a response */
export async function responsesVendor(
  context: Ending,
  answer: (body: JsonObject) => JsonObject,
): Promise<ResponsesVendor> {
  const bodies: JsonObject[] = [];
  const server = await localServer(context, async (request, response) => {
    const sent = await text(request);
    if (request.headers.authorization !== 'Bearer openai-key-1') {
      return send(response, refusal(401, 'Incorrect API key provided', null, 'invalid_api_key'));
    }
    if (request.method === 'GET') return send(response, { body: { object: 'list', data: [{ id: 'gpt-5-pro' }] } });
    if (request.url !== '/v1/responses') return send(response, refusal(404, 'Invalid URL', null, null));
    const body = parseJson(sent);
    if (!isJsonObject(body)) return send(response, refusal(400, 'not JSON', null, null));
    bodies.push(body);
    const fault = faultOf(body);
    if (fault !== null) return send(response, fault);
    return send(response, { body: { ...whole(body, bodies.length), ...answer(body) } });
  });
  return { ...server, bodies };
}

function faultOf(body: JsonObject): ReturnType<typeof refusal> | null {
  const unknown = Object.keys(body).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) {
    return refusal(400, `Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter');
  }
  if (typeof body['model'] !== 'string') return refusal(400, 'you must provide a model parameter', 'model', null);
  const { input = null, max_output_tokens: bound = 16, tools = [] } = body;
  const isInput = typeof input === 'string' || (isJsonArray(input) && input.length > 0);
  if (!isInput) return refusal(400, 'Missing required parameter: input', 'input', 'missing_required_parameter');
  if (typeof bound !== 'number' || bound < 16) {
    const message = "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16.";
    return refusal(400, message, 'max_output_tokens', 'integer_below_min_value');
  }
  const isTool = isJsonArray(tools) && tools.every((tool) => isJsonObject(tool) && typeof tool['name'] === 'string');
  return isTool ? null : refusal(400, "Missing required parameter: 'tools[0].name'.", 'tools[0].name', null);
}

function refusal(status: number, message: string, param: string | null, code: string | null) {
  return { status, body: { error: { message, type: 'invalid_request_error', param, code } } };
}

/** The required fields of a `Response`. */
function whole(body: JsonObject, count: number): JsonObject {
  return {
    id: `resp_${count}`,
    object: 'response',
    created_at: 1_764_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    instructions: body['instructions'] ?? null,
    model: body['model'] ?? null,
    output: [messageItem('Paris')],
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    metadata: {},
    service_tier: 'default',
    store: body['store'] ?? true,
    usage: {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 40 },
      output_tokens: 30,
      output_tokens_details: { reasoning_tokens: 20 },
      total_tokens: 130,
    },
  };
}

/** An item with the words of the model. */
export function messageItem(words: string): JsonObject {
  const content = [{ type: 'output_text', text: words, annotations: [] }];
  return { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content };
}
