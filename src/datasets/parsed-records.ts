import { CsvError } from 'csv-parse';
import { endlessRowError, quoteError, type RecordText } from './csv-errors.ts';
import { countLineBreaks } from './csv-scan.ts';
import { RecentBytes } from './recent-bytes.ts';
import { RecordParser } from './record-parser.ts';
import { type Fields, LONGEST_ROW_BYTES, type Receive, type RecordSource } from './record-source.ts';

/** Reads CSV records with csv-parse, which accepts or refuses them, and explains its errors. */
export class ParsedRecords implements RecordSource {
  readonly #file: string;
  readonly #delimiter: string;
  readonly #receive: Receive;
  readonly #parser: RecordParser;
  /** What was parsed since the last whole record, to locate an error. */
  readonly #recent = new RecentBytes();
  #failure: Error | null = null;
  /** Of the last record: the byte offset after it, the line after it, the blank lines before it. */
  #end = 0;
  #endLine: number;
  #blankLines = 0;

  /** @param place file, delimiter, and the line on which the text begins */
  constructor({ file, delimiter, line }: Omit<RecordText, 'text'>, receive: Receive) {
    this.#file = file;
    this.#delimiter = delimiter;
    this.#endLine = line;
    this.#receive = receive;
    const options = {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_ROW_BYTES,
    };
    this.#parser = new RecordParser(options, (fields) => this.#take(fields));
    // The parser's promises report errors; without a listener the event would end the process.
    this.#parser.on('error', () => undefined);
  }

  get line(): number {
    return this.#endLine + this.#parser.info.empty_lines - this.#blankLines;
  }

  /** The record being received, with preceding blank lines. */
  recordText(): RecordText {
    return this.#textUpTo(this.#parser.info.bytes);
  }

  /**
   * Parses a piece of text; null marks the end.
   * @throws what the receiver throws, and a DatasetError for what is not CSV
   */
  async parse(text: string | null): Promise<void> {
    try {
      await (text === null ? this.#parser.finish() : this.#parse(Buffer.from(text)));
      this.#recent.dropBefore(this.#end);
    } catch (error) {
      this.#failure ??= this.#explain(toError(error));
    }
    if (this.#failure !== null) throw this.#failure;
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
  #take(fields: Fields): void {
    if (this.#failure !== null) return;
    try {
      this.#receive(fields, this);
    } catch (error) {
      this.#failure = toError(error);
      return;
    }
    this.#endLine = this.line + 1;
    for (const field of fields) this.#endLine += countLineBreaks(field);
    this.#blankLines = this.#parser.info.empty_lines;
    this.#end = this.#parser.info.bytes;
  }

  #textUpTo(end: number): RecordText {
    const text = this.#recent.text(this.#end, end);
    return { file: this.#file, delimiter: this.#delimiter, text, line: this.#endLine };
  }

  #explain(error: Error): Error {
    if (!(error instanceof CsvError)) return error;
    const record = this.#textUpTo(Number.POSITIVE_INFINITY);
    const quote = quoteError(record);
    if (quote !== null) return quote;
    return error.code === 'CSV_MAX_RECORD_SIZE' ? endlessRowError(record, LONGEST_ROW_BYTES) : error;
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
