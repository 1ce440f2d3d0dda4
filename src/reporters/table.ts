import Table from 'cli-table3';
import type { ReportTable } from './analysis-report.ts';
import { formatCount } from './format.ts';

/** No frame and one rule under the head: the figures are what is to be seen. */
const PLAIN_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '─',
  'mid-mid': '─',
  right: '',
  'right-mid': '',
  middle: ' ',
} as const;

/** More lines than that nobody reads in a terminal, and laying them out takes time that grows with their square. */
export const MOST_LINES = 100;

/** How a table is shown. */
interface TableStyle {
  /** Makes a head's title stand out. */
  readonly bold?: (title: string) => string;
  /** Lines that are shown at most; default all. */
  readonly most?: number;
  /** Where the others are. */
  readonly rest?: string;
}

/** A table for a terminal. */
export function renderTable(
  { columns, rows }: ReportTable,
  { bold = plain, most, rest = '' }: TableStyle = {},
): string {
  const table = new Table({
    head: columns.map(({ title }) => bold(title)),
    colAligns: columns.map(({ align }) => align),
    style: { head: [], border: [], compact: true },
    chars: PLAIN_BORDERS,
  });
  const shown = rows.slice(0, most);
  for (const row of shown) table.push([...row]);
  const left = rows.length - shown.length;
  return left === 0 ? table.toString() : `${table.toString()}\n… and ${formatCount(left)} more: ${rest}`;
}

function plain(title: string): string {
  return title;
}
