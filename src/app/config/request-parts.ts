import { isCredentialName, isCredentialValue, secretTexts } from '../../core/credential.ts';
import { shortDigest } from '../../core/digest.ts';
import { UsageError } from '../../core/errors.ts';
import { type Mask, secretMask } from '../../core/secret-mask.ts';
import { type EndpointConfig, type RequestPart, Secret } from './run-config.ts';
import { type Environment, expandVariables, type UsedVariable } from './variables.ts';

/** Where settings texts are expanded. */
interface PartContext {
  readonly env: Environment;
  /** How errors name the setting, such as `--header`. */
  readonly where: string;
}

/** RFC 9110, section 5.1. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;
/** RFC 9110, section 5.5: what a header line can carry. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

/** Headers that control how the request itself is transferred. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Headers given as `name: value`, their names in lower case.
 * @throws UsageError that does not show a value
 */
export function parseHeaders(texts: readonly string[], { env, where }: PartContext): readonly RequestPart[] {
  const headers = texts.map((text, index) => {
    const colon = text.indexOf(':');
    const name = text.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (!HEADER_NAME.test(name)) {
      throw new UsageError(`${where}: header ${index + 1} does not begin with a name and a colon`, {
        hint: `write it like ${where} 'x-team: search'`,
      });
    }
    if (OWN_HEADERS.has(name)) {
      throw new UsageError(`${where}: the header ${name} is set by promptgrid itself`, { hint: 'leave it out' });
    }
    const { text: value, variables } = expandVariables(text.slice(colon + 1).trim(), env, `${where} ${name}`);
    if (!HEADER_VALUE.test(value)) throw badValue(name, value, where);
    return partOf(name, value, variables);
  });
  const twice = headers.find(({ name }, index) => headers.findIndex((header) => header.name === name) < index);
  if (twice === undefined) return headers;
  throw new UsageError(`${where}: the header ${twice.name} is given twice`, { hint: 'give each header once' });
}

function badValue(name: string, value: string, where: string): UsageError {
  if (value === '') {
    return new UsageError(`${where}: the header ${name} has no value`, { hint: `write it like '${name}: value'` });
  }
  return new UsageError(`${where}: the value of ${name} has a character that no header carries`, {
    hint: 'copy it again: Latin letters, digits and signs on one line',
  });
}

/** A part of a request whose value is shown only if it cannot be a secret. @param used the variables in its value */
export function partOf(name: string, value: string, used: readonly UsedVariable[]): RequestPart {
  const isSecret = used.length > 0 || isCredentialValue(value);
  const disclosure = isCredentialName(name) ? 'hidden' : isSecret ? 'digest' : 'shown';
  const variables = used.map((variable) => ({ name: variable.name, value: new Secret(variable.value) }));
  return { name, value: new Secret(value), variables, disclosure };
}

/** A value as shown in previews and run.json. */
export function shownValue({ value, disclosure }: RequestPart): string {
  return disclosure === 'shown' ? value.reveal() : '[key]';
}

/**
 * What of these parts identifies a run or a stored answer: names and values, with digests of values that may be secret.
 * Credentials are excluded, since they may be replaced.
 */
export function partsIdentity(parts: readonly RequestPart[]): Readonly<Record<string, string>> {
  const texts = new Map<string, string>();
  for (const { name, value, disclosure } of parts) {
    if (disclosure === 'hidden') continue;
    const text = disclosure === 'shown' ? value.reveal() : `digest ${shortDigest(`${name}\n${value.reveal()}`)}`;
    const before = texts.get(name);
    texts.set(name, before === undefined ? text : `${before}&${text}`);
  }
  return Object.fromEntries(texts);
}

/** Removes secrets that are sent to endpoints and proxies from a text. */
export function endpointMask(endpoints: readonly EndpointConfig[]): Mask {
  return secretMask(endpoints.flatMap(endpointSecrets));
}

/** Secrets sent to an endpoint and its proxy that must never be shown, even if a server repeats them. */
export function endpointSecrets({ apiKey, query, headers, proxy, tokens }: EndpointConfig): readonly string[] {
  const hidden = [...query, ...headers].filter(({ disclosure }) => disclosure !== 'shown');
  const secrets = [
    ...hidden.flatMap(({ value, variables }) => [value, ...variables.map((variable) => variable.value)]),
    ...(apiKey === null ? [] : [apiKey]),
    ...[proxy, tokens?.proxy].flatMap((one) => one?.authorization ?? []),
  ];
  return secrets.flatMap((secret) => secretTexts(secret.reveal()));
}

/** True if one of the parts authenticates the caller, so that no key is needed. */
export function haveCredential(parts: readonly RequestPart[]): boolean {
  return parts.some(({ disclosure }) => disclosure === 'hidden');
}
