import { UsageError } from '../../core/errors.ts';
import { type JsonObject, type JsonValue, MAX_LEVELS } from '../../core/json.ts';
import { kindText } from '../../io/value-text.ts';
import { specOf, tooDeep } from './schema.ts';
import { badValue, refused } from './values.ts';

/**
 * Settings that a program gives, as JSON values; undefined fields are left out, and objects with `toJSON` (a URL, a
 * date) are what that returns.
 * @throws UsageError for what no JSON text can be, such as 3n or NaN, with its key
 */
export function settingsValues(settings: unknown): JsonObject {
  if (isFields(settings)) return fieldsOf(settings, []);
  throw new UsageError(`the settings must be an object with the keys of promptgrid.yaml, got ${kindText(settings)}`, {
    hint: "give at least a dataset and a model, such as {dataset: 'rows.csv', model: 'gpt-4o'}",
  });
}

/** True for an object with fields: a Map, a typed array or a generator has others. */
function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value);
}

function fieldsOf(given: object, keys: readonly string[]): JsonObject {
  const fields = Object.entries(given).flatMap(([key, value]: [string, unknown]): [string, JsonValue][] => {
    const made = jsonValue(value, [...keys, key]);
    return made === undefined ? [] : [[key, made]];
  });
  return Object.fromEntries(fields);
}

/** @returns undefined for what is left out */
function jsonValue(given: unknown, keys: readonly string[]): JsonValue | undefined {
  const value = hasToJson(given) ? given.toJSON(keys.at(-1) ?? '') : given;
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  // Also the end of an object that holds itself.
  if (typeof value === 'object' && keys.length > MAX_LEVELS) throw refused(tooDeep(keys[0] ?? ''));
  if (Array.isArray(value)) return Array.from(value, (item: unknown, place) => itemOf(item, [...keys, `${place}`]));
  if (isFields(value)) return fieldsOf(value, keys);
  throw notAllowed(value, keys);
}

function itemOf(item: unknown, keys: readonly string[]): JsonValue {
  const made = jsonValue(item, keys);
  if (made === undefined) throw notAllowed(item, keys);
  return made;
}

function hasToJson(value: unknown): value is { toJSON(key: string): unknown } {
  return typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function';
}

function notAllowed(value: unknown, keys: readonly string[]): UsageError {
  const [label, got] = [keys.join('.'), kindText(value)];
  const spec = isOption(keys) ? specOf(keys) : undefined;
  if (spec !== undefined) return refused(badValue(spec, { label, joint: ': ' }, null, got));
  return new UsageError(`${label} cannot be ${got}`, {
    hint: 'give a text, a finite number, true, false, null, a list or an object',
  });
}

/** True for the key path of an option, an item of its list, or a field of a section: what is deeper has other values. */
function isOption([name = '', ...deeper]: readonly string[]): boolean {
  const [first = ''] = deeper;
  return deeper.length === 0 || SECTIONS.has(name) || (deeper.length === 1 && /^\d+$/.test(first));
}

const SECTIONS: ReadonlySet<string> = new Set(['providers', 'limits', 'exclude', 'include']);
