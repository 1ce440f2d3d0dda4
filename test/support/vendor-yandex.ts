import { text } from 'node:stream/consumers';
import { isJsonArray, isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { type Ending, type LocalServer, localServer, type Reply, send } from './http-server.ts';

/**
 * Yandex AI Studio's chat completions, as yandex-cloud/docs has them (en/ai-studio/chat/createChatCompletion.md,
 * concepts/openai-compatibility.md, concepts/generation/models.md): what it marks as not supported is refused.
 */
export interface YandexVendor extends LocalServer {
  readonly bodies: readonly JsonObject[];
}

/** The account that it knows. */
export const YANDEX = { key: ['AQVN', 'yandex-key-1'].join(''), folder: 'b1gexample' } as const;

const UNSUPPORTED = ['store', 'stop', 'seed', 'service_tier', 'audio', 'web_search_options', 'stream_options'];
const MODELS = ['yandexgpt/latest', 'yandexgpt/rc', 'qwen3-235b-a22b-fp8/latest'];

/** Starts one that ends with the test. */
export async function yandexVendor(context: Ending): Promise<YandexVendor> {
  const bodies: JsonObject[] = [];
  const server = await localServer(context, async (request, response) => {
    const sent = await text(request);
    const { authorization, 'openai-project': project } = request.headers;
    if (authorization !== `Bearer ${YANDEX.key}`) return send(response, refusal(401, 'Unknown api key'));
    if (project !== YANDEX.folder) return send(response, refusal(403, 'Permission to folder is denied'));
    if (request.method === 'GET') return send(response, { body: { object: 'list', data: listed() } });
    const body = parseJson(sent);
    if (!isJsonObject(body)) return send(response, refusal(400, 'not JSON'));
    bodies.push(body);
    send(response, replyTo(body));
  });
  return { ...server, bodies };
}

function listed(): readonly JsonObject[] {
  const gpt = MODELS.map((model) => ({ id: `gpt://${YANDEX.folder}/${model}` }));
  return [...gpt, { id: `emb://${YANDEX.folder}/text-search-doc/latest` }].map((model) => ({
    ...model,
    object: 'model',
  }));
}

function replyTo(body: JsonObject): Reply {
  const { model, messages = null, temperature = 0 } = body;
  const prefix = `gpt://${YANDEX.folder}/`;
  if (typeof model !== 'string' || !model.startsWith(prefix))
    return refusal(400, `Invalid model uri ${JSON.stringify(model)}`);
  const name = model.slice(prefix.length);
  if (!MODELS.includes(name.includes('/') ? name : `${name}/latest`))
    return refusal(404, `Failed to get model ${model}`);
  if (!isJsonArray(messages) || messages.length === 0) return refusal(400, 'messages are required');
  if (typeof temperature !== 'number' || temperature < 0 || temperature > 1)
    return refusal(400, 'temperature must be in [0, 1]');
  const unsupported = UNSUPPORTED.find((field) => body[field] !== undefined);
  if (unsupported !== undefined) return refusal(400, `${unsupported} is not supported`);
  const choice = { index: 0, message: { role: 'assistant', content: 'Париж' }, finish_reason: 'stop' };
  const usage = { prompt_tokens: 20, completion_tokens: 4, total_tokens: 24 };
  return { body: { id: 'c1', object: 'chat.completion', created: 1_764_000_000, model, choices: [choice], usage } };
}

function refusal(status: number, message: string): Reply {
  return { status, body: { error: { message, type: 'invalid_request_error', param: null, code: null } } };
}
