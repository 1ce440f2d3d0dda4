import { text } from 'node:stream/consumers';
import { isJsonArray, isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { type Ending, type LocalServer, localServer, type Reply, send } from './http-server.ts';

/** A request for a token, as the server got it. */
export interface TokenRequest {
  readonly authorization: string | undefined;
  readonly requestId: string | undefined;
  readonly form: string;
}

/**
 * GigaChat's chat and its OAuth address, as the package ai-forever/gigachat speaks to them (`api/auth.py`,
 * `models/chat.py`, its recorded answers of January 2026) and developers.sber.ru documents them.
 */
export interface GigachatVendor extends LocalServer {
  readonly authUrl: string;
  readonly tokenRequests: readonly TokenRequest[];
  readonly bodies: readonly JsonObject[];
  /** Refuses all tokens that were given out so far. */
  readonly revoke: () => void;
}

interface GigachatOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  /** How long a token lives, in milliseconds; default half an hour, as GigaChat's do. */
  readonly lifeMs?: number;
  /** Gives out tokens that its chat refuses. */
  readonly areTokensUseless?: boolean;
  /** What a request for a token gets instead of one; null gives one. */
  readonly refuseToken?: (count: number) => Reply | null;
  readonly answer?: (body: JsonObject) => JsonObject;
}

/** The ready key of its portal: base64 of `client:secret`. */
export const GIGACHAT_KEY = Buffer.from('client-id:client-secret').toString('base64');

const UUID4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const ROLES: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant', 'function']);

/** Starts one that ends with the test. */
export async function gigachatVendor(context: Ending, options: GigachatOptions = {}): Promise<GigachatVendor> {
  const { lifeMs = 1_800_000, areTokensUseless = false, tls, refuseToken = () => null, answer = () => ({}) } = options;
  const tokenRequests: TokenRequest[] = [];
  const bodies: JsonObject[] = [];
  let valid = new Set<string>();
  const server = await localServer(
    context,
    async (request, response) => {
      const sent = await text(request);
      const { authorization } = request.headers;
      if (request.url === '/api/v2/oauth') {
        const requestId = String(request.headers['rquid']);
        tokenRequests.push({ authorization, requestId, form: sent });
        const refused = refuseToken(tokenRequests.length) ?? tokenFault({ authorization, requestId, form: sent });
        if (refused !== null) return send(response, refused);
        const token = `access-token-${tokenRequests.length}`;
        if (!areTokensUseless) valid.add(token);
        return send(response, { body: { access_token: token, expires_at: Date.now() + lifeMs } });
      }
      if (!valid.has(authorization?.replace('Bearer ', '') ?? '')) {
        return send(response, { status: 401, body: { status: 401, message: 'Token has expired' } });
      }
      if (request.method === 'GET')
        return send(response, { body: { object: 'list', data: [listed('GigaChat-2-Max')] } });
      const body = parseJson(sent);
      if (!isJsonObject(body)) return send(response, { status: 422, body: { status: 422, message: 'Invalid params' } });
      bodies.push(body);
      const fault = chatFault(body);
      if (fault !== null) return send(response, { status: 422, body: { status: 422, message: fault } });
      return send(response, { body: { ...completion(), ...answer(body) } });
    },
    tls === undefined ? {} : { tls },
  );
  const revoke = (): void => {
    valid = new Set();
  };
  return {
    ...server,
    url: `${server.origin}/api/v1`,
    authUrl: `${server.origin}/api/v2/oauth`,
    tokenRequests,
    bodies,
    revoke,
  };
}

function tokenFault({ authorization, requestId = '', form }: TokenRequest): Reply | null {
  if (!UUID4.test(requestId)) return { status: 400, body: { code: 1, message: 'RqUID is missing' } };
  if (authorization !== `Basic ${GIGACHAT_KEY}`) {
    return { status: 401, body: { code: 6, message: "credentials doesn't match db data" } };
  }
  if (form === 'scope=GIGACHAT_API_PERS') return null;
  return { status: 400, body: { code: 7, message: 'scope from db not fully includes consumed scope' } };
}

function chatFault({ model, messages = null, functions = [] }: JsonObject): string | null {
  if (typeof model !== 'string' || !isJsonArray(messages)) return 'Invalid params: model and messages are required';
  const list = messages.filter(isJsonObject);
  if (list.some(({ role }) => !ROLES.has(role))) return 'Invalid params: unknown role';
  if (list.slice(1).some(({ role }) => role === 'system')) return 'system message must be the first message';
  if (list.some(({ content }) => typeof content !== 'string')) return 'Invalid params: content is not a string';
  const isFunctions = isJsonArray(functions) && functions.every((one) => isJsonObject(one) && 'name' in one);
  return isFunctions ? null : 'Invalid params: functions';
}

function listed(id: string): JsonObject {
  return { id, object: 'model', owned_by: 'salutedevices' };
}

function completion(): JsonObject {
  return {
    choices: [{ message: { content: 'Париж', role: 'assistant' }, index: 0, finish_reason: 'stop' }],
    created: 1_768_996_171,
    model: 'GigaChat-2-Max:2.0.28.2',
    object: 'chat.completion',
    usage: { prompt_tokens: 17, completion_tokens: 3, total_tokens: 20, precached_prompt_tokens: 2 },
  };
}
