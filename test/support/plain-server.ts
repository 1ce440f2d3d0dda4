import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestContext } from 'vitest';
import { isJsonObject } from '../../src/core/json.ts';

/** A chat call that a server has answered. */
export interface AnsweredCall {
  /** When it came in, by the server's clock, in milliseconds. */
  readonly atMs: number;
  readonly model: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

interface PlainOptions {
  /** Tokens of every answer. */
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  /** Milliseconds that an answer takes. */
  readonly latencyMs?: number;
  /** Monotonic milliseconds; default the machine's. */
  readonly nowMs?: () => number;
}

/** A server that speaks OpenAI's protocol and no more: no prices, no costs, no balance, one model. */
export interface PlainServer {
  /** Address up to and with `/v1`. */
  readonly url: string;
  readonly calls: readonly AnsweredCall[];
}

/** Starts one that ends with the test. */
export async function plainServer(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  options: PlainOptions = {},
): Promise<PlainServer> {
  const { promptTokens = 10, completionTokens = 5, latencyMs = 0, nowMs = () => performance.now() } = options;
  const calls: AnsweredCall[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'GET') return send(response, { object: 'list', data: [{ id: 'plain', object: 'model' }] });
    const atMs = nowMs();
    const body: unknown = await json(request);
    const model = isJsonObject(body) ? body['model'] : null;
    if (typeof model !== 'string') throw new TypeError('no chat call');
    calls.push({ atMs, model, promptTokens, completionTokens });
    await delay(latencyMs);
    const total = promptTokens + completionTokens;
    send(response, {
      id: `plain-${calls.length}`,
      object: 'chat.completion',
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: 'An answer.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: total },
    });
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/v1`, calls };
}

function send(response: ServerResponse, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
