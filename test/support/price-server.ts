import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A server that speaks OpenAI's protocol, with a list of models and figures of usage that a test can change. */
export interface PriceServer {
  /** Address up to and with `/v1`. */
  readonly url: string;
  /** Entries of the list of models; null answers HTTP 500. */
  models: readonly object[] | null;
  /** `usage` of every answer. */
  usage: object;
  /** Other fields of every answer. */
  fields: object;
  /** Chat calls so far. */
  readonly calls: () => number;
  /** Takes no more connections; nobody answers at the address then. */
  readonly close: () => Promise<void>;
}

/** Starts one on a free port. */
export async function startPriceServer(models: readonly object[]): Promise<PriceServer> {
  let calls = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    await text(request);
    if (request.method === 'GET') return server.models === null ? send(response, 500, {}) : sendList(response);
    calls += 1;
    send(response, 200, {
      id: `call-${calls}`,
      usage: server.usage,
      ...server.fields,
      choices: [{ index: 0, message: { role: 'assistant', content: 'An answer.' }, finish_reason: 'stop' }],
    });
  };
  const sendList = (response: ServerResponse): void => send(response, 200, { object: 'list', data: server.models });
  const http = createServer((request, response) => void answer(request, response));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async (): Promise<void> => {
    http.closeAllConnections();
    if (http.listening) await new Promise((resolve) => http.close(resolve));
  };
  const url = `http://127.0.0.1:${address.port}/v1`;
  const server: PriceServer = { url, models, usage: {}, fields: {}, calls: () => calls, close };
  return server;
}

function send(response: ServerResponse, status: number, body: object): void {
  const json = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) });
  response.end(json);
}
