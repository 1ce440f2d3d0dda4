import type { Cell } from '../../core/columns.ts';
import { StorageError } from '../../core/errors.ts';
import type { FileDigest } from '../../io/file-digest.ts';
import { ZipTooLargeError, ZipWriter } from '../../io/zip-writer.ts';
import type { ResultWriter, SummaryTable } from './format.ts';
import { ResultFile } from './result-file.ts';
import {
  type ColumnCells,
  cellXml,
  columnCells,
  columnLetters,
  fittingText,
  headerCell,
  MOST_CELL_UNITS,
  SUMMARY_SHEET,
} from './xlsx-cells.ts';
import { type SheetPart, sheetEnd, sheetPath, sheetStart, workbookParts } from './xlsx-parts.ts';

/** Rows are written once they have this many UTF-16 code units together. */
const BATCH_UNITS = 64 * 1024;

/** Where a worksheet ends and the next one begins. */
export interface SheetLimits {
  /** Rows, with the first one; Excel's own limit. */
  readonly rows: number;
  /** UTF-16 code units of XML, of at most three bytes each: a file in an archive has at most 4 GiB. */
  readonly units: number;
}

const LIMITS: SheetLimits = { rows: 1_048_576, units: 2 ** 30 };

/** What the worksheets with results are called: `results`, `results 2`, … */
export const RESULTS_SHEET = 'results';

/** Writes a workbook from front to back, holding a batch of rows. */
export class XlsxWriter implements ResultWriter {
  readonly #path: string;
  readonly #file: ResultFile;
  readonly #zip: ZipWriter;
  readonly #columns: readonly string[];
  readonly #cells: readonly ColumnCells[];
  readonly #limits: SheetLimits;
  readonly #sheets: SheetPart[] = [];
  #batch: string[] = [];
  #batchUnits = 0;
  #sheetUnits = 0;
  /** Of the current worksheet, with the first one. */
  #rows = 0;
  #cut = 0;
  /** Everything written so far, in order. */
  #work: Promise<void> = Promise.resolve();
  readonly #onCut = (): void => {
    this.#cut += 1;
  };

  private constructor(path: string, file: ResultFile, columns: readonly string[], limits: SheetLimits) {
    this.#path = path;
    this.#file = file;
    this.#zip = new ZipWriter((bytes) => file.writeBytes(bytes));
    this.#columns = columns;
    this.#cells = columnCells(columns);
    this.#limits = limits;
    this.#beginSheet(this.#columns, this.#cells);
  }

  /** @throws StorageError */
  static async open(path: string, columns: readonly string[], limits = LIMITS): Promise<XlsxWriter> {
    return new XlsxWriter(path, await ResultFile.open(path), columns, limits);
  }

  /** Texts that were cut because a cell cannot hold them; known once all rows are written. */
  get cut(): number {
    return this.#cut;
  }

  write(cells: readonly Cell[]): void | Promise<void> {
    const isFull = this.#rows >= this.#limits.rows || this.#sheetUnits >= this.#limits.units;
    if (isFull) {
      this.#endSheet(RESULTS_SHEET, this.#columns.length);
      this.#beginSheet(this.#columns, this.#cells);
    }
    this.#addRow(this.#cells, cells);
    if (this.#batchUnits >= BATCH_UNITS) return this.#flush();
  }

  async commit(summary?: SummaryTable): Promise<FileDigest> {
    this.#endSheet(RESULTS_SHEET, this.#columns.length);
    if (summary !== undefined) this.#addSummary(summary);
    await this.#queue(async () => {
      for (const [path, xml] of workbookParts(this.#sheets)) await this.#zip.add(path, xml);
      await this.#zip.finish();
    });
    return this.#file.commit();
  }

  notes(): readonly string[] {
    if (this.#cut === 0) return [];
    const cells = this.#cut === 1 ? '1 cell is' : `${this.#cut} cells are`;
    return [`${this.#path}: ${cells} cut at ${MOST_CELL_UNITS} characters, the most that a workbook holds`];
  }

  async discard(): Promise<void> {
    await this.#work.catch(() => undefined);
    await this.#file.discard();
  }

  #addRow(columns: readonly ColumnCells[], cells: readonly Cell[]): void {
    this.#rows += 1;
    let row = `<row r="${this.#rows}">`;
    let place = 0;
    for (const column of columns) row += cellXml(column, this.#rows, cells[place++] ?? null, this.#onCut);
    this.#add(`${row}</row>`);
  }

  #addSummary({ columns, rows }: SummaryTable): void {
    const cells = columnCells(columns);
    this.#beginSheet(columns, cells);
    for (const row of rows) this.#addRow(cells, row);
    const last = this.#rows;
    // Below the figures and outside the range of their filter.
    if (this.#cut > 0) {
      const note = columnCells([SUMMARY_SHEET]);
      this.#rows += 1;
      this.#addRow(note, [`${this.#cut} cells of the results are cut at ${MOST_CELL_UNITS} characters`]);
    }
    this.#rows = last;
    this.#endSheet(SUMMARY_SHEET, columns.length);
  }

  #beginSheet(columns: readonly string[], cells: readonly ColumnCells[]): void {
    const place = this.#sheets.length;
    void this.#queue(() => this.#zip.open(sheetPath(place)));
    this.#sheetUnits = 0;
    this.#rows = 1;
    this.#add(
      sheetStart(
        cells.map(({ width }) => width),
        place === 0,
      ),
    );
    this.#add(`<row r="1">${columns.map((name, at) => headerCell(at, name)).join('')}</row>`);
    if (columns.some((name) => fittingText(name) !== name)) this.#onCut();
  }

  #endSheet(name: string, columns: number): void {
    const range = `A1:${columnLetters(Math.max(0, columns - 1))}${this.#rows}`;
    const same = this.#sheets.filter((sheet) => sheet.name.startsWith(name)).length;
    this.#sheets.push({ name: same === 0 ? name : `${name} ${same + 1}`, range });
    this.#add(sheetEnd(range));
    void this.#flush();
    void this.#queue(() => this.#zip.close());
  }

  #add(xml: string): void {
    this.#batch.push(xml);
    this.#batchUnits += xml.length;
    this.#sheetUnits += xml.length;
  }

  #flush(): Promise<void> {
    const text = this.#batch.join('');
    this.#batch = [];
    this.#batchUnits = 0;
    return this.#queue(async () => this.#zip.write(text));
  }

  /** One failed step fails all that follow; a caller that does not await it gets its error from commit. */
  #queue(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(step).catch((error: unknown) => {
      throw error instanceof ZipTooLargeError ? this.#tooLarge(error) : error;
    });
    this.#work.catch(() => undefined);
    return this.#work;
  }

  #tooLarge(cause: ZipTooLargeError): StorageError {
    return new StorageError(`${this.#path} cannot be written: ${cause.message}, which no workbook may be`, {
      hint: 'run the same command again with --format csv,jsonl,parquet: answers in the journal are not paid again',
      cause,
    });
  }
}
