import { stringify } from 'csv-stringify/sync';
import type { Cell } from '../../core/columns.ts';
import type { FileDigest } from '../../io/atomic-file.ts';
import type { Sink, SinkDefinition, SinkOptions } from './format.ts';
import { withoutFormula } from './formula.ts';
import { ResultFile } from './result-file.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** Rows that are turned into text at once, unless their cells are long. */
const BATCH_ROWS = 64;
const BATCH_UNITS = 32 * 1024;

/** CSV as in RFC 4180, lines ended by `\n`, safe to open in a spreadsheet. */
export const csvSink: SinkDefinition = {
  name: 'csv',
  fileName: 'results.csv',
  open: async (path, options) => new CsvSink(await ResultFile.open(path), options),
};

class CsvSink implements Sink {
  readonly #file: ResultFile;
  readonly #options: Parameters<typeof stringify>[1];
  readonly #columns: number;
  #batch: (readonly string[])[] = [];
  #batchUnits = 0;
  /** Stands before the next batch. */
  #prefix: string;

  constructor(file: ResultFile, { columns, delimiter, bom }: SinkOptions) {
    this.#file = file;
    this.#options = {
      delimiter,
      record_delimiter: '\n',
      // Without this a cell with a carriage return goes unquoted, and readers see two rows.
      quote_record_delimiter: true,
      // An empty line would be no row at all where there is but one column.
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
    const text = this.#prefix + stringify(this.#batch, this.#options);
    this.#prefix = '';
    this.#batch = [];
    this.#batchUnits = 0;
    return this.#file.write(text);
  }
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'string' ? withoutFormula(cell) : JSON.stringify(cell);
}
