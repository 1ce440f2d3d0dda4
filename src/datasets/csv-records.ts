import { withHead } from '../io/text-head.ts';
import { headerError, raggedRowError } from './csv-errors.ts';
import { type HeaderNames, isEmptyRecord, isEmptyText, namedCells, readHeader, SepDirective } from './csv-oddities.ts';
import { chooseDelimiter, headerLine } from './csv-scan.ts';
import { EmptyRows } from './empty-rows.ts';
import type { DatasetFile } from './format.ts';
import { emptyFileError, noRowsError } from './format-errors.ts';
import type { ParsedRecords } from './parsed-records.ts';
import { PlainRecords } from './plain-records.ts';
import type { Fields, RecordSource } from './record-source.ts';

/** What is made of the records of a CSV file. */
export interface RecordMaker<T> {
  /**
   * Called once, with the names of the columns, which are unique.
   * @returns by column, whether its fields are needed, others may come as empty texts; null if all are
   */
  begin(names: readonly string[]): readonly boolean[] | null;
  /** @param fields as many as there are columns. @param source knows where they are, until the call returns */
  make(fields: Fields, source: RecordSource): T;
}

/**
 * What is made of the records of a CSV file after its header line, in batches: a piece of text at a time. Blank lines
 * are skipped. The records before an error are given first.
 * @throws DatasetError with file, line and column if the text is not CSV, or has no records
 */
export async function* readCsvRecords<T>(
  file: DatasetFile,
  maker: RecordMaker<T>,
): AsyncGenerator<readonly T[], void, undefined> {
  let records: CsvRecords<T> | null = null;
  let hasRecords = false;
  try {
    const sep = new SepDirective();
    for await (const text of endMarked(headerWhole(sep.strip(file.text)))) {
      records ??= new CsvRecords(file, sep.delimiter ?? delimiterOf(text ?? '', file), maker);
      const failure = await records.read(text);
      const batch = records.take();
      hasRecords ||= batch.length > 0;
      if (batch.length > 0) yield batch;
      if (failure !== null) throw failure.error;
    }
    records?.finish();
    if (sep.delimiter !== null) file.onNotice?.(`${file.path}: the line sep=${sep.delimiter} sets the delimiter`);
    if (!hasRecords) throw records?.hasHeader === true ? noRowsError(file.path) : emptyFileError(file.path);
  } finally {
    records?.close();
  }
}

function delimiterOf(text: string, { delimiter }: DatasetFile): string {
  return chooseDelimiter(headerLine(text) ?? text, delimiter);
}

/** The same text, with the first piece long enough to hold the whole header line. */
function headerWhole(text: AsyncIterable<string>): AsyncIterable<string> {
  return withHead(
    text,
    (head) => headerLine(head) !== null,
    (head) => head,
  );
}

/** The same text with null at its end. */
async function* endMarked(text: AsyncIterable<string>): AsyncGenerator<string | null, void, undefined> {
  for await (const piece of text) yield piece;
  yield null;
}

/** Converts CSV text into records, piece by piece: plain ones fast, and all from the first other one with csv-parse. */
class CsvRecords<T> {
  readonly #file: DatasetFile;
  readonly #delimiter: string;
  readonly #maker: RecordMaker<T>;
  readonly #plain: PlainRecords;
  #parsed: ParsedRecords | null = null;
  #header: HeaderNames | null = null;
  /** False if some fields come as empty texts. */
  #hasAllFields = true;
  readonly #empty = new EmptyRows();
  #made: T[] = [];

  constructor(file: DatasetFile, delimiter: string, maker: RecordMaker<T>) {
    this.#file = file;
    this.#delimiter = delimiter;
    this.#maker = maker;
    this.#plain = new PlainRecords({ file: file.path, delimiter }, this.#receive);
  }

  /** True when the header line was read. */
  get hasHeader(): boolean {
    return this.#header !== null;
  }

  /** Reads a piece of text; null marks the end. @returns what went wrong; records before it can still be taken */
  async read(text: string | null): Promise<{ readonly error: unknown } | null> {
    try {
      await this.#read(text);
      return null;
    } catch (error) {
      return { error };
    }
  }

  /** Records since the last call. */
  take(): readonly T[] {
    const made = this.#made;
    this.#made = [];
    return made;
  }

  /** Notes about the whole file, once it is read. */
  finish(): void {
    const note = this.#empty.note();
    if (note !== null) this.#file.onNotice?.(`${this.#file.path}: ${note}`);
  }

  /** Frees the parser. */
  close(): void {
    this.#parsed?.close();
  }

  async #read(text: string | null): Promise<void> {
    if (this.#parsed !== null) return this.#parsed.parse(text);
    const rest = this.#plain.read(text);
    if (rest === null) return;
    // Loaded here, because most files never need it.
    const { ParsedRecords } = await import('./parsed-records.ts');
    const place = { file: this.#file.path, delimiter: this.#delimiter, line: this.#plain.line };
    this.#parsed = new ParsedRecords(place, this.#receive);
    await this.#parsed.parse(rest);
    if (text === null) await this.#parsed.parse(null);
  }

  readonly #receive = (fields: Fields, source: RecordSource): void => {
    if (this.#header === null) this.#begin(fields, source);
    else if (this.#isEmpty(fields, source)) this.#empty.add(source.line);
    else if (!isBlankLine(fields, this.#header)) this.#add(fields, this.#header, source);
  };

  /** Fields that are not needed come as empty texts, whatever they hold. */
  #isEmpty(fields: Fields, source: RecordSource): boolean {
    return isEmptyRecord(fields) && (this.#hasAllFields || isEmptyText(source.recordText()));
  }

  #add(given: Fields, header: HeaderNames, source: RecordSource): void {
    const fields = namedCells(given, header, () => source.recordText());
    if (fields.length === header.names.length) this.#made.push(this.#maker.make(fields, source));
    else throw raggedRowError(source.recordText(), fields.length, header.names.length);
  }

  #begin(fields: Fields, source: RecordSource): void {
    const header = readHeader(fields);
    const error = headerError(source.recordText(), header.names);
    if (error !== null) throw error;
    for (const note of header.notes) this.#file.onNotice?.(`${this.#file.path}: ${note}`);
    this.#header = header;
    const wanted = this.#maker.begin(header.names);
    this.#hasAllFields = wanted === null;
    // The first field says whether a short record is a blank line.
    this.#plain.want(wanted === null ? null : wanted.map((isWanted, column) => isWanted || column === 0));
  }
}

/** Looks blank: spaces alone do not make a row of several columns. */
function isBlankLine(fields: Fields, { names }: HeaderNames): boolean {
  return fields.length === 1 && names.length > 1 && fields[0]?.trim() === '';
}
