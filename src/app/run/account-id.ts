import { shortDigest } from '../../core/digest.ts';
import { isLoopback } from '../config/endpoints.ts';
import type { EndpointConfig } from '../config/run-config.ts';

/**
 * Which account calls to an endpoint are made with, as a digest that says nothing of the key. A key has one account at a
 * host, whatever the path and the port; servers that ask for no key are told apart by host and port.
 */
export function accountId({ baseUrl, apiKey }: Pick<EndpointConfig, 'baseUrl' | 'apiKey'>): string {
  const { hostname, port, protocol } = new URL(baseUrl);
  const host = isLoopback(hostname) ? 'localhost' : hostname.replace(/\.$/, '');
  return shortDigest(
    JSON.stringify(apiKey === null ? [host, port === '' ? protocol : port] : [host, 'key', apiKey.reveal()]),
  );
}

/** The limits of one model of an account are counted apart from those of the account. */
export function modelAccountId(account: string, model: string): string {
  return shortDigest(JSON.stringify([account, model]));
}
