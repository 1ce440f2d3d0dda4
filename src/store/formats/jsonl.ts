import { isUtf8 } from 'node:buffer';
import type { Cell } from '../../core/columns.ts';
import { ResultsError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { jsonText } from '../../core/written-json.ts';
import { type ByteLine, byteLineBatches } from '../../io/byte-lines.ts';
import { readBlocks, readBytes } from '../../io/bytes.ts';
import { decodeText, InvalidTextError } from '../../io/decode.ts';
import { each } from '../../io/each.ts';
import type { FileDigest } from '../../io/file-digest.ts';
import { LineParts } from '../../io/line-parts.ts';
import { lineBatches, type TextLine } from '../../io/lines.ts';
import { OffsetLineReader } from '../../io/offset-reader.ts';
import type { ResultFormat, ResultOptions, ResultWriter, StoredRecord } from './format.ts';
import { damagedLine, headBatches } from './jsonl-heads.ts';
import { JsonlRecords } from './jsonl-record.ts';
import type { ResultFile } from './result-file.ts';
import { headText, wideEncoding } from './text-head.ts';

/**
 * JSON Lines: one object per result with the columns and its sparse keys as keys, in order; values verbatim. A locator
 * is the byte offset of a line; in UTF-16, where lines are read one after the other, its number.
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
  readDamaged: (path) => each(recordBatches(path, new LineParser(path, { headers: 0, isStrict: false }))),
  readHeads: headBatches,
  pick: pickJsonLines,
  // Accepts files that another program saved: with a byte order mark, in UTF-16, with empty lines.
  claims: (head) => headText(head).trimStart().startsWith('{'),
};

class JsonlWriter implements ResultWriter {
  readonly #file: ResultFile;
  readonly #columns: number;
  /** `,"name":` of each sparse key. */
  readonly #sparseKeys: readonly string[];
  /** Last cell of each column: most cells repeat the one above them. */
  readonly #lastCells: Cell[];
  /**
   * The JSON of each column behind `{"name":` or `,"name":`, built here because an object would move keys such as `1` to
   * its front; then the sparse fields.
   */
  readonly #members: LineParts;

  constructor(file: ResultFile, { columns, sparse }: ResultOptions) {
    this.#file = file;
    this.#columns = columns.length;
    this.#sparseKeys = sparse.map((name) => `,${cellJson(name)}:`);
    this.#lastCells = columns.map(() => null);
    const keys = columns.map((name, index) => `${index === 0 ? '{' : ','}${cellJson(name)}:`);
    this.#members = new LineParts([...keys, ''], '}\n', 'null');
    this.#members.set(columns.length, '');
  }

  write(cells: readonly Cell[]): void | Promise<void> {
    const [columns, members] = [this.#columns, this.#members];
    for (let column = 0; column < columns; column++) {
      const cell = cells[column] ?? null;
      if (cell === this.#lastCells[column]) continue;
      this.#lastCells[column] = cell;
      members.set(column, cellJson(cell));
    }
    members.set(columns, cells.length > columns ? this.#sparseFields(cells) : '');
    return this.#file.write(members.line());
  }

  #sparseFields(cells: readonly Cell[]): string {
    let fields = '';
    for (const [index, key] of this.#sparseKeys.entries()) {
      const cell = cells[this.#columns + index] ?? null;
      if (cell !== null) fields += key + cellJson(cell);
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

/** The JSON of a cell with those characters escaped. */
function cellJson(cell: Cell): string {
  const json = jsonText(cell);
  // Only a text can have any. Looking for one character at a time takes a tenth of the time.
  if (typeof cell !== 'string' && typeof cell !== 'object') return json;
  if (!BREAKS.some((unit) => json.includes(unit))) return json;
  return json.replaceAll(UNICODE_BREAKS, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The objects of a JSON Lines file. @param headers number of objects to skip at its beginning */
export function readJsonLines(path: string, headers: number): AsyncIterable<StoredRecord> {
  return each(recordBatches(path, new LineParser(path, { headers, isStrict: true })));
}

async function* recordBatches(path: string, parser: LineParser): AsyncGenerator<Iterable<StoredRecord>> {
  if ((await encodingOf(path)) !== null) yield* wideBatches(path, parser);
  else for await (const lines of byteLineBatches(readBlocks(path))) yield parser.ofBytes(lines);
}

async function encodingOf(path: string): Promise<ReturnType<typeof wideEncoding>> {
  for await (const block of readBlocks(path)) return wideEncoding(block);
  return null;
}

async function* wideBatches(path: string, parser: LineParser): AsyncGenerator<Iterable<StoredRecord>> {
  try {
    for await (const lines of lineBatches(decodeText(readBytes(path), await encodingOf(path))))
      yield parser.ofTexts(lines);
  } catch (cause) {
    throw cause instanceof InvalidTextError ? damagedLine(path, cause.line) : cause;
  }
}

/** How lines are read. */
interface LineOptions {
  /** Number of objects to skip at the beginning. */
  readonly headers: number;
  /** Refuses what is not UTF-8, which would be replaced. */
  readonly isStrict: boolean;
}

/** Makes records of lines; empty ones are skipped. */
class LineParser {
  readonly #path: string;
  readonly #records = new JsonlRecords();
  readonly #isStrict: boolean;
  #headers: number;

  constructor(path: string, { headers, isStrict }: LineOptions) {
    this.#path = path;
    this.#headers = headers;
    this.#isStrict = isStrict;
  }

  *ofBytes(lines: Iterable<ByteLine>): Generator<StoredRecord> {
    for (const { bytes, offset, line } of lines) {
      if (this.#isStrict && !isUtf8(bytes)) throw foreignEncoding(this.#path, line);
      const value = this.#read(lineText(bytes, offset), line);
      if (value !== null) yield { value, locator: offset, line };
    }
  }

  *ofTexts(lines: Iterable<TextLine>): Generator<StoredRecord> {
    for (const { text, line } of lines) {
      const value = this.#read(text, line);
      if (value !== null) yield { value, locator: line, line };
    }
  }

  #read(text: string, line: number): JsonObject | null {
    if (!text.startsWith('{') && text.trim() === '') return null;
    if (this.#headers > 0) {
      this.#headers -= 1;
      return null;
    }
    const value = this.#records.read(text);
    if (value === undefined) throw damagedLine(this.#path, line);
    return value;
  }
}

function foreignEncoding(file: string, line: number): ResultsError {
  return new ResultsError({ file, line }, 'is not UTF-8 any more', {
    hint: 'take the file as its run wrote it, or save it as UTF-8: other encodings lack some characters',
  });
}

const MARK_BYTES = Buffer.from('\uFEFF');

/** The text of a line in UTF-8, without the byte order mark of its file. */
function lineText(bytes: Buffer, offset: number): string {
  const hasMark = offset === 0 && bytes.subarray(0, MARK_BYTES.length).equals(MARK_BYTES);
  return bytes.toString('utf8', hasMark ? MARK_BYTES.length : 0);
}

/** The objects at these locators. */
export async function pickJsonLines(
  path: string,
  locators: readonly number[],
): Promise<ReadonlyMap<number, JsonObject>> {
  if ((await encodingOf(path)) !== null) return pickWide(path, new Set(locators));
  const found = new Map<number, JsonObject>();
  const records = new JsonlRecords();
  const reader = await OffsetLineReader.open(path);
  try {
    for (const offset of locators) {
      const value = records.read(lineText(reader.read(offset), offset));
      if (value !== undefined) found.set(offset, value);
    }
  } finally {
    await reader.close();
  }
  return found;
}

async function pickWide(path: string, lines: ReadonlySet<number>): Promise<ReadonlyMap<number, JsonObject>> {
  const found = new Map<number, JsonObject>();
  for await (const { value, locator } of readJsonLines(path, 0)) {
    if (lines.has(locator)) found.set(locator, value);
    if (found.size === lines.size) break;
  }
  return found;
}
