import { isCredentialName, isCredentialValue } from '../core/credential.ts';

/** Words of a command line without secrets. */
interface SafeWords {
  readonly words: readonly string[];
  /** Environment variables that replace secrets. */
  readonly variables: readonly string[];
}

const HEADER = /^--header(?:=|$)/;
const ADDRESS = /^--(?:base-url|baseUrl)(?:=|$)/;

/** Replaces secrets in a header or an address of the command line with `${NAME}`, which both accept. */
export function withoutSecrets(words: readonly string[]): SafeWords {
  const variables: string[] = [];
  const safe = words.map((word, index) => {
    const before = words[index - 1] ?? '';
    if (before === '--header') return safeHeader(word, variables);
    if (before === '--base-url' || before === '--baseUrl') return safeAddress(word, variables);
    const flag = word.slice(0, word.indexOf('=') + 1);
    if (flag !== '' && HEADER.test(flag)) return `${flag}${safeHeader(word.slice(flag.length), variables)}`;
    return flag !== '' && ADDRESS.test(flag) ? `${flag}${safeAddress(word.slice(flag.length), variables)}` : word;
  });
  return { words: safe, variables };
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
