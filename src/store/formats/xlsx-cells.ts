import type { Cell } from '../../core/columns.ts';
import { withoutFormula } from '../../core/formula.ts';
import { jsonText } from '../../core/written-json.ts';
import { type ColumnKind, columnKind } from './column-kinds.ts';

/** The most UTF-16 code units that a cell of a workbook can hold. */
export const MOST_CELL_UNITS = 32_767;

/** Columns of a worksheet. */
export const MOST_COLUMNS = 16_384;

/** The worksheet with the figures of each variant. */
export const SUMMARY_SHEET = 'summary';

/** Places of cell styles in the workbook's list. */
export const STYLE = { plain: 0, header: 1, text: 2, cost: 3, literal: 4 } as const;

/** Characters that XML does not allow, among them lone surrogates; a carriage return, which it changes; `_x0041_`. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const ESCAPED = /[\u0000-\u0008\u000B-\u001F\p{Cs}\uFFFE\uFFFF]|_(?=x[0-9A-Fa-f]{4}_)/gu;

/** Text in XML, with `_x0001_` for what XML does not allow. Source: ECMA-376, part 1, section 22.9.2.19. */
export function xmlText(text: string): string {
  return text
    .replaceAll(ESCAPED, (unit) => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** The text before `xmlText`, once the XML is parsed. */
export function unescapedText(text: string): string {
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A text that fits a cell, with a mark at its end if it was cut; the text itself if it fits. */
export function fittingText(text: string): string {
  if (text.length <= MOST_CELL_UNITS) return text;
  const mark = `… [cut: ${text.length} characters]`;
  const end = MOST_CELL_UNITS - mark.length;
  const isPair = (text.codePointAt(end - 1) ?? 0) > 0xffff;
  // A padded mark keeps the length by which a cut cell is recognised.
  return `${text.slice(0, isPair ? end - 1 : end)}${isPair ? ' ' : ''}${mark}`;
}

/** `A`, `B`, …, `Z`, `AA`, … by the place of a column, from 0. */
export function columnLetters(place: number): string {
  const letter = String.fromCharCode(65 + (place % 26));
  return place < 26 ? letter : columnLetters(Math.floor(place / 26) - 1) + letter;
}

/** The place of the column in a cell's name such as `AB12`, from 0; null for anything else. */
export function columnPlace(name: string): number | null {
  const [, letters] = /^([A-Z]{1,3})\d+$/.exec(name) ?? [];
  if (letters === undefined) return null;
  let place = 0;
  for (const letter of letters) place = place * 26 + letter.charCodeAt(0) - 64;
  return place - 1;
}

/** Renders the cells of a column. */
export interface ColumnCells {
  readonly letters: string;
  readonly kind: ColumnKind;
  /** Width in characters. */
  readonly width: number;
  /** Style of its texts. */
  readonly style: number;
}

const IDS = new Set(['trial_id', 'row_id', 'row.id', 'prompt', 'model', 'response_id']);
const WIDTHS: Readonly<Partial<Record<string, number>>> = { output: 60, trial_id: 24, model: 20, error_message: 40 };
const KIND_WIDTHS: Readonly<Record<ColumnKind, number>> = {
  text: 16,
  data: 30,
  small: 9,
  count: 12,
  number: 12,
  score: 12,
  cost: 16,
  truth: 9,
};

/** How the columns of those names are written. */
export function columnCells(names: readonly string[]): readonly ColumnCells[] {
  return names.map((name, place) => {
    const kind = columnKind(name);
    const width = WIDTHS[name] ?? (IDS.has(name) ? 16 : KIND_WIDTHS[kind]);
    // Room for the arrow of the filter.
    const fitted = Math.max(width, Math.min(name.length + 4, 40));
    return { letters: columnLetters(place), kind, width: fitted, style: IDS.has(name) ? STYLE.text : STYLE.plain };
  });
}

/** A number that is written as it is, whatever its digits. */
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** A cell's XML; empty for an empty cell. @param row its number, from 1. @param onCut called for a text that is cut */
export function cellXml({ letters, kind, style }: ColumnCells, row: number, cell: Cell, onCut: () => void): string {
  const at = `<c r="${letters}${row}"`;
  if (cell === null) return '';
  if (typeof cell === 'number') return `${at}><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `${at} t="b"><v>${cell ? 1 : 0}</v></c>`;
  if (kind === 'cost' && typeof cell === 'string' && DECIMAL.test(cell)) {
    return `${at} s="${STYLE.cost}"><v>${cell}</v></c>`;
  }
  const whole = typeof cell === 'string' ? cell : jsonText(cell);
  const text = fittingText(whole);
  if (text !== whole) onCut();
  return textCell(at, text, style);
}

/** Text in the cell itself, so that no table of texts has to be kept. */
function textCell(at: string, text: string, style: number): string {
  // Otherwise an edited cell that begins with = would become a formula.
  const isLiteral = style === STYLE.plain && withoutFormula(text) !== text;
  const place = `${at} t="inlineStr" s="${isLiteral ? STYLE.literal : style}">`;
  return `${place}<is><t xml:space="preserve">${xmlText(text)}</t></is></c>`;
}

/** A cell of the first row. */
export function headerCell(place: number, name: string): string {
  return textCell(`<c r="${columnLetters(place)}1"`, fittingText(name), STYLE.header);
}
