import type { stringify } from 'csv-stringify/sync';
import type { Cell } from '../../core/columns.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Fields, RecordMaker, RecordSource } from '../../datasets/index.ts';
import type { FileDigest } from '../../io/atomic-file.ts';
import { each } from '../../io/each.ts';
import type { ResultFormat, ResultOptions, ResultWriter, StoredRecord, WantedColumns } from './format.ts';
import { withoutFormula, withoutGuard } from './formula.ts';
import type { ResultFile } from './result-file.ts';

/**
 * CSV as in RFC 4180, lines ended by `\n`, safe to open in a spreadsheet. A locator is the index of a record, counted
 * from zero. The CSV reader and writer are loaded on demand, because every command asks for the names of the formats.
 */
export const csvFormat: ResultFormat = {
  name: 'csv',
  fileName: 'results.csv',
  isDefault: true,
  isExact: false,
  write: async (path, options) => {
    const { ResultFile } = await import('./result-file.ts');
    const { stringify } = await import('csv-stringify/sync');
    return new CsvWriter(await ResultFile.open(path), options, stringify);
  },
  read: readCsv,
  pick: pickCsv,
  // Accepts files saved by a spreadsheet too.
  claims: (head) => /^\uFEFF?"?trial_id"?[,;\t]/.test(head.toString('utf8')),
  dialectOf: (head) => {
    const [, mark = '', delimiter = ','] = /^(\uFEFF?)trial_id(.)/u.exec(head.toString('utf8')) ?? [];
    return { delimiter, bom: mark !== '' };
  },
};

const BYTE_ORDER_MARK = '\uFEFF';

/** Lines are written once they have this many UTF-16 code units together. */
const BATCH_UNITS = 16 * 1024;

class CsvWriter implements ResultWriter {
  readonly #file: ResultFile;
  readonly #stringify: typeof stringify;
  readonly #options: Parameters<typeof stringify>[1];
  readonly #delimiter: string;
  /** Finds what makes quotes necessary. */
  readonly #special: RegExp;
  readonly #emptyField: string;
  /** Last cell of each column and its field: most cells repeat the one above them. */
  readonly #lastCells: Cell[];
  readonly #lastFields: string[];
  #batch: string;

  constructor(file: ResultFile, { columns, delimiter, bom }: ResultOptions, toText: typeof stringify) {
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
    this.#delimiter = delimiter;
    this.#special = new RegExp(`["\\n\\r${delimiter}]`);
    this.#emptyField = columns.length === 1 ? '""' : '';
    this.#lastCells = columns.map(() => null);
    this.#lastFields = columns.map(() => this.#emptyField);
    this.#batch = (bom ? BYTE_ORDER_MARK : '') + this.#stringify([columns.map(withoutFormula)], this.#options);
  }

  write(cells: readonly Cell[]): void | Promise<void> {
    let line = '';
    for (let column = 0; column < this.#lastCells.length; column++) {
      if (column > 0) line += this.#delimiter;
      line += this.#field(column, cells[column] ?? null);
    }
    this.#batch += `${line}\n`;
    if (this.#batch.length >= BATCH_UNITS) return this.#flush();
  }

  async commit(): Promise<FileDigest> {
    await this.#flush();
    return this.#file.commit();
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }

  #field(column: number, cell: Cell): string | undefined {
    if (cell !== this.#lastCells[column]) {
      this.#lastCells[column] = cell;
      this.#lastFields[column] = this.#fieldOf(cellText(cell));
    }
    return this.#lastFields[column];
  }

  /** As csv-stringify does it, which is only needed for quotes: it takes ten times as long for a whole line. */
  #fieldOf(text: string): string {
    if (text === '') return this.#emptyField;
    if (!this.#special.test(text)) return text;
    return text.includes('"') ? this.#stringify([[text]], { ...this.#options, eof: false }) : `"${text}"`;
  }

  #flush(): Promise<void> {
    const text = this.#batch;
    this.#batch = '';
    return this.#file.write(text);
  }
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'string' ? withoutFormula(cell) : JSON.stringify(cell);
}

function readCsv(path: string, columns?: WantedColumns): AsyncIterable<StoredRecord> {
  return each(readBatches(path, columns));
}

async function* readBatches(path: string, columns?: WantedColumns): AsyncGenerator<readonly StoredRecord[]> {
  const { readTable } = await import('../../datasets/index.ts');
  yield* readTable(path, new StoredRecordMaker(columns));
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
  #columns: readonly CellColumn[] = [];
  #records = 0;

  constructor(wanted: WantedColumns | undefined) {
    this.#wanted = wanted;
  }

  begin(names: readonly string[]): readonly boolean[] {
    const wanted = names.map((name) => this.#wanted === undefined || this.#wanted.has(name));
    const columns = names.map((name, place) => ({ name, place, read: cellReader(name) }));
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

const NUMBERS = new Set([
  'temperature',
  'repeat',
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'latency_ms',
  'reasoning_tokens',
  'cached_tokens',
  'ttft_ms',
]);
const TRUTHS = new Set(['cached', 'passed']);

/** Reads a column's cells as in results.jsonl; empty ones are null, except in the dataset's columns, which stay texts. */
function cellReader(name: string): (text: string) => JsonValue {
  if (name.startsWith('row.') || name === 'output' || name === 'row_id') return withoutGuard;
  if (NUMBERS.has(name) || name.startsWith('score.')) return (text) => (text === '' ? null : Number(text));
  if (TRUTHS.has(name)) return (text) => (text === '' ? null : text === 'true');
  return (text) => (text === '' ? null : withoutGuard(text));
}
