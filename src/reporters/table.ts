import Table from 'cli-table3';
import type { ReportColumn, ReportTable } from './analysis-report.ts';
import { fold, widthOf } from './fold.ts';
import { formatCount } from './format.ts';

/** Before the first column, and between two columns. */
const MARGIN = 1;
const GAP = 2;

/** No frame and one rule under the head: the figures matter. */
const PLAIN_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' '.repeat(MARGIN),
  'left-mid': '─'.repeat(MARGIN),
  mid: '─',
  'mid-mid': '─'.repeat(GAP),
  right: '',
  'right-mid': '',
  middle: ' '.repeat(GAP),
} as const;

/** Nobody reads more lines in a terminal, and the layout time grows with their square. */
const MOST_LINES = 100;

/** Longer words of a title are split. */
const LONGEST_TITLE_WORD = 12;

/** Minimum width of a text column. */
const NARROWEST = 4;

/** How a table is shown. */
export interface TableStyle {
  /** Highlights a head's title. */
  readonly bold?: (title: string) => string;
  /** Columns of the terminal; default unlimited. */
  readonly width?: number;
  /** Maximum lines shown; default 100. */
  readonly most?: number;
  /** The note on `count` further lines. */
  readonly rest?: (count: string) => string;
}

/**
 * A table for a terminal. If it is too wide, texts are folded and columns dropped, the lowest `keep` first, until it
 * fits; a line below names them.
 */
export function renderTable({ columns, rows }: ReportTable, style: TableStyle = {}): string {
  const { bold = plain, width = Infinity, most = MOST_LINES, rest = allInJson } = style;
  const shown = rows.slice(0, most);
  const laidOut = layOut(columns, shown, width);
  const table = new Table({
    head: laidOut.map(({ column, width: room }) => fold(column.title, room).map(bold).join('\n')),
    colAligns: laidOut.map(({ column }) => column.align),
    colWidths: laidOut.map(({ width: room }) => room),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: PLAIN_BORDERS,
  });
  for (const row of shown) {
    table.push(laidOut.map(({ column, place, width: room }) => cellText(column, row[place] ?? '', room)));
  }
  const left = rows.length - shown.length;
  const omitted = columns.filter((column) => !laidOut.some((one) => one.column === column));
  return [
    ...table.toString().split('\n').map(withoutBlanks),
    ...(omitted.length === 0 ? [] : [`not shown: ${omitted.map(({ title }) => title).join(', ')} (--wide shows all)`]),
    ...(left === 0 ? [] : [rest(formatCount(left))]),
  ].join('\n');
}

/** Variants that a leaderboard shows on a terminal; the rest is available on request. */
const MOST_VARIANTS = 10;

/** Number of lines that a leaderboard shows. @param more the command or flag that shows the others */
export function leaderboardLines(width: number, more: string): Pick<TableStyle, 'most' | 'rest'> {
  if (width === Infinity) return {};
  return { most: MOST_VARIANTS, rest: (count) => `${count} more ${count === '1' ? 'variant' : 'variants'}: ${more}` };
}

function plain(title: string): string {
  return title;
}

function allInJson(count: string): string {
  return allIn('--json', count);
}

/** @param where a file or a flag that has every line */
export function allIn(where: string, count: string): string {
  return `… and ${count} more: ${where} has them all`;
}

/** Spaces at the end of a line make it as wide as its widest neighbour. */
function withoutBlanks(line: string): string {
  return line.replace(/ +$/, '');
}

function cellText({ least }: ReportColumn, text: string, width: number): string {
  return least === undefined ? text : fold(text, width).join('\n');
}

/** A column that is shown. */
interface LaidOut {
  readonly column: ReportColumn;
  /** Its place among all columns. */
  readonly place: number;
  /** From the minimum to the width of its widest text. */
  readonly width: number;
}

interface Sized extends LaidOut {
  readonly widest: number;
}

function layOut(
  columns: readonly ReportColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly LaidOut[] {
  let shown = columns.map((column, place) => sizeOf(column, place, rows));
  if (widthOfAll(shown.map(({ widest }) => widest)) <= width) {
    return shown.map((one) => ({ ...one, width: one.widest }));
  }
  while (widthOfAll(shown.map((one) => one.width)) > width) {
    const ranks = shown.map(({ column: { keep = Infinity } }) => keep);
    const lowest = Math.min(...ranks);
    if (lowest === Infinity) return narrowed(shown, width);
    const at = ranks.lastIndexOf(lowest);
    shown = shown.filter((_, index) => index !== at);
  }
  return widened(shown, rows, width);
}

function sizeOf(column: ReportColumn, place: number, rows: readonly (readonly string[])[]): Sized {
  const { title, least } = column;
  const cells = Math.max(0, ...rows.map((row) => widthOf(row[place] ?? '')));
  const words = Math.max(0, ...title.split(' ').map(widthOf));
  return {
    column,
    place,
    width: Math.max(Math.min(words, LONGEST_TITLE_WORD), least === undefined ? cells : Math.min(cells, least)),
    widest: Math.max(cells, widthOf(title)),
  };
}

function widthOfAll(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, MARGIN + GAP * Math.max(0, widths.length - 1));
}

/** Gives the remaining width to texts, which fold in every line, and then to titles. */
function widened(shown: readonly Sized[], rows: ReportTable['rows'], width: number): readonly LaidOut[] {
  const texts = shared(shown, width, isText).map((one) => (isText(one) ? tightened(one, rows) : one));
  return shared(texts, width, (one) => !isText(one)).map((one) => tightened(one, rows));
}

/** Gives the remaining width to some of the columns, the narrowest first. */
function shared(shown: readonly Sized[], width: number, takes: (one: Sized) => boolean): readonly Sized[] {
  const widths = shown.map((one) => one.width);
  for (let left = width - widthOfAll(widths); left > 0; left--) {
    const wanting = shown.flatMap((one, index) => (takes(one) && (widths[index] ?? 0) < one.widest ? [index] : []));
    const [at] = wanting.sort((one, other) => (widths[one] ?? 0) - (widths[other] ?? 0));
    if (at === undefined) break;
    widths[at] = (widths[at] ?? 0) + 1;
  }
  return shown.map((one, index) => ({ ...one, width: widths[index] ?? one.width }));
}

/** A column without the room that folding frees. */
function tightened(one: Sized, rows: ReportTable['rows']): Sized {
  const texts = [one.column.title, ...rows.map((row) => row[one.place] ?? '')];
  return { ...one, width: Math.max(0, ...texts.flatMap((text) => fold(text, one.width)).map(widthOf)) };
}

/** Takes missing width from texts, the widest first, as long as there is any. */
function narrowed(shown: readonly Sized[], width: number): readonly LaidOut[] {
  const widths = shown.map((one) => one.width);
  for (let missing = widthOfAll(widths) - width; missing > 0; missing--) {
    const texts = shown.flatMap((one, index) => (isText(one) && (widths[index] ?? 0) > NARROWEST ? [index] : []));
    const [at] = texts.sort((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0));
    if (at === undefined) break;
    widths[at] = (widths[at] ?? 0) - 1;
  }
  return shown.map((one, index) => ({ ...one, width: widths[index] ?? one.width }));
}

function isText({ column }: Sized): boolean {
  return column.least !== undefined;
}
