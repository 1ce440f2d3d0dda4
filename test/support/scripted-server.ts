import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestContext } from 'vitest';

/** A chat call as the server saw it. */
export interface ScriptedCall {
  readonly path: string;
  readonly model: string;
  readonly temperature: number | null;
  /** The last message. */
  readonly content: string;
  /** How many calls came before it. */
  readonly before: number;
}

/** An answer that is no completion. */
export interface ScriptedRefusal {
  readonly status: number;
  /** JSON, or a text as it is. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a call gets: a completion with this text, or something else. */
export type Script = (call: ScriptedCall) => string | ScriptedRefusal;

/** A server of OpenAI's protocol that answers by a script. */
export interface ScriptedServer {
  /** Address without a path. */
  readonly origin: string;
  /** Address up to and with `/v1`. */
  readonly url: string;
  readonly calls: readonly ScriptedCall[];
}

/** Starts one that ends with the test. Every answer takes some milliseconds, so that calls overlap. */
export async function scriptedServer(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  script: Script,
): Promise<ScriptedServer> {
  const calls: ScriptedCall[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent = await text(request);
    if (request.method === 'GET') return send(response, { status: 404, body: { detail: 'Not Found' } });
    const { model, temperature = null, messages } = JSON.parse(sent);
    const content: string = messages.at(-1).content;
    const call = { path: request.url ?? '', model, temperature, content, before: calls.length };
    calls.push(call);
    const scripted = script(call);
    await delay(5);
    send(response, typeof scripted === 'string' ? { status: 200, body: completion(scripted) } : scripted);
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
  const origin = `http://127.0.0.1:${address.port}`;
  return { origin, url: `${origin}/v1`, calls };
}

function completion(content: string): object {
  const message = { role: 'assistant', content };
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  return { id: 'x', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], usage };
}

function send(response: ServerResponse, { status, body, headers }: ScriptedRefusal): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
