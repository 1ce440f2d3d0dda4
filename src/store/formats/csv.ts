import type { stringify } from 'csv-stringify/sync';
import type { Cell } from '../../core/columns.ts';
import { type JsonObject, type JsonValue, textOr } from '../../core/json.ts';
import { jsonText } from '../../core/written-json.ts';
import type { FileDigest } from '../../io/atomic-file.ts';
import type { ResultFormat, ResultOptions, ResultWriter, StoredRecord } from './format.ts';
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

/** Number of rows converted to text at once, unless their cells are long. */
const BATCH_ROWS = 64;
const BATCH_UNITS = 32 * 1024;

class CsvWriter implements ResultWriter {
  readonly #file: ResultFile;
  readonly #stringify: typeof stringify;
  readonly #options: Parameters<typeof stringify>[1];
  readonly #columns: number;
  #batch: (readonly string[])[] = [];
  #batchUnits = 0;
  /** Precedes the next batch. */
  #prefix: string;

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
    this.#columns = columns.length;
    this.#prefix = bom ? BYTE_ORDER_MARK : '';
    this.#batch.push(columns.map(withoutFormula));
  }

  write(cells: readonly Cell[]): void | Promise<void> {
    const texts: string[] = [];
    for (let column = 0; column < this.#columns; column++) {
      const text = cellText(cells[column] ?? null);
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

function cellText(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'string' ? withoutFormula(cell) : jsonText(cell);
}

async function* readCsv(path: string): AsyncGenerator<StoredRecord> {
  const { readRows } = await import('../../datasets/index.ts');
  let locator = 0;
  for await (const { vars, line } of readRows({ path, format: 'csv', encoding: null, delimiter: null })) {
    const cells = Object.entries(vars).map(([name, cell]) => [name, cellValue(name, cell)] as const);
    yield { value: Object.fromEntries(cells), locator, line };
    locator += 1;
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

/** A cell as in results.jsonl; an empty one is null, except in the dataset's columns, which stay texts. */
function cellValue(name: string, cell: JsonValue): JsonValue {
  const text = textOr(cell, '');
  if (name.startsWith('row.') || name === 'output' || name === 'row_id') return withoutGuard(text);
  if (text === '') return null;
  if (NUMBERS.has(name) || name.startsWith('score.')) return Number(text);
  return TRUTHS.has(name) ? text === 'true' : withoutGuard(text);
}
