import { DatasetError, type SourcePlace } from '../core/errors.ts';
import { placeAt, type QuoteFault, scanRecord } from './csv-scan.ts';

/** The text of the faulty record. */
export interface RecordText {
  readonly file: string;
  readonly delimiter: string;
  /** Starts at the end of the previous record, so blank lines may come first. */
  readonly text: string;
  /** Line on which `text` begins, from 1. */
  readonly line: number;
}

const QUOTING_HINT = 'put the whole cell in double quotes and double each quote inside it: "she said ""yes"""';

/** The position of a field (from 0) of a record; of the record's end if it has fewer. */
export function fieldPlace(record: RecordText, field: number): SourcePlace {
  const { text, delimiter, file, line } = record;
  const scan = scanRecord(text, delimiter, recordStart(text));
  return { file, ...placeAt(text, scan.fieldOffsets[field] ?? scan.end, line) };
}

/** The error for a header with a missing or duplicate name; null if every name is good. */
export function headerError(record: RecordText, names: readonly string[]): DatasetError | null {
  for (const [index, name] of names.entries()) {
    if (name.trim() === '') {
      return new DatasetError(fieldPlace(record, index), `column ${index + 1} has no name`, {
        hint: 'name every column in the header line; a delimiter at its end makes one more column',
      });
    }
    const first = names.indexOf(name);
    if (first < index) {
      const message = `column ${index + 1} is named "${name}" like column ${first + 1}`;
      return new DatasetError(fieldPlace(record, index), message, { hint: 'rename or remove one of the two' });
    }
  }
  return null;
}

/** The error for a row with more or fewer fields than the header. */
export function raggedRowError(record: RecordText, fields: number, columns: number): DatasetError {
  const message = `the row has ${fields} ${fields === 1 ? 'field' : 'fields'} of ${columns}`;
  const delimiter = record.delimiter === '\t' ? 'a tab' : `"${record.delimiter}"`;
  const hint =
    fields > columns
      ? `put cells that contain ${delimiter} in double quotes`
      : `add what is missing; an empty cell needs its delimiter (${delimiter}) too`;
  return new DatasetError(fieldPlace(record, columns), message, { hint });
}

/** The error for a quote that breaks RFC 4180; null if the record has none. */
export function quoteError(record: RecordText): DatasetError | null {
  const { text, delimiter, file, line } = record;
  const { fault } = scanRecord(text, delimiter, recordStart(text));
  if (fault === null) return null;
  const place = { file, ...placeAt(text, fault.offset, line) };
  return new DatasetError(place, quoteMessage(fault, record), { hint: quoteHint(fault) });
}

function quoteMessage(fault: QuoteFault, { text, line }: RecordText): string {
  const cell = placeAt(text, fault.cellOffset, line);
  switch (fault.kind) {
    case 'unclosed':
      return 'the double quote that opens here is never closed';
    case 'inside':
      return 'a double quote in a cell that does not begin with one';
    case 'followed': {
      const next = JSON.stringify(String.fromCodePoint(text.codePointAt(fault.offset + 1) ?? 0));
      return `a double quote closes the cell that begins at ${cell.line}:${cell.column}, but ${next} follows it`;
    }
  }
}

function quoteHint(fault: QuoteFault): string {
  switch (fault.kind) {
    case 'unclosed':
      return 'close the quote where the cell ends';
    case 'inside':
      return QUOTING_HINT;
    case 'followed':
      return `close the quote where the cell ends: ${QUOTING_HINT}`;
  }
}

/** The error for a row that never ends. */
export function endlessRowError(record: RecordText, longestBytes: number): DatasetError {
  const place = { file: record.file, ...placeAt(record.text, recordStart(record.text), record.line) };
  return new DatasetError(place, `the row is longer than ${longestBytes / 1024 ** 2} MiB`, {
    hint: 'look in this row for a double quote that is opened and not closed',
  });
}

/** Where a record begins behind blank lines. */
export function recordStart(text: string): number {
  return Math.max(0, text.search(/[^\r\n]/));
}
