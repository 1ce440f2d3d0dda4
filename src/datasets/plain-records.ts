import type { RecordText } from './csv-errors.ts';
import { countLineBreaks } from './csv-scan.ts';
import { type Fields, LONGEST_ROW_BYTES, type Receive, type RecordSource } from './record-source.ts';

/** Longest record (UTF-16 code units) that is surely within the limit in bytes: a unit takes at most three. */
const LONGEST_PLAIN_UNITS = Math.floor(LONGEST_ROW_BYTES / 3);

const QUOTE = 0x22;
const CARRIAGE_RETURN = 0x0d;

/**
 * Reads plain CSV records, ten times faster than csv-parse: lines end in `\n` or `\r\n`, a double quote opens a cell or
 * is doubled in one, no row is very long. It judges nothing else: from there on csv-parse must read.
 */
export class PlainRecords implements RecordSource {
  readonly #file: string;
  readonly #delimiter: string;
  readonly #receive: Receive;
  #wanted: readonly boolean[] | null = null;
  /** Text without the end of a record, in pieces. */
  #pending: string[] = [];
  #pendingUnits = 0;
  /** Length at which it pays to look again, so that a record of many pieces is read in linear time. */
  #enoughUnits = 0;
  /** The text being read. */
  #text = '';
  /** Where the record begins. */
  #start = 0;
  /** The first double quote and carriage return from there; infinite if there is none, -1 if unknown. */
  #quote = -1;
  #return = -1;
  #line = 1;

  constructor({ file, delimiter }: Pick<RecordText, 'file' | 'delimiter'>, receive: Receive) {
    this.#file = file;
    this.#delimiter = delimiter;
    this.#receive = receive;
  }

  /** Line on which the record being received begins, or what is not read yet. */
  get line(): number {
    return this.#line;
  }

  recordText(): RecordText {
    return { file: this.#file, delimiter: this.#delimiter, text: this.#text.slice(this.#start), line: this.#line };
  }

  /** Makes only some fields of the records that follow; others are empty texts. @param wanted by column; null for all */
  want(wanted: readonly boolean[] | null): void {
    this.#wanted = wanted;
  }

  /**
   * Reads a piece of text; null marks the end.
   * @returns the text that csv-parse must read, from the beginning of a record; null if there is none so far
   */
  read(piece: string | null): string | null {
    if (piece !== null) {
      this.#pending.push(piece);
      this.#pendingUnits += piece.length;
      if (this.#pendingUnits < this.#enoughUnits) return null;
    }
    this.#text = this.#pending.join('');
    [this.#start, this.#quote, this.#return] = [0, -1, -1];
    const isPlain = isPlainDelimiter(this.#delimiter) && this.#readRecords(piece === null);
    const rest = this.#text.slice(this.#start);
    if (!isPlain || rest.length > LONGEST_PLAIN_UNITS) return rest;
    this.#pending = [rest];
    this.#pendingUnits = rest.length;
    this.#enoughUnits = 2 * rest.length;
    return null;
  }

  /** Reads the whole records of the text. @returns false at one that is not plain */
  #readRecords(isEnd: boolean): boolean {
    const text = this.#text;
    for (let feed = this.#recordEnd(); feed >= 0; feed = this.#recordEnd()) {
      const hasReturn = feed > this.#start && text.charCodeAt(feed - 1) === CARRIAGE_RETURN;
      if (!this.#readRecord(hasReturn ? feed - 1 : feed, feed + 1)) return false;
    }
    if (isEnd) return this.#readRecord(text.length, text.length);
    this.#findNext();
    // A carriage return alone ends a record too; one at the end may belong to a line feed.
    return this.#return > this.#quote || this.#return >= text.length - 1;
  }

  /** Place of the line feed that ends the record if its quotes are right; -1 if there is none. */
  #recordEnd(): number {
    const text = this.#text;
    let end = text.indexOf('\n', this.#start);
    if (this.#quote < this.#start) this.#quote = placeOf('"', text, this.#start);
    // A doubled quote closes the cell and opens it again.
    for (let quote = this.#quote; quote < end; ) {
      const close = text.indexOf('"', quote + 1);
      if (close < 0) return -1;
      if (end < close) end = text.indexOf('\n', close);
      quote = placeOf('"', text, close + 1);
    }
    return end;
  }

  #findNext(): void {
    if (this.#quote < this.#start) this.#quote = placeOf('"', this.#text, this.#start);
    if (this.#return < this.#start) this.#return = placeOf('\r', this.#text, this.#start);
  }

  /** @param end of the record without its line ending. @param next where the next one begins. @returns false if it is not plain */
  #readRecord(end: number, next: number): boolean {
    const start = this.#start;
    if (end > start) {
      this.#findNext();
      const isQuoted = this.#quote < end;
      if (end - start > LONGEST_PLAIN_UNITS || (!isQuoted && this.#return < end)) return false;
      // A copy: cells cut from the text itself would keep all of it in memory as long as one of them lives.
      const record = this.#text.slice(start, end) + this.#delimiter;
      const fields = (isQuoted ? quotedFields : bareFields)(record, this.#delimiter, this.#wanted);
      if (fields === null) return false;
      this.#receive(fields, this);
      if (isQuoted) this.#line += countLineBreaks(record);
    }
    if (next > end) this.#line += 1;
    this.#start = next;
    return true;
  }
}

function placeOf(sign: string, text: string, from: number): number {
  const place = text.indexOf(sign, from);
  return place < 0 ? Number.POSITIVE_INFINITY : place;
}

function isPlainDelimiter(delimiter: string): boolean {
  return delimiter.length === 1 && !'"\r\n'.includes(delimiter);
}

/** The fields of a record without quotes, each followed by the delimiter. */
function bareFields(record: string, delimiter: string, wanted: readonly boolean[] | null): Fields {
  const fields: string[] = [];
  for (let from = 0; from < record.length; ) {
    const end = record.indexOf(delimiter, from);
    fields.push(wanted === null || wanted[fields.length] === true ? record.slice(from, end) : '');
    from = end + 1;
  }
  return fields;
}

/** The fields of a record with quotes, each followed by the delimiter; null if a quote is wrong. */
function quotedFields(record: string, delimiter: string, wanted: readonly boolean[] | null): Fields | null {
  const fields: string[] = [];
  for (let from = 0; from < record.length; ) {
    const isQuoted = record.charCodeAt(from) === QUOTE;
    const end = isQuoted ? quotedEnd(record, from) : record.indexOf(delimiter, from);
    if (end < 0 || record.charAt(end) !== delimiter) return null;
    const field = isQuoted ? record.slice(from + 1, end - 1) : record.slice(from, end);
    if (!isQuoted && /["\r]/.test(field)) return null;
    const isMade = wanted === null || wanted[fields.length] === true;
    fields.push(isMade ? (isQuoted ? field.replaceAll('""', '"') : field) : '');
    from = end + 1;
  }
  return fields;
}

/** Place after the quote that closes a cell; -1 if there is none. */
function quotedEnd(record: string, from: number): number {
  let close = record.indexOf('"', from + 1);
  while (close >= 0 && record.charCodeAt(close + 1) === QUOTE) close = record.indexOf('"', close + 2);
  return close < 0 ? -1 : close + 1;
}
