import { createReadStream } from 'node:fs';
import type { Cell } from '../../core/columns.ts';
import { ResultsError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { jsonText, parseWrittenJson } from '../../core/written-json.ts';
import type { FileDigest } from '../../io/atomic-file.ts';
import { type ByteLine, byteLineBatches } from '../../io/byte-lines.ts';
import { each } from '../../io/each.ts';
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
  pick: pickJsonLines,
  claims: (head) => head[0] === OPENING_BRACE,
};

/** Lines are written once they have this many UTF-16 code units together. */
const BATCH_UNITS = 16 * 1024;

class JsonlWriter implements ResultWriter {
  readonly #file: ResultFile;
  #batch = '';
  /** `{"name":`, then `,"name":` and so on, built here because an object would move keys such as `1` to its front. */
  readonly #keys: readonly string[];
  /** `,"name":` of each sparse key. */
  readonly #sparseKeys: readonly string[];
  /** Last cell of each column, and its JSON behind its key: most cells repeat the one above them. */
  readonly #lastCells: Cell[];
  readonly #lastMembers: string[];

  constructor(file: ResultFile, { columns, sparse }: ResultOptions) {
    this.#file = file;
    this.#sparseKeys = sparse.map((name) => `,${lineJson(name)}:`);
    this.#keys = columns.map((name, index) => `${index === 0 ? '{' : ','}${lineJson(name)}:`);
    this.#lastCells = columns.map(() => null);
    this.#lastMembers = this.#keys.map((key) => `${key}null`);
  }

  write(cells: readonly Cell[]): void | Promise<void> {
    let line = '';
    for (let index = 0; index < this.#keys.length; index++) {
      line += this.#member(index, cells[index] ?? null);
    }
    if (cells.length > this.#keys.length) line += this.#sparseFields(cells);
    this.#batch += `${line}}\n`;
    if (this.#batch.length >= BATCH_UNITS) return this.#flush();
  }

  #member(column: number, cell: Cell): string | undefined {
    if (cell !== this.#lastCells[column]) {
      this.#lastCells[column] = cell;
      this.#lastMembers[column] = `${this.#keys[column]}${lineJson(cell)}`;
    }
    return this.#lastMembers[column];
  }

  #sparseFields(cells: readonly Cell[]): string {
    let fields = '';
    for (const [index, key] of this.#sparseKeys.entries()) {
      const cell = cells[this.#keys.length + index] ?? null;
      if (cell !== null) fields += key + lineJson(cell);
    }
    return fields;
  }

  async commit(): Promise<FileDigest> {
    await this.#flush();
    return this.#file.commit();
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }

  #flush(): Promise<void> {
    const text = this.#batch;
    this.#batch = '';
    return this.#file.write(text);
  }
}

/** Characters that JSON leaves as they are, and at which some readers of lines break a line. */
const UNICODE_BREAKS = /[\u0085\u2028\u2029]/g;

/** The JSON text of a value, with those characters escaped. */
function lineJson(value: JsonValue): string {
  return jsonText(value).replaceAll(UNICODE_BREAKS, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Larger blocks than usual: most of what is read is garbage at once, and fewer blocks cost less to collect. */
const BLOCK_BYTES = 1024 * 1024;

/** The objects of a JSON Lines file. @param headerLines number of lines to skip at its beginning */
export function readJsonLines(path: string, headerLines: number): AsyncIterable<StoredRecord> {
  return each(recordBatches(path, headerLines));
}

async function* recordBatches(path: string, headerLines: number): AsyncGenerator<Iterable<StoredRecord>> {
  const stream = createReadStream(path, { highWaterMark: BLOCK_BYTES });
  for await (const lines of byteLineBatches(stream)) yield recordsOf(path, headerLines, lines);
}

function* recordsOf(path: string, headerLines: number, lines: readonly ByteLine[]): Generator<StoredRecord> {
  for (const { bytes, offset, line } of lines) {
    if (line <= headerLines || bytes.length === 0) continue;
    const value = parseWrittenJson(bytes.toString('utf8'));
    if (!isJsonObject(value)) throw damaged(path, line);
    yield { value, locator: offset, line };
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
      const value = parseWrittenJson(await reader.read(offset));
      if (isJsonObject(value)) found.set(offset, value);
    }
  } finally {
    await reader.close();
  }
  return found;
}
