import { BlockList, isIP } from 'node:net';
import { UsageError } from '../../core/errors.ts';
import { type ProxyConfig, Secret } from './run-config.ts';
import type { Environment } from './variables.ts';

/** Names that servers on this machine use; everything else follows NO_PROXY. */
const NEVER: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const NONE: ReadonlySet<string> = new Set();

/**
 * The proxy that the environment names for an address: HTTPS_PROXY for https, HTTP_PROXY for http and as the fallback
 * for https. Lower-case names come first, and hosts in NO_PROXY are excluded. null if there is none.
 * @param projectVariables those of the environment that a `.env` file of the project sets
 * @throws UsageError for a proxy that cannot be used
 */
export function proxyOf(url: URL, env: Environment, projectVariables: ReadonlySet<string> = NONE): ProxyConfig | null {
  if (NEVER.has(url.hostname) || isExempt(url, variable(env, 'NO_PROXY')?.value ?? '')) return null;
  const own = url.protocol === 'https:' ? variable(env, 'HTTPS_PROXY') : null;
  const found = own ?? variable(env, 'HTTP_PROXY');
  if (found === null || found.value === '') return null;
  return { ...parseProxy(found), origin: projectVariables.has(found.name) ? 'project' : 'environment' };
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** An empty lower-case variable disables the upper-case one, as in curl. */
function variable(env: Environment, name: string): Variable | null {
  const found = [name.toLowerCase(), name].find((spelling) => env[spelling] !== undefined);
  return found === undefined ? null : { name: found, value: env[found]?.trim() ?? '' };
}

function parseProxy({ name, value }: Variable): Omit<ProxyConfig, 'origin'> {
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  // The value may hold a password, so it is not shown.
  if (url === null || url.hostname === '') {
    throw new UsageError(`${name} is not the address of a proxy`, {
      hint: 'write it like http://proxy.example.org:3128',
    });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(`${name} names a proxy of the kind ${url.protocol.slice(0, -1)}, which is not supported`, {
      hint: 'name an http or https proxy, or put the endpoint into NO_PROXY',
    });
  }
  const { protocol, host, username, password } = url;
  const address = `${protocol}//${host}`;
  if (username === '' && password === '') return { address, authorization: null, shown: address };
  const credentials = Buffer.from(`${decode(username)}:${decode(password)}`, 'utf8').toString('base64');
  return { address, authorization: new Secret(`Basic ${credentials}`), shown: `${protocol}//[key]@${host}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * NO_PROXY lists hosts separated by commas or spaces. A name includes its subdomains, with or without a leading dot or
 * `*.`. A port limits it to that port, `10.0.0.0/8` is an address range, `*` is every host.
 */
function isExempt(url: URL, noProxy: string): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => entry !== '' && exempts(entry, host, port));
}

function exempts(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInRange(entry, host);
  const [, name = entry, ownPort] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (ownPort !== undefined && ownPort !== port) return false;
  const wanted = name.replace(/^\*?\.|^\[|\]$/g, '');
  return host === wanted || host.endsWith(`.${wanted}`);
}

function isInRange(entry: string, host: string): boolean {
  const [address = '', prefix = ''] = entry.split('/');
  const family = isIP(address);
  const bits = Number(prefix);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(prefix) || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
