import type { Dispatcher } from 'undici';
import { MAX_RESPONSE_BYTES } from './too-large.ts';
import { Pool, ProxyAgent } from './undici.ts';

/** Most bytes of an answer's headers: gateways with cookies and policies of their own send more than Node's 16 KiB. */
const MAX_HEADER_BYTES = 256 * 1024;

/** A proxy between us and an endpoint. */
export interface ProxyRoute {
  /** Scheme, host and port. */
  readonly address: string;
  /** The value of Proxy-Authorization; null sends none. */
  readonly authorization: string | null;
  /** Address as messages show it. */
  readonly shown: string;
}

/** The way to one endpoint. */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** Address of the proxy in between, as messages show it; null where there is none. */
  readonly proxy: string | null;
}

/** Opens the way to an endpoint. Connects to nobody until a request is sent. @param connections most at once */
export function openRoute(origin: string, connections: number, proxy: ProxyRoute | null): Route {
  // The engine ends an attempt that takes too long; a second clock here would only disagree with it.
  const options = {
    connections,
    pipelining: 1,
    maxResponseSize: MAX_RESPONSE_BYTES,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  if (proxy === null) return { dispatcher: new Pool(origin, options), proxy: null };
  const dispatcher = new ProxyAgent({
    ...options,
    uri: proxy.address,
    // A plain request to a plain proxy carries the whole address; only what is encrypted takes a tunnel.
    proxyTunnel: false,
    // Pools for plain requests would be made without these options.
    factory: (to, own) => new Pool(to, Object.assign({}, own, options)),
    ...(proxy.authorization === null ? {} : { token: proxy.authorization }),
  });
  return { dispatcher, proxy: proxy.shown };
}
