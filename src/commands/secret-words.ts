import { isCredentialName, isCredentialValue } from '../core/credential.ts';

/** Words of a command line without secrets. */
interface SafeWords {
  readonly words: readonly string[];
  /** Environment variables that replace secrets. */
  readonly variables: readonly string[];
}

/** How the value of a flag loses its secrets. */
const SAFE: ReadonlyMap<string, (value: string, variables: string[]) => string> = new Map([
  ['--header', safeHeader],
  ['--base-url', safeAddress],
  ['--baseUrl', safeAddress],
  ['--queue', safeQueue],
]);

/** Replaces secrets in a header or an address of the command line with `${NAME}`, which all of them accept. */
export function withoutSecrets(words: readonly string[]): SafeWords {
  const variables: string[] = [];
  const safe = words.map((word, index) => {
    const ofBefore = SAFE.get(words[index - 1] ?? '');
    if (ofBefore !== undefined) return ofBefore(word, variables);
    const equals = word.indexOf('=');
    const ofFlag = equals === -1 ? undefined : SAFE.get(word.slice(0, equals));
    return ofFlag === undefined ? word : `${word.slice(0, equals + 1)}${ofFlag(word.slice(equals + 1), variables)}`;
  });
  return { words: safe, variables };
}

/** A password may have any character but the `@` after it; a query may hold one too. */
function safeQueue(address: string, variables: string[]): string {
  const [, start = '', password = '', end = ''] = /^([a-z]+:\/\/[^:@/]*:)(.*)(@.*)$/s.exec(address) ?? [];
  const isLiteral = password.replace(/\$\{[^}]*\}/g, '') !== '';
  return safeAddress(isLiteral ? `${start}${variableFor('queue-password', variables)}${end}` : address, variables);
}

function safeHeader(header: string, variables: string[]): string {
  const colon = header.indexOf(':');
  const [name, value] = [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
  return isSecret(name, value) ? `${name}: ${variableFor(name, variables)}` : header;
}

function safeAddress(address: string, variables: string[]): string {
  const at = address.indexOf('?');
  if (at === -1) return address;
  const pairs = address.slice(at + 1).split('&');
  const safe = pairs.map((pair) => {
    const equals = pair.indexOf('=');
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
    return equals !== -1 && isSecret(name, value) ? `${name}=${variableFor(name, variables)}` : pair;
  });
  return `${address.slice(0, at)}?${safe.join('&')}`;
}

/** The rest of a value without its variables and its scheme is the secret itself. */
function isSecret(name: string, value: string): boolean {
  const literal = value.replace(/\$\{[^}]*\}/g, '').replace(/^(?:basic|bearer|token)(?:\s+|$)/i, '');
  return literal !== '' && (isCredentialName(name) || isCredentialValue(value));
}

function variableFor(name: string, variables: string[]): string {
  const variable = name
    .toUpperCase()
    .replace(/\W|-/g, '_')
    .replace(/^(?=\d)/, '_');
  variables.push(variable);
  return `\${${variable}}`;
}
