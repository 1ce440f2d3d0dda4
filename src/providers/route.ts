import type { Dispatcher } from 'undici';
import { MAX_RESPONSE_BYTES } from './too-large.ts';
import { trustedRoots } from './trusted-roots.ts';
import { Pool, ProxyAgent } from './undici.ts';

/** Maximum size of response headers in bytes: gateways with cookies and policies send more than Node's 16 KiB. */
const MAX_HEADER_BYTES = 256 * 1024;

/** A proxy between us and an endpoint. */
export interface ProxyRoute {
  /** Scheme, host and port. */
  readonly address: string;
  /** The value of Proxy-Authorization; null sends none. */
  readonly authorization: string | null;
  /** Address as shown in messages. */
  readonly shown: string;
}

/** The route to one endpoint. */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** Address of the proxy in between, as shown in messages; null if there is none. */
  readonly proxy: string | null;
}

/** How an endpoint is reached. */
interface RouteOptions {
  /** Maximum number. */
  readonly connections: number;
  readonly proxy: ProxyRoute | null;
  /** Certificates that are trusted besides the machine's own, as PEM texts; default none. */
  readonly certificates?: readonly string[];
  /** Maximum size of an answer in bytes; -1 for no limit, for answers that are never held whole. */
  readonly answerBytes?: number;
}

/** Opens the route to an endpoint. Connects only when a request is sent. */
export function openRoute(origin: string, given: RouteOptions): Route {
  const { connections, proxy, certificates = [], answerBytes = MAX_RESPONSE_BYTES } = given;
  // The engine ends an attempt that takes too long; a second timer here could only conflict with it.
  const options = {
    connections,
    pipelining: 1,
    maxResponseSize: answerBytes,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const tls = certificates.length === 0 ? null : { secureContext: trustedRoots(certificates) };
  if (proxy === null) {
    return { dispatcher: new Pool(origin, tls === null ? options : { ...options, connect: tls }), proxy: null };
  }
  const dispatcher = new ProxyAgent({
    ...options,
    uri: proxy.address,
    ...(tls === null ? {} : { requestTls: tls }),
    // A plain request to a plain proxy carries the full address; only encrypted requests need a tunnel.
    proxyTunnel: false,
    // Otherwise pools for plain requests would be created without these options.
    factory: (to, own) => new Pool(to, Object.assign({}, own, options)),
    ...(proxy.authorization === null ? {} : { token: proxy.authorization }),
  });
  return { dispatcher, proxy: proxy.shown };
}
