import type { Cell } from '../../core/columns.ts';
import type { JsonObject } from '../../core/json.ts';
import { jsonText } from '../../core/written-json.ts';
import { type ByteLine, byteLineBatches } from '../../io/byte-lines.ts';
import { readBlocks } from '../../io/bytes.ts';
import { each } from '../../io/each.ts';
import type { FileDigest } from '../../io/file-digest.ts';
import { LineParts } from '../../io/line-parts.ts';
import { OffsetLineReader } from '../../io/offset-reader.ts';
import type { ResultFormat, ResultOptions, ResultWriter, StoredRecord } from './format.ts';
import { damagedLine, headBatches } from './jsonl-heads.ts';
import { JsonlRecords } from './jsonl-record.ts';
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
  readHeads: headBatches,
  pick: pickJsonLines,
  claims: (head) => head[0] === OPENING_BRACE,
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

/** The objects of a JSON Lines file. @param headerLines number of lines to skip at its beginning */
export function readJsonLines(path: string, headerLines: number): AsyncIterable<StoredRecord> {
  return each(recordBatches(path, headerLines));
}

async function* recordBatches(path: string, headerLines: number): AsyncGenerator<Iterable<StoredRecord>> {
  const records = new JsonlRecords();
  for await (const lines of byteLineBatches(readBlocks(path))) {
    yield recordsOf(path, records, headerLines === 0 ? lines : behind(headerLines, lines));
  }
}

function* behind(headerLines: number, lines: Iterable<ByteLine>): Generator<ByteLine> {
  for (const line of lines) if (line.line > headerLines) yield line;
}

function* recordsOf(path: string, records: JsonlRecords, lines: Iterable<ByteLine>): Generator<StoredRecord> {
  for (const { bytes, offset, line } of lines) {
    if (bytes.length === 0) continue;
    const value = records.read(bytes.toString('utf8'));
    if (value === undefined) throw damagedLine(path, line);
    yield { value, locator: offset, line };
  }
}

/** The objects that begin at these byte offsets, by offset. */
export async function pickJsonLines(
  path: string,
  offsets: readonly number[],
): Promise<ReadonlyMap<number, JsonObject>> {
  const found = new Map<number, JsonObject>();
  const records = new JsonlRecords();
  const reader = await OffsetLineReader.open(path);
  try {
    for (const offset of offsets) {
      const value = records.read(reader.read(offset).toString('utf8'));
      if (value !== undefined) found.set(offset, value);
    }
  } finally {
    await reader.close();
  }
  return found;
}
