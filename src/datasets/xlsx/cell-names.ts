/** Columns of a sheet. */
export const MOST_COLUMNS = 16_384;

/** The column of a cell's name such as `AB12`, from 0; null if it has none. */
export function columnOf(cell: string): number | null {
  let column = 0;
  let at = 0;
  for (; at < cell.length; at++) {
    const code = cell.charCodeAt(at) & ~0x20;
    if (code < 0x41 || code > 0x5a) break;
    column = column * 26 + (code - 0x40);
  }
  return at === 0 || at > 3 ? null : column - 1;
}

/** `AB` of column 27. */
export function columnLetters(column: number): string {
  const rest = Math.floor(column / 26);
  return `${rest === 0 ? '' : columnLetters(rest - 1)}${String.fromCharCode(0x41 + (column % 26))}`;
}

/** `AB12` of column 27 and row 12. */
export function cellName(column: number, row: number): string {
  return `${columnLetters(column)}${row}`;
}
