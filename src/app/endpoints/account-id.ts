import { shortDigest } from '../../core/digest.ts';
import { isLoopback } from '../config/loopback.ts';
import type { EndpointConfig, ProgramConfig } from '../config/run-config.ts';

/** What determines the account of a call. */
type AccountParts = Pick<EndpointConfig, 'baseUrl' | 'apiKey' | 'headers' | 'query'>;

/**
 * The account of calls to an endpoint, as a digest that reveals nothing of the key. A key is one account per host,
 * whatever the path and the port; so are credentials in headers or the query. Servers without credentials are
 * distinguished by host and port.
 */
export function accountId({ baseUrl, apiKey, headers, query }: AccountParts): string {
  const { hostname, port, protocol } = new URL(baseUrl);
  const host = isLoopback(hostname) ? 'localhost' : hostname.replace(/\.$/, '');
  const parts = [...headers, ...query].filter(({ disclosure }) => disclosure === 'hidden');
  const credentials = [...(apiKey === null ? [] : [apiKey]), ...parts.map(({ value }) => value)];
  if (credentials.length === 0) return shortDigest(JSON.stringify([host, port === '' ? protocol : port]));
  return shortDigest(JSON.stringify([host, 'key', ...credentials.map((secret) => secret.reveal())]));
}

/** The account of calls to a program of the user: the program in its folder. */
export function programAccountId({ provider, folder }: ProgramConfig): string {
  return shortDigest(JSON.stringify([provider, folder]));
}

/** The limits of one model of an account are counted separately from those of the account. */
export function modelAccountId(account: string, model: string): string {
  return shortDigest(JSON.stringify([account, model]));
}
