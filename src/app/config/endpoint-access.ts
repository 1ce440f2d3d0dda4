import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { UsageError } from '../../core/errors.ts';
import type { ProviderDefinition } from '../../providers/definition.ts';
import { type AddedTrust, destinationsOf, type EndpointWay } from './destinations.ts';
import type { Origin } from './origins.ts';
import { proxyOf } from './proxies.ts';
import type { Destination, TokenAddress } from './run-config.ts';
import type { ProviderOverrides } from './schema.ts';
import type { Environment, VariableContext } from './variables.ts';

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * The certificates of a file, in PEM or one in DER, to trust besides the machine's own.
 * @throws UsageError for a file without any
 */
export function readTrust(file: string, origin: Origin): AddedTrust {
  return { file, certificates: readCertificates(file), origin };
}

/**
 * All certificates that are trusted besides Node's own. Those of NODE_EXTRA_CA_CERTS are no longer trusted by themselves
 * once there are others.
 */
export function certificatesOf(
  trust: AddedTrust | null,
  { env, projectVariables }: VariableContext,
): readonly string[] {
  if (trust === null) return [];
  const file = env[EXTRA_VARIABLE] ?? '';
  // Node reads it before any `.env` is.
  if (file === '' || projectVariables?.has(EXTRA_VARIABLE) === true) return trust.certificates;
  try {
    return [...trust.certificates, ...readCertificates(file)];
  } catch {
    // Node warns of it.
    return trust.certificates;
  }
}

const EXTRA_VARIABLE = 'NODE_EXTRA_CA_CERTS';

function readCertificates(file: string): readonly string[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new UsageError(`--ca-file: ${file} cannot be read`, { hint: 'name a file with certificates', cause });
  }
  const texts = bytes.toString('latin1').match(PEM);
  try {
    return (texts ?? [bytes]).map((one) => new X509Certificate(one).toString());
  } catch (cause) {
    const what = texts === null ? 'has no certificate' : 'has a broken certificate';
    throw new UsageError(`--ca-file: ${file} ${what}`, {
      hint: 'give certificates in PEM: lines from BEGIN CERTIFICATE to END CERTIFICATE',
      cause,
    });
  }
}

/** What a header and a path can carry. */
const WORD = /^[\x21-\x7e]+$/;

/**
 * What the account needs besides the key, from the provider's section or the environment.
 * @param name of the provider in the run
 * @throws UsageError if it is missing, or given to a provider that has no such thing
 */
export function accountWordOf(
  name: string,
  { account }: ProviderDefinition,
  own: ProviderOverrides,
  env: Environment,
): string | null {
  for (const key of ['folder', 'scope'] as const) {
    if (own[key] === undefined || key === account?.name) continue;
    throw new UsageError(`providers.${name}.${key}: this provider has no ${key}`, { hint: 'remove it' });
  }
  if (account === null) return null;
  const given = own[account.name] ?? env[account.variable]?.trim() ?? '';
  const word = given === '' ? account.fallback : given;
  if (word === null) {
    throw new UsageError(`no ${account.name} for ${name}: the environment variable ${account.variable} is not set`, {
      hint: `write ${account.variable}=<your ${account.name}> into a .env file here, or ${account.name} into the section of ${name}`,
    });
  }
  if (WORD.test(word)) return word;
  throw new UsageError(`the ${account.name} of ${name} has a character that no request carries`, {
    hint: `check ${account.variable} and promptgrid.yaml`,
  });
}

/** Where the key is exchanged for access tokens; null if it is not. @throws UsageError for an address that is none */
export function tokenAddressOf(
  name: string,
  { tokens }: ProviderDefinition,
  { authUrl }: ProviderOverrides,
  { env, projectVariables }: VariableContext,
): TokenAddress | null {
  if (tokens === null) {
    if (authUrl === undefined) return null;
    throw new UsageError(`providers.${name}.authUrl: this provider has no access tokens`, { hint: 'remove it' });
  }
  const address = authUrl ?? tokens.url;
  const url = URL.canParse(address) ? new URL(address) : null;
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username + url.password + url.hash === '';
  if (url === null || !isPlain) {
    throw new UsageError(`providers.${name}.authUrl is not an http address`, { hint: `write it like ${tokens.url}` });
  }
  return { url: url.href, proxy: proxyOf(url, env, projectVariables) };
}

/** Where the key goes for access tokens; empty if it is not exchanged. */
export function tokenDestinations(
  address: TokenAddress | null,
  { tokens }: ProviderDefinition,
  way: Pick<EndpointWay, 'origin' | 'keyVariable' | 'trust'>,
): readonly Destination[] {
  if (address === null) return [];
  const { url, proxy } = address;
  const ownAddress = tokens?.url ?? null;
  return destinationsOf({ ...way, url: new URL(url), given: url, addressVariables: [], ownAddress, parts: [], proxy });
}
