import { isJsonArray, isJsonObject, type JsonValue } from './json.ts';

/** A shorter text is part of too many words: masking `k` would ruin every message. */
const SHORTEST = 8;

/** Replaces a secret. */
const MASK = '[key]';

/** Removes secrets from a text. */
export type Mask = (text: string) => string;

/**
 * Removes secrets from external text, in any form in which they may come back. Forms are: unchanged; some or all
 * characters escaped as in JSON, HTML or a URL, any number of times; base64, alone or within a longer encoded text
 * (`user:key`); hexadecimal. Secrets shorter than 8 characters are not searched for.
 */
export function secretMask(secrets: readonly string[]): Mask {
  const forms = new Set(secrets.flatMap((secret) => (secret.length < SHORTEST ? [] : formsOf(secret))));
  if (forms.size === 0) return (text) => text;
  // A longer secret must be removed as a whole, not just a part of it that is another secret.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
  return (text) => maskEscaped(text.replace(pattern, MASK), pattern);
}

/** A JSON value without secrets in its texts and names. */
export function maskedJson(value: JsonValue, mask: Mask): JsonValue {
  if (typeof value === 'string') return mask(value);
  if (isJsonArray(value)) return value.map((item) => maskedJson(item, mask));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [mask(name), maskedJson(item, mask)]));
}

/** The text of a file with a value as JSON, without the secrets in its texts. */
export function maskedDocument(value: object, mask: Mask): string {
  const masked = (_name: string, item: unknown): unknown => (typeof item === 'string' ? mask(item) : item);
  return `${JSON.stringify(value, masked, 2)}\n`;
}

/** The forms of a secret in a text without escapes. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  // Forms write `+` for a space, and a URL escapes the bytes of a character one by one.
  const written = [secret, secret.replaceAll(' ', '+'), bytes.toString('latin1')];
  // Anything in the secret that looks like an escape is treated as one, including a `\` at its end with the following
  // character.
  const read = [secret, ...readings(secret).map(({ plain }) => plain)];
  const cut = read.map((plain) => plain.replace(/\\+$/, ''));
  const coded = [hex, hex.toUpperCase(), ...base64Forms(secret)];
  return [...written, ...read, ...cut, ...coded].filter(({ length }) => length >= SHORTEST);
}

/**
 * `\u0061`, `\u{61}`, `\x61`, `%61`, `&#97;`, `&#x61;`, both also without a semicolon before what is no digit, `&quot;`,
 * and a `\` before a sign; also with its own first character escaped again.
 */
const ESCAPE =
  /\\+(?:u([\da-f]{4})|u\{0*([\da-f]{1,4})\}|x([\da-f]{2})|([^\w\s%&]|_))|%(?:25)*([\da-f]{2})|&(?:amp;)*(?:#x0*([\da-f]{1,4})(?:;|(?![\da-f]))|#0*(\d{1,5})(?:;|(?!\d))|(amp|lt|gt|quot|apos);)/gi;
const BEGINS_ESCAPE = /[\\%&]/;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The single code unit that an escape represents. */
function decoded(...[, unit, point, byte, sign, urlByte, hex, decimal, name]: readonly (string | undefined)[]): string {
  const code = unit ?? point ?? byte ?? urlByte ?? hex;
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  if (decimal !== undefined) return String.fromCharCode(Number(decimal));
  return sign ?? ENTITIES[name?.toLowerCase() ?? ''] ?? '';
}

function withoutEscapes(text: string): string {
  return text.replace(ESCAPE, (...groups: string[]) => decoded(...groups.slice(0, 9)));
}

/** A text after its escapes were replaced, perhaps repeatedly. */
interface Reading {
  readonly plain: string;
  /** Offset in the text of each code unit, and the end of the last one. */
  readonly offsets: Uint32Array;
}

/** More is no text that anybody writes. */
const MOST_READINGS = 4;

/** What is left of an escape may begin one again, in another way: a text with `%5C` in it, or a secret with `%41`. */
function readings(text: string): readonly Reading[] {
  const found: Reading[] = [];
  let source = text;
  let offsets: Uint32Array | null = null;
  while (found.length < MOST_READINGS && BEGINS_ESCAPE.test(source)) {
    const plain = withoutEscapes(source);
    if (plain === source) break;
    const inText: Uint32Array | null = offsets;
    offsets = sourceOffsets(source, plain.length);
    if (inText !== null) offsets = offsets.map((offset) => inText[offset] ?? text.length);
    found.push({ plain, offsets });
    source = plain;
  }
  return found;
}

/** A text with escapes in which secrets are masked. */
function maskEscaped(text: string, pattern: RegExp): string {
  for (const { plain, offsets } of readings(text)) {
    const found = [...plain.matchAll(pattern)];
    if (found.length === 0) continue;
    let masked = '';
    let from = 0;
    for (const { index, 0: secret } of found) {
      masked += text.slice(from, offsets[index]) + MASK;
      from = offsets[index + secret.length] ?? text.length;
    }
    // Others may be escaped more often.
    return maskEscaped(masked + text.slice(from), pattern);
  }
  return text;
}

/** Offset in the text of each code unit of the unescaped text, and the end of the last one. */
function sourceOffsets(text: string, length: number): Uint32Array {
  const offsets = new Uint32Array(length + 1);
  let at = 0;
  let source = 0;
  for (const { index, 0: escape } of text.matchAll(ESCAPE)) {
    while (source < index) offsets[at++] = source++;
    offsets[at++] = source;
    source += escape.length;
  }
  while (at <= length) offsets[at++] = source++;
  return offsets;
}

/**
 * Base64 writes three bytes as four characters, so a text within another one has one of three forms, depending on its
 * offset. The characters at its ends also hold bits of the surrounding text.
 */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2].flatMap((before) => {
    const code = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const inner = code.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3));
    return inner.length < SHORTEST ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
