import { isJsonArray, isJsonObject, type JsonValue } from './json.ts';

/** A shorter text is part of too many words: to mask `k` would ruin every message. */
const SHORTEST = 8;

/** What stands in the place of a secret. */
const MASK = '[key]';

/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

/**
 * What takes secrets out of a text that somebody else wrote, in whatever shape they come back: as they are, with some or
 * all characters escaped as in JSON, HTML or a URL, however often, in base64 alone or within a longer text that was
 * encoded (`user:key`), and in hexadecimal. Secrets shorter than 8 characters are not looked for.
 */
export function secretMask(secrets: readonly string[]): Mask {
  const forms = new Set(secrets.flatMap((secret) => (secret.length < SHORTEST ? [] : formsOf(secret))));
  if (forms.size === 0) return (text) => text;
  // A longer one has to go whole, and not a part of it that is another one.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
  return (text) => maskEscaped(text.replace(pattern, MASK), pattern);
}

/** A JSON value whose texts and names hold no secret any more. */
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

/** How a secret stands in a text without escapes. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  // Forms write `+` for a blank, a URL writes the bytes of a character one by one, and what looks like an escape in the
  // secret itself is taken for one, as is a `\` at its end with what stands behind it.
  const unescaped = withoutEscapes(secret);
  const plain = [
    secret,
    secret.replaceAll(' ', '+'),
    bytes.toString('latin1'),
    unescaped,
    unescaped.replace(/\\+$/, ''),
  ];
  return [...plain, hex, hex.toUpperCase(), ...base64Forms(secret)].filter(({ length }) => length >= SHORTEST);
}

/**
 * `\u0061`, `\x61`, `%61`, `&#97;`, `&#x61;`, `&quot;`, and a `\` before a sign; each also where its own first sign was
 * escaped once more.
 */
const ESCAPE =
  /\\+(?:u([\da-f]{4})|x([\da-f]{2})|([^\w\s%&]|_))|%(?:25)*([\da-f]{2})|&(?:amp;)*(?:#x0*([\da-f]{1,4})|#0*(\d{1,5})|(amp|lt|gt|quot|apos));/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The one code unit that an escape stands for. */
function decoded(...[, unit, byte, sign, urlByte, hex, decimal, name]: readonly (string | undefined)[]): string {
  const code = unit ?? byte ?? urlByte ?? hex;
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  if (decimal !== undefined) return String.fromCharCode(Number(decimal));
  return sign ?? ENTITIES[name?.toLowerCase() ?? ''] ?? '';
}

function withoutEscapes(text: string): string {
  return text.replace(ESCAPE, (...groups: string[]) => decoded(...groups.slice(0, 8)));
}

/** A text in which secrets are masked that have escapes in them. */
function maskEscaped(text: string, pattern: RegExp): string {
  const plain = withoutEscapes(text);
  const found = plain === text ? [] : [...plain.matchAll(pattern)];
  if (found.length === 0) return text;
  const offsets = sourceOffsets(text, plain.length);
  let masked = '';
  let from = 0;
  for (const { index, 0: secret } of found) {
    masked += text.slice(from, offsets[index]) + MASK;
    from = offsets[index + secret.length] ?? text.length;
  }
  return masked + text.slice(from);
}

/** Where each code unit of the text without escapes begins in the text itself, and where the last one ends. */
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
 * Base64 writes three bytes as four signs, so a text within another one has one of three forms, by where it begins. The
 * signs at its ends hold bits of what surrounds it, too.
 */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2].flatMap((before) => {
    const code = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const inner = code.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3));
    return inner.length < SHORTEST ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
