import { StringDecoder } from 'node:string_decoder';
import type { Cell } from '../../core/columns.ts';
import { ResultsError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { jsonText, parseWrittenJson } from '../../core/written-json.ts';
import type { FileDigest } from '../../io/atomic-file.ts';
import { type ByteLine, byteLineBatches } from '../../io/byte-lines.ts';
import { readBlocks } from '../../io/bytes.ts';
import { each } from '../../io/each.ts';
import { lineBatches, type TextLine } from '../../io/lines.ts';
import { OffsetLineReader } from '../../io/offset-reader.ts';
import type { ResultFormat, ResultOptions, ResultWriter, StoredRecord } from './format.ts';
import type { ResultFile } from './result-file.ts';

const OPENING_BRACE = 0x7b;

/**
 * JSON Lines: one object per result with the columns and its sparse keys as keys, in order; values verbatim. A locator
 * is the byte offset of a line.
 */
export const jsonlFormat: ResultFormat = {
  name: 'jsonl',
  fileName: 'results.jsonl',
  layout: 'long',
  isText: true,
  isDefault: true,
  isExact: true,
  write: async (path, options) => {
    const { ResultFile } = await import('./result-file.ts');
    return new JsonlWriter(await ResultFile.open(path), options);
  },
  read: (path) => readJsonLines(path, 0),
  readHeads: (path) => each(headBatches(path)),
  pick: pickJsonLines,
  claims: (head) => head[0] === OPENING_BRACE,
};

class JsonlWriter implements ResultWriter {
  readonly #file: ResultFile;
  /** `"name":` of each column, built here because an object would move keys such as `1` to its front. */
  readonly #keys: readonly string[];
  /** `,"name":` of each sparse key. */
  readonly #sparseKeys: readonly string[];
  /** Last cell of each column and its field: most cells repeat the one above them. */
  readonly #lastCells: Cell[];
  readonly #lastFields: string[];

  constructor(file: ResultFile, { columns, sparse }: ResultOptions) {
    this.#file = file;
    this.#sparseKeys = sparse.map((name) => `,${JSON.stringify(name)}:`);
    this.#keys = columns.map((name) => `${JSON.stringify(name)}:`);
    this.#lastCells = columns.map(() => null);
    this.#lastFields = this.#keys.map((key) => `${key}null`);
  }

  write(cells: readonly Cell[]): void | Promise<void> {
    const fields = this.#lastFields;
    for (let column = 0; column < fields.length; column++) {
      const cell = cells[column] ?? null;
      if (cell === this.#lastCells[column]) continue;
      this.#lastCells[column] = cell;
      fields[column] = `${this.#keys[column]}${jsonText(cell)}`;
    }
    const sparse = cells.length > fields.length ? this.#sparseFields(cells) : '';
    return this.#file.write(withoutLineBreaks(`{${fields.join(',')}${sparse}}\n`));
  }

  #sparseFields(cells: readonly Cell[]): string {
    let fields = '';
    for (const [index, key] of this.#sparseKeys.entries()) {
      const cell = cells[this.#keys.length + index] ?? null;
      if (cell !== null) fields += key + JSON.stringify(cell);
    }
    return fields;
  }

  commit(): Promise<FileDigest> {
    return this.#file.commit();
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }
}

/** Characters that JSON leaves as they are, and at which some readers of lines break a line. */
const UNICODE_BREAKS = /[\u0085\u2028\u2029]/g;
const BREAKS = ['\u0085', '\u2028', '\u2029'] as const;

/** The same JSON with those characters escaped. */
function withoutLineBreaks(json: string): string {
  // Looking for one character at a time takes a tenth of the time.
  if (!BREAKS.some((unit) => json.includes(unit))) return json;
  return json.replaceAll(UNICODE_BREAKS, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The objects of a JSON Lines file. @param headerLines number of lines to skip at its beginning */
export function readJsonLines(path: string, headerLines: number): AsyncIterable<StoredRecord> {
  return each(recordBatches(path, headerLines));
}

async function* recordBatches(path: string, headerLines: number): AsyncGenerator<Iterable<StoredRecord>> {
  for await (const lines of byteLineBatches(readBlocks(path))) yield recordsOf(path, headerLines, lines);
}

function* recordsOf(path: string, headerLines: number, lines: Iterable<ByteLine>): Generator<StoredRecord> {
  for (const { bytes, offset, line } of lines) {
    if (line <= headerLines || bytes.length === 0) continue;
    const value = parseWrittenJson(bytes.toString('utf8'));
    if (!isJsonObject(value)) throw damaged(path, line);
    yield { value, locator: offset, line };
  }
}

async function* headBatches(path: string): AsyncGenerator<Iterable<StoredRecord>> {
  const decoder = new StringDecoder('utf8');
  // Whole blocks are decoded: a text of its own for each line takes longer, and most of it is not needed.
  const texts = async function* (): AsyncGenerator<string> {
    for await (const block of readBlocks(path)) yield decoder.write(block);
  };
  const heads = new HeadReader();
  for await (const lines of lineBatches(texts())) yield headsOf(path, lines, heads);
}

function* headsOf(path: string, lines: readonly TextLine[], heads: HeadReader): Generator<StoredRecord> {
  for (const { text, line } of lines) {
    const value = heads.read(text);
    if (value === undefined) throw damaged(path, line);
    yield { value, locator: line, line };
  }
}

const BEFORE_ID = '{"trial_id":"';
/** In JSON a quote behind a comma begins a key: inside a text it has a backslash before it. */
const BEFORE_VARIANT = ',"prompt":';
const BEHIND_HEAD = ',"repeat":';

/**
 * Reads the heads of lines as they were written: a row that repeats the one above is read once, as is a variant. A value
 * is valid only until the next one is read.
 */
class HeadReader {
  /** The text of the last row's cells. */
  #rowText = '';
  #value: Record<string, JsonValue> = {};
  readonly #variants = new Map<string, JsonObject>();

  /** @returns undefined if the line is not one that was written */
  read(text: string): JsonObject | undefined {
    const idEnd = text.indexOf('"', BEFORE_ID.length);
    if (!this.#isSameRow(text, idEnd) && !this.#readRow(text, idEnd)) return undefined;
    const start = idEnd + this.#rowText.length;
    const variant = this.#variant(text.slice(start + 1, text.indexOf(BEHIND_HEAD, start)));
    if (variant === undefined) return undefined;
    this.#value['trial_id'] = text.slice(BEFORE_ID.length, idEnd);
    return Object.assign(this.#value, variant);
  }

  #isSameRow(text: string, idEnd: number): boolean {
    const row = this.#rowText;
    return row !== '' && text.startsWith(row, idEnd) && text.startsWith(BEFORE_VARIANT, idEnd + row.length);
  }

  /** Values of a row may have keys of that name too, where the text so far is no JSON. */
  #readRow(text: string, idEnd: number): boolean {
    for (let end = text.indexOf(BEFORE_VARIANT, idEnd); end >= 0; end = text.indexOf(BEFORE_VARIANT, end + 1)) {
      const row = parseWrittenJson(`${text.slice(0, end)}}`);
      if (!isJsonObject(row)) continue;
      [this.#value, this.#rowText] = [{ ...row }, text.slice(idEnd, end)];
      return true;
    }
    return false;
  }

  #variant(text: string): JsonObject | undefined {
    const known = this.#variants.get(text);
    if (known !== undefined) return known;
    const variant = parseWrittenJson(`{${text}}`);
    if (!isJsonObject(variant)) return undefined;
    this.#variants.set(text, variant);
    return variant;
  }
}

function damaged(file: string, line: number): ResultsError {
  return new ResultsError({ file, line }, 'is not a JSON object', {
    hint: 'the file is cut off or was edited; restore it with the run command, which pays nothing twice',
  });
}

/** The objects that begin at these byte offsets, by offset. */
export async function pickJsonLines(
  path: string,
  offsets: readonly number[],
): Promise<ReadonlyMap<number, JsonObject>> {
  const found = new Map<number, JsonObject>();
  const reader = await OffsetLineReader.open(path);
  try {
    for (const offset of offsets) {
      const value = parseWrittenJson(reader.read(offset).toString('utf8'));
      if (isJsonObject(value)) found.set(offset, value);
    }
  } finally {
    await reader.close();
  }
  return found;
}
