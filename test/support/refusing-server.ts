import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { isJsonArray, isJsonObject, type JsonObject } from '../../src/core/json.ts';

/** How a call is refused. */
export interface ServedRefusal {
  readonly status: number;
  readonly body: JsonObject;
}

/** A server of one model, `m`, that refuses what it is told to and answers `yes` to all else. */
export interface RefusingServer {
  /** Address up to and with `/v1`. */
  readonly url: string;
  readonly close: () => void;
}

/** Starts one. @param refuse says how to refuse the text of the last message; null answers it */
export async function refusingServer(refuse: (text: string) => ServedRefusal | null): Promise<RefusingServer> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'GET') return send(response, 200, { data: [{ id: 'm' }] });
    const refusal = refuse(lastText(await json(request)));
    if (refusal !== null) return send(response, refusal.status, refusal.body);
    send(response, 200, {
      id: 'answer-1',
      choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
    });
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${address.port}/v1`, close };
}

function lastText(body: unknown): string {
  const messages = isJsonObject(body) ? body['messages'] : undefined;
  const last = messages !== undefined && isJsonArray(messages) ? messages.at(-1) : undefined;
  return isJsonObject(last) && typeof last['content'] === 'string' ? last['content'] : '';
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
