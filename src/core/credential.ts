const WORDS: ReadonlySet<string> = new Set([
  'auth',
  'authorization',
  'bearer',
  'cookie',
  'credential',
  'credentials',
  'jwt',
  'key',
  'passphrase',
  'passwd',
  'password',
  'pwd',
  'secret',
  'session',
  'sig',
  'signature',
  'token',
]);
/** Words that are written together; matching `key` at the end of any word would include x-portkey-provider. */
const COMPOUND =
  /(?:api|access|auth|client|private|secret|session|signing|subscription)(?:key|secret|token)$|password$/;

/**
 * True for a name of a header, a query parameter or a variable with a credential as its value: `Authorization`,
 * `x-api-key`, `sig`, `accessToken`, `OPENAI_API_KEY`.
 */
export function isCredentialName(name: string): boolean {
  const words = name
    .replace(/([a-z\d])(?=[A-Z])/g, '$1-')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  // The name of Azure Functions' key in a query.
  return name === 'code' || words.some((word) => WORDS.has(word) || COMPOUND.test(word));
}

/** A path, an address or a sentence, as in SSH_AUTH_SOCK, is not a key. */
const NO_KEY = /^[./~]|:\/\/|\s/;

/** The values of variables with a key-like name. @param isNamed true for further variables that hold keys */
export function keysOf(
  env: Readonly<Record<string, string | undefined>>,
  isNamed: (name: string) => boolean = () => false,
): readonly string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    return (isCredentialName(name) || isNamed(name)) && !NO_KEY.test(value) ? [value] : [];
  });
}

const SCHEME = /^(?:basic|bearer|token)\s/i;
/** RFC 9110, section 11.1: the scheme's name precedes its parameter. */
const ANY_SCHEME = /^[A-Za-z][\w-]*\s+(?=\S)/;
const KNOWN_SHAPE = /\b(?:sk|pk|rk|gh[opsu]|xox[abp])[-_][\w-]{8,}|\bAKIA[A-Z\d]{12,}|\beyJ[\w-]{10,}\.[\w-]{10,}/;
const MEMBER = /"([^"]+)"\s*:\s*"([^"]+)"/g;

/** True for a value that is a credential, whatever its name: a key, a token, or JSON that contains one. */
export function isCredentialValue(value: string): boolean {
  return SCHEME.test(value) || KNOWN_SHAPE.test(value) || credentialMembers(value).length > 0;
}

/**
 * The parts of a secret value that may come back alone: the value, the token after a scheme, the password of a basic
 * one, a cookie's value, the credentials in JSON.
 */
export function secretTexts(value: string): readonly string[] {
  const token = value.replace(ANY_SCHEME, '').trim();
  const basic = /^basic\s/i.test(value) ? Buffer.from(token, 'base64').toString('utf8') : '';
  const password = basic.slice(basic.indexOf(':') + 1);
  const parts = value.split(/[;,]\s*/).map((part) => part.slice(part.indexOf('=') + 1));
  return [...new Set([value, token, basic, password, ...parts, ...credentialMembers(value)])].filter(
    (text) => text !== '',
  );
}

function credentialMembers(json: string): readonly string[] {
  const members = [...json.matchAll(MEMBER)];
  return members.flatMap(([, name = '', text = '']) => (isCredentialName(name) ? [text] : []));
}
