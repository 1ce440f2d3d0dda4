import { DatasetError } from '../core/errors.ts';
import { withHead } from '../io/text-head.ts';
import { fieldPlace, type RecordText, recordStart } from './csv-errors.ts';
import type { Fields } from './record-source.ts';

/** What other programs leave in CSV files, understood instead of refused. */

/** The name of a first column without one, which pandas writes for the index of a table. */
const INDEX_COLUMN = 'index';

/** Longest first line that may be a directive, in UTF-16 code units. */
const LONGEST_DIRECTIVE = 64;

/** `sep=;` as Excel reads it, also quoted, and with the delimiters that Excel adds to it on saving. */
const DIRECTIVE = /^"?sep=([^"\r\n])"?\1*(?=[\r\n]|$)/i;

/** Reads the delimiter off a first line such as `sep=;`. */
export class SepDirective {
  /** The delimiter; null before the first piece of text was read, and without such a line. */
  delimiter: string | null = null;

  /** The same text, with that line emptied: lines keep their numbers. */
  strip(text: AsyncIterable<string>): AsyncIterable<string> {
    return withHead(text, holdsDirective, (head) => this.#without(head));
  }

  #without(head: string): string {
    const [line, delimiter] = DIRECTIVE.exec(head) ?? [];
    if (line === undefined || delimiter === undefined) return head;
    this.delimiter = delimiter;
    return head.slice(line.length);
  }
}

/** True if a directive would end in this text. */
function holdsDirective(head: string): boolean {
  return head.length > LONGEST_DIRECTIVE || /[\r\n]/.test(head);
}

/** The names in a header line. */
export interface HeaderNames {
  readonly names: readonly string[];
  /** Columns without a name at the end, after a delimiter too many. */
  readonly trailing: number;
  /** Notes for the user. */
  readonly notes: readonly string[];
}

/** Reads a header line: blanks around a name are accidental, since no template could name such a column. */
export function readHeader(fields: Fields): HeaderNames {
  const all = fields.map((name) => name.trim());
  const last = all.findLastIndex((name) => name !== '');
  const names = last < 0 ? all : all.slice(0, last + 1);
  const trailing = all.length - names.length;
  const notes: string[] = [];
  const padded = fields.filter((name) => name !== name.trim() && name.trim() !== '');
  if (padded.length > 0) notes.push(`blanks around column names are ignored: "${padded.slice(0, 5).join('", "')}"`);
  if (trailing > 0) notes.push(`the header ends with a delimiter: ${columnCount(trailing)} without a name and content`);
  if (names.length === 1 && names[0]?.includes('|') === true) {
    notes.push("the header is one column with | in its name; --delimiter '|' splits it");
  }
  if (names[0] !== '' || names.length < 2 || names.includes(INDEX_COLUMN)) return { names, trailing, notes };
  notes.push(`column 1 has no name and is read as "${INDEX_COLUMN}", as pandas means it`);
  return { names: [INDEX_COLUMN, ...names.slice(1)], trailing, notes };
}

function columnCount(count: number): string {
  return count === 1 ? 'a last column' : `${count} last columns`;
}

/** A row's cells without the empty ones below a header's trailing delimiters. @throws DatasetError if one is filled */
export function namedCells(fields: Fields, { names, trailing }: HeaderNames, text: () => RecordText): Fields {
  if (trailing === 0 || fields.length <= names.length || fields.length > names.length + trailing) return fields;
  const filled = fields.findIndex((cell, index) => index >= names.length && cell.trim() !== '');
  if (filled < 0) return fields.slice(0, names.length);
  throw new DatasetError(fieldPlace(text(), filled), `the cell is in column ${filled + 1}, which has no name`, {
    hint: 'name the column in the header line, or put a cell with delimiters in double quotes',
  });
}

/** True if a row has several cells and nothing in them, as Excel leaves where rows were deleted. */
export function isEmptyRecord(fields: Fields): boolean {
  return fields.length > 1 && fields.every((cell) => cell.trim() === '');
}

/** The same by the text of a record, which may continue with the next ones. One with a line break is not empty. */
export function isEmptyText({ text, delimiter }: RecordText): boolean {
  const [line = ''] = text.slice(recordStart(text)).split(/[\r\n]/, 1);
  return line.split(delimiter).every((cell) => EMPTY_CELL.test(cell));
}

/** Blanks, quoted or not: quotes around a delimiter or a line break are apart here. */
const EMPTY_CELL = /^(?:\s*|"\s*")$/;
