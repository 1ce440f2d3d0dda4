import { cellName } from './cell-names.ts';
import { dateText } from './dates.ts';
import { WorkbookError } from './errors.ts';
import { unescapeText } from './escapes.ts';
import { formatNumber, type NumberFormat } from './number-format.ts';
import type { SharedStrings } from './shared-strings.ts';

/** A cell as the file has it. */
export interface CellContent {
  /** `n` number, `s` shared text, `inlineStr`, `str` text of a formula, `b` boolean, `e` error, `d` ISO date. */
  readonly type: string;
  /** Index of its style. */
  readonly style: number;
  text: string;
  hasFormula: boolean;
}

/** A cell as people see it; an empty text for an empty cell. */
export type CellValue = string | number | boolean;

/** What cells need from the rest of the workbook. */
interface CellSources {
  readonly strings: SharedStrings;
  /** By index. */
  readonly styles: readonly NumberFormat[];
  readonly is1904: boolean;
}

/** Reads the values of cells, and remembers those that are errors. */
export class CellReader {
  readonly #sources: CellSources;
  /** Cells that show an error such as #N/A: how many, and the first. */
  errors: { readonly count: number; readonly first: string } = { count: 0, first: '' };

  constructor(sources: CellSources) {
    this.#sources = sources;
  }

  /** @param column from 0; @param row from 1. @throws WorkbookError if the cell has no value that can be read */
  read(cell: CellContent, column: number, row: number): CellValue {
    const { type, text } = cell;
    switch (type) {
      case 's':
        return text === '' ? '' : this.#sources.strings.get(Number(text));
      case 'str':
      case 'inlineStr':
        return unescapeText(text);
      case 'b':
        return text === '' ? '' : text === '1' || text === 'true';
      case 'e':
        this.errors = {
          count: this.errors.count + 1,
          first: this.errors.first || `${text} in ${cellName(column, row)}`,
        };
        return text;
      case 'd':
        return text;
      case 'n':
        return this.#number(cell, column, row);
      default:
        throw new WorkbookError(`cell ${cellName(column, row)} has the unknown type "${type}"`);
    }
  }

  #number({ text, style, hasFormula }: CellContent, column: number, row: number): CellValue {
    if (text === '') {
      if (!hasFormula) return '';
      throw new NoValueError(cellName(column, row));
    }
    const format = this.#sources.styles[style];
    if (format === undefined) return formatNumber(text, { kind: 'general' });
    if (format.kind !== 'date') return formatNumber(text, format);
    return dateText(Number(text), format, this.#sources.is1904) ?? formatNumber(text, { kind: 'general' });
  }
}

/** A formula whose result the workbook does not hold. */
export class NoValueError extends Error {
  /** Such as `B7`. */
  readonly cell: string;

  constructor(cell: string) {
    super(`the formula of cell ${cell} has no stored result`);
    this.cell = cell;
  }
}
