import type { Cell } from '../../core/columns.ts';
import type { JsonObject } from '../../core/json.ts';
import type { FileDigest } from '../../io/atomic-file.ts';

/** How texts stand in a format that has a choice. */
export interface Dialect {
  /** Between the cells of a CSV file: `,`, `;` or tab. */
  readonly delimiter: string;
  /** True begins a CSV file with a byte order mark, by which Excel knows UTF-8. */
  readonly bom: boolean;
}

/** How a result file is written. */
export interface ResultOptions extends Dialect {
  /** Column names, in order. */
  readonly columns: readonly string[];
  /** Keys that only some results have, in order. Formats with columns leave them out; others write those with a value. */
  readonly sparse: readonly string[];
}

/** A result file being written. It stands under its name only after `commit`. */
export interface ResultWriter {
  /**
   * Appends a result.
   * @param cells parallel to `columns`, then to `sparse`; cells missing at the end are null
   * @returns a promise where the writer should wait for the disk
   * @throws StorageError where the file cannot be written
   */
  write(cells: readonly Cell[]): void | Promise<void>;
  /** Puts the file in its place. @returns what was written. @throws StorageError, and the file of before stays */
  commit(): Promise<FileDigest>;
  /** Drops what was written; the file of before stays. */
  discard(): Promise<void>;
}

/** A result by its columns, as it stands in a file. */
export interface StoredRecord {
  readonly value: JsonObject;
  /** By which `pick` finds it again; rises from record to record. */
  readonly locator: number;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** Reads what a writer wrote. */
export interface RecordReader {
  /** Records in the order of the file, read as they are asked for. @throws ResultsError or DatasetError with file and line */
  read(path: string): AsyncGenerator<StoredRecord>;
  /** Some records again. @param locators rising, each once. @returns by locator, those that are there */
  pick(path: string, locators: readonly number[]): Promise<ReadonlyMap<number, JsonObject>>;
}

/** A kind of result file: how it is written, and how it is read. */
export interface ResultFormat extends RecordReader {
  /** As users ask for it, also the ending of its file. */
  readonly name: string;
  /** Name of the file in a run folder. */
  readonly fileName: string;
  /** True where it is written unless a user says otherwise. */
  readonly isDefault: boolean;
  /** True where values come back as they were, texts and types, so that answers can be scored by them. */
  readonly isExact: boolean;
  /** Begins a file that will replace `path`. @throws StorageError where the folder cannot be written to */
  write(path: string, options: ResultOptions): Promise<ResultWriter>;
  /** True for the first bytes of a file of this format, HEAD_BYTES of them where there are so many. */
  claims(head: Buffer): boolean;
  /** How the file with these first bytes was written, for one that replaces it; absent where there is no choice. */
  dialectOf?(head: Buffer): Dialect;
}

/** First bytes of a file that its format is told by. */
export const HEAD_BYTES = 64;
