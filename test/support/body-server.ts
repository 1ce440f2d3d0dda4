import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { TestContext } from 'vitest';
import { isJsonArray, isJsonObject, type JsonValue } from '../../src/core/json.ts';

/** The response body for a last message. */
export type BodyOf = (message: string) => object;

/** A server that answers chat calls with bodies given by the test; its only model is `m`. */
export interface BodyServer {
  /** Address up to and with `/v1`. */
  readonly url: string;
  /** The last message of each chat call, in order. */
  readonly asked: readonly string[];
}

/** Starts a server that is closed after the test. */
export async function bodyServer(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  bodyOf: BodyOf,
): Promise<BodyServer> {
  const asked: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chat = await json(request);
    const message = lastMessage(isJsonObject(chat) ? chat['messages'] : undefined);
    asked.push(message);
    send(response, bodyOf(message));
  };
  const server = createServer((request, response) => {
    if (request.method === 'GET') return send(response, { data: [{ id: 'm' }] });
    void answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/v1`, asked };
}

function lastMessage(messages: JsonValue | undefined): string {
  const last = messages !== undefined && isJsonArray(messages) ? messages.at(-1) : undefined;
  return isJsonObject(last) && typeof last['content'] === 'string' ? last['content'] : '';
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
