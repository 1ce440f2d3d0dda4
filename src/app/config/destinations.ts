import { isLoopback } from './loopback.ts';
import type { Origin } from './origins.ts';
import type { Destination, ProxyConfig, RequestPart } from './run-config.ts';

/** What is known about an endpoint when its address is resolved. */
interface EndpointWay {
  readonly url: URL;
  /** The address up to its query as it was given. */
  readonly given: string;
  /** Environment variables in that. */
  readonly addressVariables: readonly string[];
  /** null for the provider's own address. */
  readonly origin: Origin | null;
  /** The provider's own address; null if it has none. */
  readonly ownAddress: string | null;
  /** Variable of the key; null if none is sent. */
  readonly keyVariable: string | null;
  /** Headers and query parameters. */
  readonly parts: readonly RequestPart[];
  readonly proxy: ProxyConfig | null;
}

/** Where the user's secrets go on the way to an endpoint: to the endpoint, and to a proxy that reads the traffic. */
export function destinationsOf(way: EndpointWay): readonly Destination[] {
  const { url, given, addressVariables, origin, ownAddress, keyVariable, parts, proxy } = way;
  const variables = [
    ...(keyVariable === null ? [] : [keyVariable]),
    ...parts.flatMap((part) => part.variables.map(({ name }) => name)),
    ...addressVariables,
  ];
  const written = parts.filter((part) => part.disclosure === 'hidden' && part.variables.length === 0);
  const isOwn = ownAddress !== null && new URL(ownAddress).origin === url.origin;
  const endpoint: Destination = {
    // The value of a variable may be a secret, and this text is shown.
    shown: addressVariables.length === 0 ? plainAddress(url) : given,
    address: plainAddress(url),
    origin,
    isOwn,
    variables: [...new Set(variables)].sort(),
    written: written.map(({ name }) => name),
    needsConsent: origin === 'project' && !isOwn && !isLoopback(url.hostname) && variables.length > 0,
  };
  const viaProxy = proxy === null ? [] : proxyDestination(proxy, url, endpoint);
  return [endpoint, ...viaProxy];
}

/** A proxy cannot read traffic that it tunnels to an encrypted address. */
function proxyDestination(proxy: ProxyConfig, url: URL, endpoint: Destination): readonly Destination[] {
  if (url.protocol === 'https:') return [];
  const isHere = isLoopback(new URL(proxy.address).hostname);
  return [
    {
      ...endpoint,
      shown: proxy.shown,
      address: proxy.address,
      origin: proxy.origin,
      isOwn: false,
      needsConsent: proxy.origin === 'project' && !isHere && endpoint.variables.length > 0,
    },
  ];
}

function plainAddress({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
