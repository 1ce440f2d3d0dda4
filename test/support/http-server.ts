import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import type { TestContext } from 'vitest';

/** The part of a test's context that ends what the test started. */
export type Ending = Pick<TestContext, 'onTestFinished'>;

/** Answers one request. */
type Listener = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

interface ServerOptions {
  /** Address of loopback; default 127.0.0.1. */
  readonly host?: string;
  /** Serves https with them. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** An HTTP server on a free port of this machine. */
export interface LocalServer {
  /** `address:port`. */
  readonly host: string;
  /** Address without a path. */
  readonly origin: string;
  /** Address up to and with `/v1`. */
  readonly url: string;
  /** Ends connections and takes no more; nobody answers at the address then. */
  readonly close: () => Promise<void>;
}

/** Lets a server of any kind listen on a free port of loopback. @returns the port */
export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A port of this machine at which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a server, which its caller closes. */
export async function startServer(
  listener: Listener,
  { host = '127.0.0.1', tls }: ServerOptions = {},
): Promise<LocalServer> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => void listener(request, response);
  const server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
  const place = `${host}:${await listen(server, host)}`;
  const origin = `${tls === undefined ? 'http' : 'https'}://${place}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return { host: place, origin, url: `${origin}/v1`, close };
}

/** Starts a server that ends with the test. */
export async function localServer(
  { onTestFinished }: Ending,
  listener: Listener,
  options: ServerOptions = {},
): Promise<LocalServer> {
  const server = await startServer(listener, options);
  onTestFinished(server.close);
  return server;
}

/** What a server sends back. */
export interface Reply {
  /** Default 200. */
  readonly status?: number;
  /** JSON, or a text as it is. */
  readonly body: unknown;
  /** Besides that it is JSON. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with a reply. */
export function send(response: ServerResponse, { status = 200, body, headers }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
