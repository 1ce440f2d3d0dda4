import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { completion } from './chat-server.ts';
import { type Ending, type LocalServer, localServer, send } from './http-server.ts';

/** A request as a strict server saw it. */
export interface StrictRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that speaks the API to whoever sends what it wants, and repeats all that others sent. */
export interface StrictServer extends LocalServer {
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
  context: Ending,
  { headers: wanted = {}, query, ...security }: StrictOptions = {},
): Promise<StrictServer> {
  const requests: StrictRequest[] = [];
  let answered = 0;
  const server = await localServer(
    context,
    async (incoming, response) => {
      const { url: path = '', headers } = incoming;
      requests.push({ path, headers, body: await text(incoming) });
      const [address, search = ''] = path.split('?');
      const isWanted = Object.entries(wanted).every(([name, value]) => headers[name] === value);
      if (!isWanted || (query !== undefined && query !== `?${search}`)) {
        const message = `${path} with ${Object.values(headers).join(' and ')} is refused`;
        return send(response, { status: 401, body: { error: { message } } });
      }
      if (address?.endsWith('/models')) return send(response, { body: { data: [{ id: 'm' }] } });
      if (address?.endsWith('/balance')) return send(response, { body: { balance: '12.5' } });
      answered += 1;
      const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
      const call = { model: 'm', before: answered - 1 };
      return send(response, { body: completion(`Answer ${answered}`, call, usage) });
    },
    { ...security, host: '127.0.0.2' },
  );
  return { ...server, requests, answered: () => answered };
}
