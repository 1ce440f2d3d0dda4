import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type Ending, listen } from './http-server.ts';

/** What a proxy was asked for. */
export interface ProxiedRequest {
  /** Such as `POST http://host/path`, or `CONNECT host:443`. */
  readonly line: string;
  /** The value of Proxy-Authorization; null where there was none. */
  readonly credentials: string | null;
}

/** An HTTP proxy on this machine that forwards plain requests and opens tunnels. */
export interface ForwardProxy {
  /** `host:port`. */
  readonly host: string;
  readonly requests: readonly ProxiedRequest[];
  /** Connections of clients so far. */
  readonly connections: () => number;
}

interface ProxyOptions {
  /** Value of Proxy-Authorization that it asks for; default: it asks for none. */
  readonly credentials?: string;
}

/** Starts one that ends with the test. */
export async function forwardProxy(
  { onTestFinished }: Ending,
  { credentials: wanted }: ProxyOptions = {},
): Promise<ForwardProxy> {
  const requests: ProxiedRequest[] = [];
  const sockets = new Set<Socket>();
  const admits = ({ method = '', url = '', headers }: IncomingMessage): boolean => {
    const credentials = headers['proxy-authorization'] ?? null;
    requests.push({ line: `${method} ${url}`, credentials });
    return wanted === undefined || credentials === wanted;
  };
  const server: Server = createServer((incoming, response) => {
    if (!admits(incoming)) return response.writeHead(407, { 'proxy-authenticate': 'Basic realm="p"' }).end();
    const { method, url = '', headers } = incoming;
    const forwarded = request(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on('error', () => response.writeHead(502).end('the host cannot be reached'));
    return incoming.pipe(forwarded);
  });
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    if (!admits(incoming)) return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const { hostname, port } = new URL(`http://${incoming.url}`);
    const upstream = connect(Number(port), hostname, () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    sockets.add(upstream.on('error', () => client.destroy()));
    client.on('error', () => upstream.destroy());
    return upstream.pipe(client).pipe(upstream);
  });
  const port = await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: `127.0.0.1:${port}`, requests, connections: () => sockets.size };
}
