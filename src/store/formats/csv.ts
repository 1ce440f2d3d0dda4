import type { stringify } from 'csv-stringify/sync';
import type { Cell } from '../../core/columns.ts';
import { ResultsError } from '../../core/errors.ts';
import { withoutFormula, withoutGuard } from '../../core/formula.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Fields, RecordMaker, RecordSource } from '../../datasets/index.ts';
import { InvalidTextError } from '../../io/decode.ts';
import { each } from '../../io/each.ts';
import type { FileDigest } from '../../io/file-digest.ts';
import { LineParts } from '../../io/line-parts.ts';
import { columnKind } from './column-kinds.ts';
import { cellTextOf } from './csv-cells.ts';
import { headerNames } from './csv-head.ts';
import type { ResultFormat, ResultOptions, ResultWriter, StoredRecord, WantedColumns } from './format.ts';
import type { ResultFile } from './result-file.ts';
import { SavedValues } from './saved-values.ts';

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

class CsvWriter implements ResultWriter {
  readonly #file: ResultFile;
  /** Finds what makes quotes necessary. */
  readonly #special: RegExp;
  readonly #emptyField: string;
  /** The text of a cell, for each column. */
  readonly #cellTexts: readonly ((cell: Cell) => string)[];
  /** Last cell of each column: most cells repeat the one above them. */
  readonly #lastCells: Cell[];
  /** The fields of a line. */
  readonly #fields: LineParts;

  constructor(file: ResultFile, { columns, delimiter, bom, decimal = '.' }: ResultOptions, toText: typeof stringify) {
    this.#file = file;
    const options = {
      delimiter,
      record_delimiter: '\n',
      // Otherwise a cell with a carriage return is not quoted, and readers see two rows.
      quote_record_delimiter: true,
      // With a single column, an empty line would not be a row at all.
      quoted_empty: columns.length === 1,
    };
    this.#special = new RegExp(`["\\n\\r${delimiter}]`);
    this.#emptyField = columns.length === 1 ? '""' : '';
    this.#cellTexts = columns.map((name) => cellTextOf(name, decimal));
    this.#lastCells = columns.map(() => null);
    const heads = columns.map((_, column) => (column === 0 ? '' : delimiter));
    this.#fields = new LineParts(heads, '\n', this.#emptyField);
    void file.write((bom ? BYTE_ORDER_MARK : '') + toText([columns.map(withoutFormula)], options));
  }

  write(cells: readonly Cell[]): void | Promise<void> {
    for (let column = 0; column < this.#lastCells.length; column++) {
      const cell = cells[column] ?? null;
      if (cell === this.#lastCells[column]) continue;
      this.#lastCells[column] = cell;
      this.#fields.set(column, this.#fieldOf(this.#cellTexts[column]?.(cell) ?? ''));
    }
    return this.#file.write(this.#fields.line());
  }

  commit(): Promise<FileDigest> {
    return this.#file.commit();
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }

  /** As csv-stringify does it, which takes ten times as long for a line, and for each field with a quote. */
  #fieldOf(text: string): string {
    if (text === '') return this.#emptyField;
    return this.#special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
}

function readCsv(path: string, columns?: WantedColumns): AsyncIterable<StoredRecord> {
  return each(explained(path, readBatches(path, columns)));
}

async function* readBatches(path: string, columns?: WantedColumns): AsyncGenerator<readonly StoredRecord[]> {
  const { readTable } = await import('../../datasets/index.ts');
  const { withNamedColumns } = await import('./csv-header.ts');
  yield* readTable(path, new StoredRecordMaker(columns), withNamedColumns);
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

interface CellColumn {
  readonly name: string;
  readonly place: number;
  readonly read: (text: string) => JsonValue;
}

class StoredRecordMaker implements RecordMaker<StoredRecord> {
  readonly #wanted: WantedColumns | undefined;
  readonly #values = new SavedValues();
  #columns: readonly CellColumn[] = [];
  #records = 0;

  constructor(wanted: WantedColumns | undefined) {
    this.#wanted = wanted;
  }

  begin(names: readonly string[]): readonly boolean[] {
    const wanted = names.map((name) => this.#wanted === undefined || this.#wanted.has(name));
    const columns = names.map((name, place) => ({ name, place, read: cellReader(name, this.#values) }));
    this.#columns = columns.filter(({ place }) => wanted[place] === true);
    return wanted;
  }

  make(fields: Fields, { line }: RecordSource): StoredRecord {
    const value: Record<string, JsonValue> = {};
    for (const { name, place, read } of this.#columns) value[name] = read(fields[place] ?? '');
    const locator = this.#records;
    this.#records += 1;
    return { value, locator, line };
  }
}

/** Reads a column's cells as in results.jsonl; empty ones are null, except in the dataset's columns, which stay texts. */
function cellReader(name: string, values: SavedValues): (text: string) => JsonValue {
  const kind = columnKind(name);
  if (kind === 'data' || name === 'output' || name === 'row_id') return withoutGuard;
  if (kind === 'text') return (text) => (text === '' ? null : withoutGuard(text));
  return (text) => (text === '' ? null : values.ofText(kind, text));
}
