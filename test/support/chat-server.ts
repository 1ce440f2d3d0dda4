import type { ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { isJsonArray, isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { type Ending, type LocalServer, localServer, type Reply, send } from './http-server.ts';

/** A chat call as the server saw it. */
export interface ChatCall {
  readonly path: string;
  readonly model: string;
  readonly temperature: number | null;
  /** The last message, if it is text. */
  readonly content: string;
  readonly body: JsonObject;
  /** How many calls came before it. */
  readonly before: number;
  /** When it came in, by the server's clock, in milliseconds. */
  readonly atMs: number;
}

/** What becomes of a call: a completion with this text, another reply, or a connection that is broken or left open. */
export type Outcome = string | Reply | { readonly connection: 'broken' | 'open' };

/** Decides what becomes of each call, at once or when it has waited for another. */
export type Script = (call: ChatCall) => Outcome | Promise<Outcome>;

interface ChatOptions {
  /** What `GET` gets; default 404, as from a server without a list of models. */
  readonly list?: () => Reply;
  /** Tokens of every completion; default 10 and 5. */
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  /** Milliseconds that a call takes; default 5, so that calls overlap. */
  readonly latencyMs?: number;
  /** Monotonic milliseconds; default the machine's. */
  readonly nowMs?: () => number;
}

/** A server of OpenAI's protocol and no more: no prices, no costs, no balance. */
export interface ChatServer extends LocalServer {
  /** In the order in which they came in. */
  readonly calls: readonly ChatCall[];
}

/** Starts one that ends with the test. */
export async function chatServer(context: Ending, script: Script, options: ChatOptions = {}): Promise<ChatServer> {
  const { list = () => ({ status: 404, body: { detail: 'Not Found' } }), latencyMs = 5 } = options;
  const { nowMs = () => performance.now(), promptTokens, completionTokens } = options;
  const calls: ChatCall[] = [];
  const server = await localServer(context, async (request, response) => {
    if (request.method === 'GET') return send(response, list());
    const atMs = nowMs();
    const call = { ...readCall(await json(request)), path: request.url ?? '', before: calls.length, atMs };
    calls.push(call);
    const outcome = await script(call);
    await delay(latencyMs);
    const body = (text: string): object => completion(text, call, usageOf(promptTokens, completionTokens));
    conclude(response, typeof outcome === 'string' ? { body: body(outcome) } : outcome);
  });
  return { ...server, calls };
}

/** Starts one of a single model, `plain`, which answers every call alike; it ends with the test. */
export function plainServer(context: Ending, options: Omit<ChatOptions, 'list'> = {}): Promise<ChatServer> {
  return chatServer(context, () => 'An answer.', { ...options, list: listOf('plain') });
}

/** A list of these models, for `list`. */
export function listOf(...ids: readonly string[]): () => Reply {
  return () => ({ body: { object: 'list', data: ids.map((id) => ({ id, object: 'model' })) } });
}

/** The body of a completion with this text. @param usage of it; without one the answer tells none */
export function completion(
  text: string,
  { model, before }: Pick<ChatCall, 'model' | 'before'>,
  usage?: object,
): object {
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }];
  return { id: `chat-${before + 1}`, object: 'chat.completion', model, choices, usage };
}

function usageOf(promptTokens = 10, completionTokens = 5): object {
  const tokens = { prompt_tokens: promptTokens, completion_tokens: completionTokens };
  return { ...tokens, total_tokens: promptTokens + completionTokens };
}

function conclude(response: ServerResponse, outcome: Exclude<Outcome, string>): void {
  if ('body' in outcome) send(response, outcome);
  else if (outcome.connection === 'broken') response.destroy();
}

function readCall(body: unknown): Pick<ChatCall, 'model' | 'temperature' | 'content' | 'body'> {
  if (!isJsonObject(body) || typeof body['model'] !== 'string') throw new TypeError('no chat call');
  const { model, temperature, messages } = body;
  const last = messages !== undefined && isJsonArray(messages) ? messages.at(-1) : undefined;
  const content = isJsonObject(last) && typeof last['content'] === 'string' ? last['content'] : '';
  return { model, temperature: typeof temperature === 'number' ? temperature : null, content, body };
}
