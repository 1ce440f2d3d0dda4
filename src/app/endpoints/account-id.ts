import { shortDigest } from '../../core/digest.ts';
import { isLoopback } from '../config/loopback.ts';
import type { EndpointConfig } from '../config/run-config.ts';

/** What decides with which account calls are made. */
type AccountParts = Pick<EndpointConfig, 'baseUrl' | 'apiKey' | 'headers' | 'query'>;

/**
 * Which account calls to an endpoint are made with, as a digest that says nothing of the key. A key has one account at a
 * host, whatever the path and the port; so have credentials in headers or in the query. Servers that ask for neither are
 * told apart by host and port.
 */
export function accountId({ baseUrl, apiKey, headers, query }: AccountParts): string {
  const { hostname, port, protocol } = new URL(baseUrl);
  const host = isLoopback(hostname) ? 'localhost' : hostname.replace(/\.$/, '');
  const parts = [...headers, ...query].filter(({ disclosure }) => disclosure === 'hidden');
  const credentials = [...(apiKey === null ? [] : [apiKey]), ...parts.map(({ value }) => value)];
  if (credentials.length === 0) return shortDigest(JSON.stringify([host, port === '' ? protocol : port]));
  return shortDigest(JSON.stringify([host, 'key', ...credentials.map((secret) => secret.reveal())]));
}

/** The limits of one model of an account are counted apart from those of the account. */
export function modelAccountId(account: string, model: string): string {
  return shortDigest(JSON.stringify([account, model]));
}
