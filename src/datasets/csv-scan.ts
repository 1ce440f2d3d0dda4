/** Positions in a CSV record's text, determined again after an error. Offsets are UTF-16 code units from 0. */
interface RecordScan {
  /** Where each field begins. */
  readonly fieldOffsets: readonly number[];
  /** Where the record ends, before its line ending. */
  readonly end: number;
  readonly fault: QuoteFault | null;
}

/** A double quote that breaks RFC 4180. */
export interface QuoteFault {
  /**
   * `unclosed`: a cell's quote has no end · `inside`: in an unquoted cell · `followed`: closes a cell, but more text
   * follows
   */
  readonly kind: 'unclosed' | 'inside' | 'followed';
  /** Offset of the faulty quote. */
  readonly offset: number;
  /** Start of the cell that contains it. */
  readonly cellOffset: number;
}

/** A line and a column, from 1; columns count UTF-16 code units. */
interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Longest header line (UTF-16 code units) that is searched for its end and its delimiter. */
const LONGEST_HEADER_UNITS = 1024 * 1024;

/** If several occur equally often, the first wins: commas are most likely to be part of a column's name. */
const DETECTED_DELIMITERS: readonly string[] = ['\t', ';', ','];

/** The first line that is not blank, taking quotes into account; null if `text` may be only its beginning. */
export function headerLine(text: string): string | null {
  const start = text.search(/[^\r\n]/);
  if (start < 0) return null;
  let isQuoted = false;
  for (let index = start; index < text.length; index++) {
    const char = text[index];
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (char === '\n' || char === '\r')) return text.slice(start, index);
  }
  return text.length - start > LONGEST_HEADER_UNITS ? text.slice(start) : null;
}

/**
 * The delimiter of a file with this header line. The requested one wins if the header has it or has none at all.
 * Otherwise the header decides, because the same flag also sets the delimiter of the result files: users who want
 * results for a spreadsheet need not convert the dataset.
 */
export function chooseDelimiter(header: string, asked: string | null): string {
  const unquoted = header.replaceAll(/"[^"]*("|$)/g, '');
  if (asked !== null && unquoted.includes(asked)) return asked;
  let best = { delimiter: asked ?? ',', count: 0 };
  for (const delimiter of DETECTED_DELIMITERS) {
    const count = unquoted.split(delimiter).length - 1;
    if (count > best.count) best = { delimiter, count };
  }
  return best.delimiter;
}

/** Finds the fields and the first faulty quote of the record that begins at `start`. */
export function scanRecord(text: string, delimiter: string, start: number): RecordScan {
  const fieldOffsets = [start];
  for (let at = start; ; ) {
    const cell = scanCell(text, delimiter, at);
    if (cell.fault !== null) return { fieldOffsets, end: cell.end, fault: cell.fault };
    if (!text.startsWith(delimiter, cell.end)) return { fieldOffsets, end: cell.end, fault: null };
    at = cell.end + delimiter.length;
    fieldOffsets.push(at);
  }
}

interface CellScan {
  readonly end: number;
  readonly fault: QuoteFault | null;
}

function scanCell(text: string, delimiter: string, cellOffset: number): CellScan {
  if (text[cellOffset] === '"') return scanQuotedCell(text, delimiter, cellOffset);
  let end = cellOffset;
  while (!endsCell(text, delimiter, end)) {
    if (text[end] === '"') return { end, fault: { kind: 'inside', offset: end, cellOffset } };
    end++;
  }
  return { end, fault: null };
}

function scanQuotedCell(text: string, delimiter: string, cellOffset: number): CellScan {
  let quote = text.indexOf('"', cellOffset + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  if (quote < 0) return { end: text.length, fault: { kind: 'unclosed', offset: cellOffset, cellOffset } };
  const end = quote + 1;
  return { end, fault: endsCell(text, delimiter, end) ? null : { kind: 'followed', offset: quote, cellOffset } };
}

function endsCell(text: string, delimiter: string, at: number): boolean {
  const char = text[at];
  return char === undefined || char === '\n' || char === '\r' || text.startsWith(delimiter, at);
}

/** Line and column of an offset in a text whose first line has the number `firstLine`. */
export function placeAt(text: string, offset: number, firstLine: number): TextPlace {
  const before = text.slice(0, offset);
  const lastBreak = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r'));
  return { line: firstLine + countLineBreaks(before), column: offset - lastBreak };
}

/** Line endings in a text: `\r\n`, `\n` and `\r` count as one each. */
export function countLineBreaks(text: string): number {
  if (!text.includes('\n') && !text.includes('\r')) return 0;
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
