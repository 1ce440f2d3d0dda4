import { DatasetError } from '../core/errors.ts';
import {
  isDeeperThan,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MAX_LEVELS,
  objectOf,
} from '../core/json.ts';
import type { Row } from '../core/row.ts';
import { withWritten } from '../core/written-json.ts';
import { EmptyRows, isEmptyRow } from './empty-rows.ts';
import type { DatasetFile, DatasetFormat } from './format.ts';
import { emptyFileError } from './format-errors.ts';
import { JsonCursor, type JsonElement } from './json/elements.ts';
import { placeAfter } from './json/text-places.ts';
import { describeJsonFault } from './json-fault.ts';
import { idText, kindOf } from './jsonl.ts';
import { ID_COLUMN } from './row-id.ts';

const OBJECTS_HINT = 'write an array of objects, such as [{"prompt": "…"}, {"prompt": "…"}]';

/**
 * JSON: an array of objects, an object with one such array in it, or objects one after the other; in one line or
 * indented. Values keep their JSON types.
 */
export const jsonFormat: DatasetFormat = { name: 'json', extensions: ['.json'], read: readJson };

async function* readJson(file: DatasetFile): AsyncGenerator<Row, void, undefined> {
  let rows = 0;
  let hasIds = false;
  const empty = new EmptyRows();
  for await (const element of elementsOf(file)) {
    const vars = parseElement(file.path, element);
    const { line, column } = element;
    if (isEmptyRow(vars)) {
      empty.add(line);
      continue;
    }
    rows++;
    if (rows === 1) hasIds = file.ignoresIds !== true && Object.hasOwn(vars, ID_COLUMN);
    const id = hasIds ? idText(vars, { file: file.path, line, column }) : String(rows);
    yield { id, hasOwnId: hasIds, vars, line };
  }
  if (rows === 0) throw noObjectsError(file.path);
  const note = empty.note();
  if (note !== null) file.onNotice?.(`${file.path}: ${note}`);
}

function noObjectsError(file: string): DatasetError {
  return new DatasetError({ file }, 'the array is empty', { hint: 'add at least one object' });
}

async function* elementsOf(file: DatasetFile): AsyncGenerator<JsonElement, void, undefined> {
  const cursor = new JsonCursor(file.path, file.text);
  try {
    const first = await cursor.next();
    if (first === '') throw emptyFileError(file.path);
    if (first === '[') yield* arrayElements(cursor);
    else if (first === '{') yield* objects(cursor, file);
    else throw cursor.fault(cursor.place, 'not a JSON array or object', OBJECTS_HINT);
  } finally {
    await cursor.close();
  }
}

/** The elements of the array that the cursor is at, to the end of the file. */
async function* arrayElements(cursor: JsonCursor): AsyncGenerator<JsonElement, void, undefined> {
  yield* members(cursor);
  if ((await cursor.next()) !== '') {
    throw cursor.fault(cursor.place, 'text follows the end of the array', 'remove it, or write one array only');
  }
}

/** The elements of the array that the cursor is at, up to its end. */
async function* members(cursor: JsonCursor): AsyncGenerator<JsonElement, void, undefined> {
  const start = cursor.place;
  cursor.take();
  for (let count = 0; ; count++) {
    const next = await cursor.next();
    if (next === '') {
      const message = 'the file ends inside the array that begins here';
      throw cursor.fault(start, message, 'it was probably cut off: write it again');
    }
    if (next === ']' && count === 0) return cursor.take();
    if (next === ',' || next === ']' || next === '}' || next === ':') {
      throw cursor.fault(cursor.place, `not JSON: expected a value, found "${next}"`, OBJECTS_HINT);
    }
    yield await cursor.value();
    const separator = await cursor.next();
    if (separator === ']') return cursor.take();
    if (separator === ',') cursor.take();
    else if (separator !== '') {
      throw cursor.fault(cursor.place, `not JSON: expected "," or "]", found "${separator}"`, OBJECTS_HINT);
    }
  }
}

/** Objects one after the other, or the rows in the only one. */
async function* objects(cursor: JsonCursor, file: DatasetFile): AsyncGenerator<JsonElement, void, undefined> {
  const first = await cursor.shortValue();
  if (first === 'too-long') {
    yield* rowsOfLarge(cursor, file);
    return;
  }
  if ((await cursor.next()) === '') {
    yield* rowsOfOnly(first, file);
    return;
  }
  yield first;
  while (true) {
    const next = await cursor.next();
    if (next === '') return;
    if (next !== '{') {
      const message = `expected the next object or the end of the file, found "${next}"`;
      throw cursor.fault(cursor.place, message, OBJECTS_HINT);
    }
    yield await cursor.value();
  }
}

