import { CsvError } from 'csv-parse';
import type { JsonValue } from '../core/json.ts';
import type { Row } from '../core/row.ts';
import { endlessRowError, fieldPlace, headerError, quoteError, type RecordText, raggedRowError } from './csv-errors.ts';
import { EmptyRows, type HeaderNames, isEmptyRecord, namedCells, readHeader } from './csv-oddities.ts';
import { countLineBreaks } from './csv-scan.ts';
import type { DatasetFile } from './format.ts';
import { RecentBytes } from './recent-bytes.ts';
import { type Fields, RecordParser } from './record-parser.ts';
import { ID_COLUMN, missingIdError } from './row-id.ts';

/** Maximum row length. Otherwise a quote that is never closed would collect the rest of the file in memory. */
const LONGEST_ROW_BYTES = 32 * 1024 * 1024;

/** Names that an object moves to its front: integers without a leading zero. */
const INDEX_LIKE = /^(?:0|[1-9]\d*)$/;

interface Columns extends HeaderNames {
  /** Index of the `id` column; -1 if there is none. */
  readonly id: number;
  readonly hasProto: boolean;
  /** True if an object would reorder them. */
  readonly areMoved: boolean;
}

/** Converts CSV text into rows, piece by piece. The rows before an error are kept. */
export class CsvRecords {
  readonly #file: string;
  readonly #delimiter: string;
  readonly #onNotice: DatasetFile['onNotice'];
  readonly #parser: RecordParser;
  /** What was parsed since the last whole record, to locate an error. */
  readonly #recent = new RecentBytes();
  #columns: Columns | null = null;
  #rows: Row[] = [];
  #rowCount = 0;
  readonly #empty = new EmptyRows();
  #failure: Error | null = null;
  /** Of the last record: the byte offset after it, the line after it, the blank lines before it. */
  #end = 0;
  #line = 1;
  #blankLines = 0;

  constructor({ path, onNotice }: Pick<DatasetFile, 'path' | 'onNotice'>, delimiter: string) {
    this.#file = path;
    this.#onNotice = onNotice;
    this.#delimiter = delimiter;
    const options = {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_ROW_BYTES,
    };
    this.#parser = new RecordParser(options, (fields) => this.#receive(fields));
    // The parser's promises report errors; without a listener the event would end the process.
    this.#parser.on('error', () => undefined);
  }

  /** True when the header line was read. */
  get hasHeader(): boolean {
    return this.#columns !== null;
  }

  /**
   * Parses a piece of text; null marks the end.
   * @returns the fault (rows before it can still be taken), or null
   */
  async parse(text: string | null): Promise<Error | null> {
    try {
      await (text === null ? this.#parser.finish() : this.#parse(Buffer.from(text)));
      this.#recent.dropBefore(this.#end);
      return this.#failure;
    } catch (error) {
      return this.#failure ?? this.#explain(toError(error));
    }
  }

  /** Rows parsed since the last call. */
  takeRows(): readonly Row[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  /** Notes about the whole file, once it is read. */
  finish(): void {
    const note = this.#empty.note();
    if (note !== null) this.#onNotice?.(`${this.#file}: ${note}`);
  }

  /** Frees the parser. */
  close(): void {
    this.#parser.destroy();
  }

  #parse(bytes: Buffer): Promise<void> {
    this.#recent.push(bytes);
    return this.#parser.parseBytes(bytes);
  }

  /** Runs inside the parser, so it throws nothing; after the first failure it ignores everything. */
  #receive(fields: Fields): void {
    if (this.#failure !== null) return;
    try {
      this.#accept(fields);
    } catch (error) {
      this.#failure = toError(error);
    }
  }

  #accept(fields: Fields): void {
    const { bytes, empty_lines: blankLines } = this.#parser.info;
    const line = this.#line + blankLines - this.#blankLines;
    if (this.#columns === null) this.#columns = this.#header(fields);
    else if (isEmptyRecord(fields)) this.#empty.add(line);
    else if (!isBlankLine(fields, this.#columns)) this.#rows.push(this.#row(fields, this.#columns, line));
    this.#line = line + 1;
    for (const field of fields) this.#line += countLineBreaks(field);
    this.#blankLines = blankLines;
    this.#end = bytes;
  }

  #header(fields: Fields): Columns {
    const header = readHeader(fields);
    const { names } = header;
    const error = headerError(this.#recordText(this.#parser.info.bytes), names);
    if (error !== null) throw error;
    for (const note of header.notes) this.#onNotice?.(`${this.#file}: ${note}`);
    const areMoved = names.some((name) => INDEX_LIKE.test(name));
    return { ...header, id: names.indexOf(ID_COLUMN), hasProto: names.includes('__proto__'), areMoved };
  }

  #row(given: Fields, columns: Columns, line: number): Row {
    const fields = namedCells(given, columns, () => this.#recordText(this.#parser.info.bytes));
    if (fields.length !== columns.names.length) {
      throw raggedRowError(this.#recordText(this.#parser.info.bytes), fields.length, columns.names.length);
    }
    this.#rowCount++;
    const vars = toVars(fields, columns);
    const order = columns.areMoved ? { columns: columns.names } : undefined;
    if (columns.id < 0) return { id: String(this.#rowCount), hasOwnId: false, vars, line, ...order };
    const id = fields[columns.id] ?? '';
    if (id.trim() === '') throw missingIdError(fieldPlace(this.#recordText(this.#parser.info.bytes), columns.id));
    return { id, hasOwnId: true, vars, line, ...order };
  }

  /** The record being parsed, with preceding blank lines, up to the byte offset `end`. */
  #recordText(end: number): RecordText {
    const text = this.#recent.text(this.#end, end);
    return { file: this.#file, delimiter: this.#delimiter, text, line: this.#line };
  }

  #explain(error: Error): Error {
    if (!(error instanceof CsvError)) return error;
    const record = this.#recordText(Number.POSITIVE_INFINITY);
    const quote = quoteError(record);
    if (quote !== null) return quote;
    return error.code === 'CSV_MAX_RECORD_SIZE' ? endlessRowError(record, LONGEST_ROW_BYTES) : error;
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function toVars(fields: Fields, { names, hasProto }: Columns): Row['vars'] {
  // Assigning to __proto__ would lose the cell; the slower way makes it a column like any other.
  if (hasProto) return Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']));
  const vars: Record<string, JsonValue> = {};
  for (let index = 0; index < names.length; index++) vars[names[index] ?? ''] = fields[index] ?? '';
  return vars;
}

/** Looks blank: spaces alone do not make a row of several columns. */
function isBlankLine(fields: Fields, { names }: Columns): boolean {
  return fields.length === 1 && names.length > 1 && fields[0]?.trim() === '';
}
