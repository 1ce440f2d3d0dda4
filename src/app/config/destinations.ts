import { shortDigest } from '../../core/digest.ts';
import { isLoopback } from './loopback.ts';
import type { Origin } from './origins.ts';
import type { Destination, ProxyConfig, RequestPart } from './run-config.ts';

/** What is known about an endpoint when its address is resolved. */
export interface EndpointWay {
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
  readonly trust: AddedTrust | null;
}

/** Certificates that are trusted besides the machine's own: whoever has their key can pretend to be the endpoint. */
export interface AddedTrust {
  /** The file as it was given. */
  readonly file: string;
  readonly certificates: readonly string[];
  /** Who named the file. */
  readonly origin: Origin;
}

/** Where the user's secrets go on the way to an endpoint: to the endpoint, and to a proxy that reads the traffic. */
export function destinationsOf(way: EndpointWay): readonly Destination[] {
  const { url, given, addressVariables, origin, ownAddress, keyVariable, parts, proxy } = way;
  const trust = url.protocol === 'https:' && way.trust?.origin === 'project' ? way.trust : null;
  const variables = [
    ...(keyVariable === null ? [] : [keyVariable]),
    ...parts.flatMap((part) => part.variables.map(({ name }) => name)),
    ...addressVariables,
  ];
  const written = parts.filter((part) => part.disclosure === 'hidden' && part.variables.length === 0);
  const isOwn = ownAddress !== null && new URL(ownAddress).origin === url.origin;
  const isForeign = (origin === 'project' && !isOwn) || trust !== null;
  const endpoint: Destination = {
    // The value of a variable may be a secret, and this text is shown.
    shown: `${addressVariables.length === 0 ? plainAddress(url) : given}${shownTrust(trust)}`,
    address: `${plainAddress(url)}${trust === null ? '' : ` ${shortDigest(trust.certificates.join('\n'))}`}`,
    origin: trust === null ? origin : 'project',
    isOwn: isOwn && trust === null,
    variables: [...new Set(variables)].sort(),
    written: written.map(({ name }) => name),
    needsConsent: isForeign && !isLoopback(url.hostname) && variables.length > 0,
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

function shownTrust(trust: AddedTrust | null): string {
  return trust === null ? '' : `, trusting the certificates in ${trust.file}`;
}

function plainAddress({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
