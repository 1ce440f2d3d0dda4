import { cellName, columnOf, MOST_COLUMNS } from './cell-names.ts';
import { type CellContent, type CellReader, type CellValue } from './cell-value.ts';
import { WorkbookError } from './errors.ts';
import { isTrue, parseXml, type XmlHandler } from './xml.ts';

/** A cell that is not empty. */
export interface Cell {
  /** From 0. */
  readonly column: number;
  readonly value: CellValue;
}

/** A row of a sheet. */
export interface SheetRow {
  /** From 1. */
  readonly number: number;
  readonly isHidden: boolean;
  /** Only those that are not empty. */
  readonly cells: readonly Cell[];
}

const LONGEST_ROW_UNITS = 32 * 1024 * 1024;

/** Collects the rows of a sheet from its XML. */
export class SheetParser implements XmlHandler {
  /** Ranges of merged cells: how many, and the first. */
  merged: { readonly count: number; readonly first: string } = { count: 0, first: '' };
  readonly #reader: CellReader;
  #rows: SheetRow[] = [];
  #row = 0;
  #isHidden = false;
  #cells: Cell[] = [];
  #rowUnits = 0;
  #column = -1;
  #cell: CellContent = { type: 'n', style: 0, text: '', hasFormula: false };
  #isInCell = false;
  #isText = false;
  #phonetic = 0;

  constructor(reader: CellReader) {
    this.#reader = reader;
  }

  /** Rows since the last call. */
  takeRows(): readonly SheetRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    switch (name) {
      case 'row':
        return this.#openRow(attributes);
      case 'c':
        return this.#openCell(attributes);
      case 'v':
        this.#isText = this.#isInCell;
        return;
      case 't':
        this.#isText = this.#isInCell && this.#phonetic === 0;
        return;
      case 'f':
        this.#cell.hasFormula = true;
        return;
      case 'rPh':
        this.#phonetic++;
        return;
      case 'mergeCell':
        this.merged = { count: this.merged.count + 1, first: this.merged.first || (attributes['ref'] ?? '') };
        return;
    }
  }

  close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.#isText = false;
        return;
      case 'rPh':
        this.#phonetic--;
        return;
      case 'c':
        return this.#closeCell();
      case 'row':
        this.#rows.push({ number: this.#row, isHidden: this.#isHidden, cells: this.#cells });
        this.#cells = [];
        return;
    }
  }

  text(text: string): void {
    if (!this.#isText) return;
    this.#cell.text += text;
    this.#rowUnits += text.length;
    if (this.#rowUnits > LONGEST_ROW_UNITS) throw new WorkbookError(`row ${this.#row} has more than 32 Mi characters`);
  }

  #openRow({ r: number, hidden }: Readonly<Record<string, string>>): void {
    const next = number === undefined ? this.#row + 1 : Number(number);
    if (!Number.isSafeInteger(next) || next <= this.#row) {
      throw new WorkbookError(`the row behind row ${this.#row} has the number ${number}`);
    }
    this.#row = next;
    this.#isHidden = isTrue(hidden);
    this.#rowUnits = 0;
    this.#column = -1;
  }

  #openCell({ r: name, t: type = 'n', s: style = '0' }: Readonly<Record<string, string>>): void {
    const column = name === undefined ? this.#column + 1 : columnOf(name);
    if (column === null || column <= this.#column || column >= MOST_COLUMNS) {
      throw new WorkbookError(`the cell behind ${cellName(Math.max(0, this.#column), this.#row)} has the name ${name}`);
    }
    this.#column = column;
    this.#isInCell = true;
    this.#cell = { type, style: Number(style), text: '', hasFormula: false };
  }

  #closeCell(): void {
    this.#isInCell = false;
    const value = this.#reader.read(this.#cell, this.#column, this.#row);
    if (value !== '') this.#cells.push({ column: this.#column, value });
  }
}

/** The rows of a sheet, as they are unpacked. @param part its name in the archive, for errors */
export async function* readSheet(
  part: string,
  bytes: AsyncIterable<Uint8Array>,
  parser: SheetParser,
): AsyncGenerator<SheetRow, void, undefined> {
  for await (const _ of parseXml(part, bytes, parser)) yield* parser.takeRows();
}
