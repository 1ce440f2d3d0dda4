import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'vitest';

/** A request as a strict server saw it. */
export interface StrictRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that speaks the API to whoever sends what it wants, and repeats all that others sent. */
export interface StrictServer {
  /** Address up to and with `/v1`. */
  readonly url: string;
  readonly requests: readonly StrictRequest[];
  /** Chat calls that were answered. */
  readonly answered: () => number;
}

interface StrictOptions {
  /** Headers that a request must have. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The query that a request must have, with its `?`; default any. */
  readonly query?: string;
  /** Serves https with them. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Starts one on 127.0.0.2, which a proxy may be asked for, unlike 127.0.0.1. It ends with the test. */
export async function strictServer(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  { headers: wanted = {}, query, tls }: StrictOptions = {},
): Promise<StrictServer> {
  const requests: StrictRequest[] = [];
  let answered = 0;
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url: path = '', headers } = incoming;
    requests.push({ path, headers, body: await text(incoming) });
    const [address, search = ''] = path.split('?');
    const isWanted = Object.entries(wanted).every(([name, value]) => headers[name] === value);
    if (!isWanted || (query !== undefined && query !== `?${search}`)) {
      return send(response, 401, {
        error: { message: `${path} with ${Object.values(headers).join(' and ')} is refused` },
      });
    }
    if (address?.endsWith('/models')) return send(response, 200, { data: [{ id: 'm' }] });
    if (address?.endsWith('/balance')) return send(response, 200, { balance: '12.5' });
    answered += 1;
    const message = { role: 'assistant', content: `Answer ${answered}` };
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    return send(response, 200, { id: `a-${answered}`, choices: [{ index: 0, message, finish_reason: 'stop' }], usage });
  };
  const listener: RequestListener = (incoming, response) => void answer(incoming, response);
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  server.listen(0, '127.0.0.2');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const place = server.address();
  if (place === null || typeof place === 'string') throw new Error('no port');
  const scheme = tls === undefined ? 'http' : 'https';
  return { url: `${scheme}://127.0.0.2:${place.port}/v1`, requests, answered: () => answered };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