/** The rows in an object that is alone in its file: those of its one array of objects, else itself. */
async function* rowsOfOnly(only: JsonElement, file: DatasetFile): AsyncGenerator<JsonElement, void, undefined> {
  const object = parseElement(file.path, only);
  const keys = Object.keys(object).filter((key) => mayHoldRows(key) && isArrayOfObjects(object[key]));
  const [key] = keys;
  if (key === undefined) {
    file.onNotice?.(`${file.path}: one object, which is read as one row`);
    yield only;
    return;
  }
  if (keys.length > 1) throw severalError(file.path, keys);
  file.onNotice?.(`${file.path}: the rows are those of the key ${JSON.stringify(key)}`);
  const cursor = new JsonCursor(file.path, pieceOf(only.text), only);
  for await (const member of keysOf(cursor)) {
    if (member === key) yield* members(cursor);
    else await cursor.value();
  }
}

/** The rows of the only array in an object that is too long to be held in memory. */
async function* rowsOfLarge(cursor: JsonCursor, file: DatasetFile): AsyncGenerator<JsonElement, void, undefined> {
  let found: string | null = null;
  for await (const key of keysOf(cursor)) {
    const isArray = (await cursor.next()) === '[' && mayHoldRows(key);
    if (isArray && found === null) {
      found = key;
      file.onNotice?.(`${file.path}: the rows are those of the key ${JSON.stringify(key)}`);
      yield* members(cursor);
    } else {
      const { text } = await cursor.value();
      if (isArray && found !== null && /^\[\s*\{/.test(text)) throw severalError(file.path, [found, key]);
    }
  }
  if ((await cursor.next()) === '') return;
  throw cursor.fault(cursor.place, 'text follows the end of the object', OBJECTS_HINT);
}

/** A conversation is a column of one row. */
function mayHoldRows(key: string): boolean {
  return key !== 'messages';
}

function isArrayOfObjects(value: JsonValue | undefined): boolean {
  return isJsonArray(value) && value.length > 0 && value.every(isJsonObject);
}

function severalError(file: string, keys: readonly string[]): DatasetError {
  const names = keys.map((key) => JSON.stringify(key)).join(', ');
  return new DatasetError({ file }, `the object holds several arrays of objects: ${names}`, {
    hint: `write the rows alone into a file, such as with: jq '.${keys[0]}' ${file} > rows.json`,
  });
}

/** The keys of the object that the cursor is at; between two keys the reader takes the value. */
async function* keysOf(cursor: JsonCursor): AsyncGenerator<string, void, undefined> {
  await expectNext(cursor, '{');
  if ((await cursor.next()) === '}') return cursor.take();
  while (true) {
    await cursor.next();
    const { text, ...place } = await cursor.value();
    const key = keyOf(text);
    if (key === null) throw cursor.fault(place, 'not JSON: expected a name in double quotes', OBJECTS_HINT);
    await expectNext(cursor, ':');
    await cursor.next();
    yield key;
    if ((await cursor.next()) === '}') return cursor.take();
    await expectNext(cursor, ',');
  }
}

function keyOf(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

async function expectNext(cursor: JsonCursor, expected: string): Promise<void> {
  const next = await cursor.next();
  if (next === expected) return cursor.take();
  const found = next === '' ? 'the end of the file' : `"${next}"`;
  throw cursor.fault(cursor.place, `not JSON: expected "${expected}", found ${found}`, OBJECTS_HINT);
}

async function* pieceOf(text: string): AsyncGenerator<string, void, undefined> {
  yield text;
}

function parseElement(file: string, { text, line, column }: JsonElement): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const fault = describeJsonFault(text, 'value');
    const place = fault === null ? { line, column } : placeAfter(text.slice(0, fault.offset), { line, column });
    throw new DatasetError({ file, ...place }, fault?.what ?? 'not JSON', { hint: OBJECTS_HINT, cause });
  }
  if (!isJsonObject(value)) {
    throw new DatasetError({ file, line, column }, `expected an object, found ${kindOf(value)}`, {
      hint: OBJECTS_HINT,
    });
  }
  if (text.length < 2 * MAX_LEVELS || !isDeeperThan(value, MAX_LEVELS)) return objectOf(withWritten(value, text));
  throw new DatasetError({ file, line, column }, `the object is nested more than ${MAX_LEVELS} levels deep`, {
    hint: 'give the deeper part as a text',
  });
}
