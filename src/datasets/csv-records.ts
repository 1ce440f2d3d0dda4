import { headerError, raggedRowError } from './csv-errors.ts';
import { chooseDelimiter, headerLine } from './csv-scan.ts';
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
    for await (const text of endMarked(headerWhole(file.text))) {
      records ??= new CsvRecords(file, chooseDelimiter(headerLine(text ?? '') ?? text ?? '', file.delimiter), maker);
      const failure = await records.read(text);
      const batch = records.take();
      hasRecords ||= batch.length > 0;
      if (batch.length > 0) yield batch;
      if (failure !== null) throw failure.error;
    }
    if (!hasRecords) throw records?.hasHeader === true ? noRowsError(file.path) : emptyFileError(file.path);
  } finally {
    records?.close();
  }
}

/** The same text, with the first piece long enough to hold the whole header line. */
async function* headerWhole(text: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let head: string | null = '';
  for await (const piece of text) {
    if (head === null) {
      yield piece;
      continue;
    }
    head += piece;
    if (headerLine(head) === null) continue;
    yield head;
    head = null;
  }
  if (head !== null) yield head;
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
  #names: readonly string[] | null = null;
  #made: T[] = [];

  constructor(file: DatasetFile, delimiter: string, maker: RecordMaker<T>) {
    this.#file = file;
    this.#delimiter = delimiter;
    this.#maker = maker;
    this.#plain = new PlainRecords({ file: file.path, delimiter }, this.#receive);
  }

  /** True when the header line was read. */
  get hasHeader(): boolean {
    return this.#names !== null;
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
    if (this.#names === null) this.#begin(fields, source);
    else if (fields.length === this.#names.length) this.#made.push(this.#maker.make(fields, source));
    else if (!isBlankLine(fields)) throw raggedRowError(source.recordText(), fields.length, this.#names.length);
  };

  #begin(fields: Fields, source: RecordSource): void {
    // Blanks around a name are accidental: no template could name such a column.
    const names = fields.map((name) => name.trim());
    const error = headerError(source.recordText(), names);
    if (error !== null) throw error;
    const { path, onNotice } = this.#file;
    const trimmed = fields.filter((name) => name !== name.trim());
    if (trimmed.length > 0) {
      onNotice?.(`${path}: blanks around column names are ignored: "${trimmed.slice(0, 5).join('", "')}"`);
    }
    this.#names = names;
    const wanted = this.#maker.begin(names);
    // The first field says whether a short record is a blank line.
    this.#plain.want(wanted === null ? null : wanted.map((isWanted, column) => isWanted || column === 0));
  }
}

/** Looks blank, of several columns: spaces alone do not make a row. */
function isBlankLine(fields: Fields): boolean {
  return fields.length === 1 && fields[0]?.trim() === '';
}
