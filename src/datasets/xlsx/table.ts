import { DatasetError } from '../../core/errors.ts';
import type { Row } from '../../core/row.ts';
import { idText } from '../jsonl.ts';
import { ID_COLUMN } from '../row-id.ts';
import { cellName, columnLetters } from './cell-names.ts';
import type { CellValue } from './cell-value.ts';
import type { SheetRow } from './sheet.ts';

/** Names that an object moves to its front: integers without a leading zero. */
const INDEX_LIKE = /^(?:0|[1-9]\d*)$/;

/** The sheet in messages. */
export interface SheetPlace {
  readonly file: string;
  readonly sheet: string;
}

/** The error for a place in a sheet. */
export function sheetError({ file, sheet }: SheetPlace, what: string, hint: string): DatasetError {
  return new DatasetError({ file }, `sheet "${sheet}", ${what}`, { hint });
}

interface NamedColumn {
  /** From 0. */
  readonly column: number;
  readonly name: string;
}

/** Turns the rows of a sheet below its header into rows of a dataset. */
export class SheetTable {
  readonly #place: SheetPlace;
  readonly #columns: readonly NamedColumn[];
  readonly #nameOf: ReadonlyMap<number, string>;
  readonly #idColumn: NamedColumn | undefined;
  readonly #order: Pick<Row, 'columns'>;
  readonly #headerRow: number;
  /** Names that had blanks around them in the header. */
  readonly trimmed: readonly string[];
  #rows = 0;

  /**
   * @param ignoresIds whether `id` is data like any other
   * @throws DatasetError if the header has a name twice
   */
  constructor(place: SheetPlace, header: SheetRow, ignoresIds: boolean) {
    this.#place = place;
    this.#headerRow = header.number;
    const given = header.cells.map(({ column, value }) => ({
      column,
      given: String(value),
      name: String(value).trim(),
    }));
    this.trimmed = given.filter((cell) => cell.given !== cell.name && cell.name !== '').map((cell) => cell.given);
    this.#columns = given.filter(({ name }) => name !== '');
    const columnOfName = new Map<string, number>();
    for (const { column, name } of this.#columns) {
      const earlier = columnOfName.get(name);
      if (earlier !== undefined) {
        const what = `cell ${cellName(column, header.number)}: the column is named "${name}" like column ${columnLetters(earlier)}`;
        throw sheetError(place, what, 'rename or remove one of the two');
      }
      columnOfName.set(name, column);
    }
    this.#nameOf = new Map(this.#columns.map(({ column, name }) => [column, name]));
    this.#idColumn = ignoresIds ? undefined : this.#columns.find(({ name }) => name === ID_COLUMN);
    const names = this.#columns.map(({ name }) => name);
    this.#order = names.some((name) => INDEX_LIKE.test(name)) ? { columns: names } : {};
  }

  /** @throws DatasetError if a cell is in a column without a name, or the row has no id */
  row({ number, cells }: SheetRow): Row {
    const values = new Map<number, CellValue>();
    for (const { column, value } of cells) {
      if (!this.#nameOf.has(column)) throw this.#namelessError(column, number);
      values.set(column, value);
    }
    this.#rows++;
    const vars = Object.fromEntries(this.#columns.map(({ column, name }) => [name, values.get(column) ?? '']));
    const common = { vars, line: number, ...this.#order };
    if (this.#idColumn === undefined) return { id: String(this.#rows), hasOwnId: false, ...common };
    const { column } = this.#idColumn;
    if (String(values.get(column) ?? '').trim() === '') {
      const hint = `give every row an id, or rename the column "${ID_COLUMN}" to number the rows by their position`;
      throw sheetError(this.#place, `cell ${cellName(column, number)}: the row has no id`, hint);
    }
    return { id: idText(vars, { file: this.#place.file, line: number }), hasOwnId: true, ...common };
  }

  #namelessError(column: number, row: number): DatasetError {
    const header = cellName(column, this.#headerRow);
    const what = `cell ${cellName(column, row)}: its column has no name, cell ${header} is empty`;
    const hint =
      this.#columns.length < 2
        ? `row ${this.#headerRow} should name every column: remove the titles above the table`
        : 'name the column, or clear it';
    return sheetError(this.#place, what, hint);
  }
}
