import type { stringify } from 'csv-stringify/sync';
import type { Cell } from '../../core/columns.ts';
import { ResultsError } from '../../core/errors.ts';
import { type JsonObject, type JsonValue, textOr } from '../../core/json.ts';
import type { FileDigest } from '../../io/atomic-file.ts';
import { InvalidTextError } from '../../io/decode.ts';
import { columnKind } from './column-kinds.ts';
import { cellTextOf } from './csv-cells.ts';
import { headerNames } from './csv-head.ts';
import type { ResultFormat, ResultOptions, ResultWriter, StoredRecord } from './format.ts';
import { withoutFormula, withoutGuard } from './formula.ts';
import type { ResultFile } from './result-file.ts';
import { savedValue } from './saved-values.ts';

/**
 * CSV as in RFC 4180, lines ended by `\n`, safe to open in a spreadsheet. A locator is the index of a record, counted
 * from zero. The CSV reader and writer are loaded on demand, because every command asks for the names of the formats.
 */
export const csvFormat: ResultFormat = {
  name: 'csv',
  fileName: 'results.csv',
  layout: 'long',
  isText: true,
  isDefault: true,
  isExact: false,
  write: async (path, options) => {
    const { ResultFile } = await import('./result-file.ts');
    const { stringify } = await import('csv-stringify/sync');
    return new CsvWriter(await ResultFile.open(path), options, stringify);
  },
  read: readCsv,
  pick: pickCsv,
  // Accepts files that another program saved: with other delimiters, in UTF-16, with columns in another order.
  claims: (head) => CLAIMED.every((name) => headerNames(head).includes(name)),
  dialectOf: async (path) => (await import('./csv-dialect.ts')).csvDialect(path),
};

/** Columns that every result file has. */
const CLAIMED = ['trial_id', 'row_id'];

const BYTE_ORDER_MARK = '\uFEFF';

/** Number of rows converted to text at once, unless their cells are long. */
const BATCH_ROWS = 64;
const BATCH_UNITS = 32 * 1024;

class CsvWriter implements ResultWriter {
  readonly #file: ResultFile;
  readonly #stringify: typeof stringify;
  readonly #options: Parameters<typeof stringify>[1];
  readonly #cellTexts: readonly ((cell: Cell) => string)[];
  #batch: (readonly string[])[] = [];
  #batchUnits = 0;
  /** Precedes the next batch. */
  #prefix: string;

  constructor(file: ResultFile, { columns, delimiter, bom, decimal = '.' }: ResultOptions, toText: typeof stringify) {
    this.#file = file;
    this.#stringify = toText;
    this.#options = {
      delimiter,
      record_delimiter: '\n',
      // Otherwise a cell with a carriage return is not quoted, and readers see two rows.
      quote_record_delimiter: true,
      // With a single column, an empty line would not be a row at all.
      quoted_empty: columns.length === 1,
    };
    this.#cellTexts = columns.map((name) => cellTextOf(name, decimal));
    this.#prefix = bom ? BYTE_ORDER_MARK : '';
    this.#batch.push(columns.map(withoutFormula));
  }

  write(cells: readonly Cell[]): void | Promise<void> {
    const texts: string[] = [];
    let column = 0;
    for (const cellText of this.#cellTexts) {
      const text = cellText(cells[column++] ?? null);
      texts.push(text);
      this.#batchUnits += text.length;
    }
    this.#batch.push(texts);
    if (this.#batch.length >= BATCH_ROWS || this.#batchUnits >= BATCH_UNITS) return this.#flush();
  }

  async commit(): Promise<FileDigest> {
    await this.#flush();
    return this.#file.commit();
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }

  #flush(): Promise<void> {
    const text = this.#prefix + this.#stringify(this.#batch, this.#options);
    this.#prefix = '';
    this.#batch = [];
    this.#batchUnits = 0;
    return this.#file.write(text);
  }
}

async function* readCsv(path: string): AsyncGenerator<StoredRecord> {
  const { readRows } = await import('../../datasets/index.ts');
  const { withNamedColumns } = await import('./csv-header.ts');
  let locator = 0;
  const options = { path, format: 'csv', encoding: null, delimiter: null, mapText: withNamedColumns };
  for await (const { vars, line } of explained(path, readRows(options))) {
    const cells = Object.entries(vars).map(([name, cell]) => [name, cellValue(name, cell)] as const);
    yield { value: Object.fromEntries(cells), locator, line };
    locator += 1;
  }
}

/** The encoding of a result file cannot be named, as that of a dataset can. */
async function* explained<Item>(path: string, items: AsyncIterable<Item>): AsyncGenerator<Item> {
  try {
    yield* items;
  } catch (cause) {
    if (!(cause instanceof Error && cause.cause instanceof InvalidTextError)) throw cause;
    throw new ResultsError({ file: path, line: cause.cause.line }, 'is not UTF-8 any more', {
      hint: 'save it as CSV UTF-8 or as a workbook (.xlsx): other encodings lack some characters',
      cause,
    });
  }
}

async function pickCsv(path: string, places: readonly number[]): Promise<ReadonlyMap<number, JsonObject>> {
  const found = new Map<number, JsonObject>();
  const asked = new Set(places);
  for await (const { value, locator } of readCsv(path)) {
    if (asked.has(locator)) found.set(locator, value);
    if (found.size === asked.size) break;
  }
  return found;
}

/** A cell as in results.jsonl; an empty one is null, except in the dataset's columns, which stay texts. */
function cellValue(name: string, cell: JsonValue): JsonValue {
  const text = textOr(cell, '');
  const kind = columnKind(name);
  if (kind === 'data' || name === 'output' || name === 'row_id') return withoutGuard(text);
  if (text === '') return null;
  return kind === 'text' ? withoutGuard(text) : savedValue(kind, text);
}
