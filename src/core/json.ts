import { WrittenNumber } from './written-number.ts';

/** Any JSON value. Only values of datasets, and of answers that are scored, hold a WrittenNumber. */
export type JsonValue = string | number | WrittenNumber | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** True for a JSON object: not null, not an array, not a number. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber);
}

/** True for a JSON array. */
export function isJsonArray(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The object; an empty one for anything else. */
export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The array; an empty one for anything else. */
export function listOf(value: unknown): readonly JsonValue[] {
  return isJsonArray(value) ? value : [];
}

/** The texts of an array, without any other items. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}

/** The text; null for anything else. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The text; undefined for anything else, and for an empty one. */
export function givenText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The text; `otherwise` for anything else. */
export function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** The number, if finite; null for anything else. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The number, if finite; `otherwise` for anything else. */
export function numberOr(value: unknown, otherwise: number): number {
  return numberOf(value) ?? otherwise;
}

/** `JSON.parse` returns only JSON values. */
const parse: (text: string) => JsonValue = JSON.parse;

/**
 * Maximum nesting of arrays and objects in external input: answers, datasets, settings. Code that walks a value
 * recurses once per level, and the most stack-hungry walker overflows at about 1,600 levels.
 */
export const MAX_LEVELS = 500;

/** Our own files nest external values a few levels deeper. */
const MAX_OWN_LEVELS = MAX_LEVELS + 100;

/** Replaces a value that is nested too deeply to be read. */
export const TOO_DEEP = Symbol('nested too deeply');

/** The value of a JSON text; undefined if the text is not JSON, or is nested more deeply than any of our files. */
export function parseJson(text: string): JsonValue | undefined {
  const value = parseWithin(text, MAX_OWN_LEVELS);
  return value === TOO_DEEP ? undefined : value;
}

/**
 * The value of a JSON text from outside; undefined if the text is not JSON, TOO_DEEP if it is nested more than
 * MAX_LEVELS deep.
 */
export function parseOutsideJson(text: string): JsonValue | typeof TOO_DEEP | undefined {
  return parseWithin(text, MAX_LEVELS);
}

function parseWithin(text: string, levels: number): JsonValue | typeof TOO_DEEP | undefined {
  try {
    const value = parse(text);
    // Each level takes two characters, so most texts need not be walked.
    return text.length >= 2 * levels && isDeeperThan(value, levels) ? TOO_DEEP : value;
  } catch {
    return undefined;
  }
}

/** True if arrays and objects are nested more than this many levels deep. */
export function isDeeperThan(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null || value instanceof WrittenNumber) return false;
  if (levels === 0) return true;
  if (isJsonArray(value)) return value.some((item) => isDeeperThan(item, levels - 1));
  return Object.values(value).some((item) => isDeeperThan(item, levels - 1));
}

/**
 * JSON text with the keys of every object in code-unit order, so equal values give equal text. Follows the ordering
 * rule of RFC 8785 (JSON Canonicalization Scheme), section 3.2.3.
 */
export function canonicalJson(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}
