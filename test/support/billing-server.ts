import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { TestContext } from 'vitest';

/** What comes of a call, all of them billed alike: `drop` breaks the connection, `silent` answers without usage. */
export type Reply = 'answer' | 'drop' | 'silent' | 'hang' | { readonly status: number; readonly body: string };

interface BillingOptions {
  /** @param call its number, from 1 */
  readonly reply: (call: number) => Reply;
  readonly promptTokens?: number;
  readonly completionTokens?: number;
}

/** A server of OpenAI's protocol that bills whatever it has read, and tells nobody but its own test. */
export interface BillingServer {
  /** Address up to and with `/v1`. */
  readonly url: string;
  readonly calls: () => number;
}

/** Starts one that ends with the test. */
export async function billingServer(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  { reply, promptTokens = 10, completionTokens = 5 }: BillingOptions,
): Promise<BillingServer> {
  let calls = 0;
  const tokens = { prompt_tokens: promptTokens, completion_tokens: completionTokens };
  const usage = { ...tokens, total_tokens: promptTokens + completionTokens };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'GET') return send(response, 200, JSON.stringify({ data: [{ id: 'm' }] }));
    await json(request);
    calls += 1;
    const replied = reply(calls);
    if (replied === 'hang') return;
    if (replied === 'drop') request.socket.destroy();
    else if (typeof replied === 'object') send(response, replied.status, replied.body);
    else {
      const choices = [{ index: 0, message: { role: 'assistant', content: 'An answer.' }, finish_reason: 'stop' }];
      const body = { id: `b-${calls}`, object: 'chat.completion', model: 'm', choices };
      send(response, 200, JSON.stringify(replied === 'silent' ? body : { ...body, usage }));
    }
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
  return { url: `http://127.0.0.1:${address.port}/v1`, calls: () => calls };
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
