import { shortDigest } from './digest.ts';
import { isJsonArray, isJsonObject, type JsonValue, parseJson } from './json.ts';
import { areSameNumber, isNumber, WrittenNumber } from './written-number.ts';

/** `JSON.parse` returns only JSON values. */
const parse: (text: string) => JsonValue = JSON.parse;

/**
 * Signs of a number that JavaScript prints differently: 16 digits, a fraction that ends with zero or begins with six of
 * them, an exponent, a negative zero. It also finds some texts in strings.
 */
const SUSPECT = /(?:^|[:,[])\s*(?:-?(?:\d(?:[\d.]{15}|\d*\.\d*0(?!\d)|[\d.]*[eE])|0\.0{6})|-0)/;

/** The beginning of a string, or a number outside strings. */
const TOKEN = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * The value of a JSON text with a WrittenNumber for every number that JavaScript prints differently, else the value
 * itself.
 * @param value that of the text, nested no deeper than MAX_LEVELS
 */
export function withWritten(value: JsonValue, text: string): JsonValue {
  if (!holdsNumber(value) || !SUSPECT.test(text)) return value;
  const pieces: string[] = [];
  let done = 0;
  // No string of the text can contain a digest of all of it.
  let mark: string | null = null;
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
    const [token] = found;
    if (token === '"') TOKEN.lastIndex = endOfString(text, found.index);
    else if (String(Number(token)) !== token) {
      mark ??= shortDigest(text);
      pieces.push(text.slice(done, found.index), `"${mark}${token}"`);
      done = TOKEN.lastIndex;
    }
  }
  return mark === null ? value : unmarked(parse(pieces.join('') + text.slice(done)), mark);
}

/** Where the string that begins at an offset has ended. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** The same for a text of our own files; undefined if it is not JSON, or nested more deeply than any of them. */
export function parseWrittenJson(text: string): JsonValue | undefined {
  const value = parseJson(text);
  return value === undefined ? undefined : withWritten(value, text);
}

/** The same value with numbers for marked texts. */
function unmarked(value: JsonValue, mark: string): JsonValue {
  if (typeof value === 'string') return value.startsWith(mark) ? new WrittenNumber(value.slice(mark.length)) : value;
  if (isJsonArray(value)) return value.map((item) => unmarked(item, mark));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unmarked(item, mark)]));
}

/** True if the value is a number or holds one. */
function holdsNumber(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'number';
  return isJsonArray(value) ? value.some(holdsNumber) : Object.values(value).some(holdsNumber);
}

/** True if the value is a WrittenNumber or holds one. */
export function holdsWritten(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof WrittenNumber) return true;
  if (isJsonArray(value)) return value.some(holdsWritten);
  // No list of its values: this runs for every request.
  for (const key in value) {
    const item = value[key];
    if (typeof item === 'object' && holdsWritten(item)) return true;
  }
  return false;
}

/** The JSON text of a value, with numbers as they were written. @param indent spaces for each level; 0 for one line */
export function jsonText(value: JsonValue, indent = 0): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return wordOf(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof WrittenNumber) return String(value);
  if (!holdsWritten(value)) return JSON.stringify(value, null, indent);
  const mark = shortDigest(JSON.stringify(value));
  const marked = JSON.stringify(
    value,
    (_key, item: unknown) => (item instanceof WrittenNumber ? `${mark}${item.toString()}` : item),
    indent,
  );
  return marked.replaceAll(new RegExp(`"${mark}([^"]*)"`, 'g'), '$1');
}

/** As `JSON.stringify` writes it, which takes three times as long. */
function wordOf(value: number | boolean | null): string {
  return typeof value === 'number' && !Number.isFinite(value) ? 'null' : String(value);
}

/** True for equal values: numbers to the last digit, however they are written, objects in any order of keys. */
export function areSameJson(one: JsonValue, other: JsonValue): boolean {
  if (isNumber(one)) return isNumber(other) && areSameNumber(one, other);
  if (isJsonArray(one)) {
    if (!isJsonArray(other) || one.length !== other.length) return false;
    return one.every((item, at) => areSameJson(item, other[at] ?? null));
  }
  if (!isJsonObject(one)) return one === other;
  const keys = Object.keys(one);
  if (!isJsonObject(other) || Object.keys(other).length !== keys.length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && areSameJson(one[key] ?? null, other[key] ?? null));
}

/** The value with plain numbers, for code that knows no others. */
export function plainJson(value: JsonValue): JsonValue {
  return holdsWritten(value) ? parse(JSON.stringify(value)) : value;
}
