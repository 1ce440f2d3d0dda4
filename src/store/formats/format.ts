import type { Cell } from '../../core/columns.ts';
import type { JsonObject } from '../../core/json.ts';
import type { FileDigest } from '../../io/file-digest.ts';

/** What separates the whole part of a number from its fraction. */
export type DecimalSign = '.' | ',';

/** Text options of a format that has a choice. */
export interface Dialect {
  /** The delimiter of a CSV file: `,`, `;` or tab. */
  readonly delimiter: string;
  /** True begins a CSV file with a byte order mark, by which Excel recognises UTF-8. */
  readonly bom: boolean;
  /** The decimal sign of scores, costs and temperatures in a CSV file; a point if absent. */
  readonly decimal?: DecimalSign;
}

/** How to write a result file. */
export interface ResultOptions extends Dialect {
  /** Column names, in order. */
  readonly columns: readonly string[];
  /** Keys that only some results have, in order. Formats with columns omit them; others write those with a value. */
  readonly sparse: readonly string[];
  /** For formats with columns for each variant; absent where there is no grid. */
  readonly grid?: ResultGrid | undefined;
}

/** The grid of a run, as formats with columns for each variant need it. */
export interface ResultGrid {
  /** Names of the variants, each unlike the others, in plan order. */
  readonly variants: readonly string[];
  /** Trials of a row with a variant. */
  readonly repeats: number;
}

/** Figures of the whole run, one line for each variant. */
export interface SummaryTable {
  /** Named as the columns of results, where they hold the same. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A result file being written. It appears under its name only after `commit`. */
export interface ResultWriter {
  /**
   * Appends a result.
   * @param cells parallel to `columns`, then to `sparse`; cells missing at the end are null
   * @param variant place of its variant in the grid
   * @returns a promise if the writer should wait for the disk
   * @throws StorageError if the file cannot be written
   */
  write(cells: readonly Cell[], variant?: number): void | Promise<void>;
  /**
   * Moves the file to its path.
   * @param summary for formats that have a place for it
   * @returns what was written
   * @throws StorageError, and the previous file stays
   */
  commit(summary?: SummaryTable): Promise<FileDigest>;
  /** After `commit`: what the file lacks of what was given, one line each; absent for formats that lack nothing. */
  notes?(): readonly string[];
  /** Drops what was written; the previous file stays. */
  discard(): Promise<void>;
}

/** A result by its columns, as stored in a file. */
export interface StoredRecord {
  readonly value: JsonObject;
  /** Position for `pick`; ascends from record to record. */
  readonly locator: number;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** Names of columns. */
export type WantedColumns = ReadonlySet<string>;

/** Reads files written by the matching writer. */
export interface RecordReader {
  /**
   * Records in the order of the file, read on demand.
   * @param columns the only ones that are needed, if not all; a format may give others too
   * @throws ResultsError or DatasetError with file and line
   */
  read(path: string, columns?: WantedColumns): AsyncIterable<StoredRecord>;
  /**
   * The same of a file that a journal corrects: what is not UTF-8 in it is replaced, where `read` refuses it. Absent if
   * there is nothing to replace.
   */
  readDamaged?(path: string): AsyncIterable<StoredRecord>;
  /**
   * The records of a file that is as it was written, up to the column `temperature`: what says which trial and row they
   * are. In batches, as a promise for each costs more than to read it. Each is valid only until the next one is asked for, and has no locator. Absent if that is no faster.
   * @throws ResultsError with file and line
   */
  readHeads?(path: string): AsyncIterable<Iterable<StoredRecord>>;
  /** Reads some records again. @param locators ascending, each once. @returns the existing ones, by locator */
  pick(path: string, locators: readonly number[]): Promise<ReadonlyMap<number, JsonObject>>;
}

/** A kind of result file: how it is written and read. */
export interface ResultFormat extends RecordReader {
  /** Name used in options. */
  readonly name: string;
  /** Name of the file in a run folder. */
  readonly fileName: string;
  /** A line for each result; or one for each row, for people, which is not read back. */
  readonly layout: 'long' | 'wide';
  /** True if a terminal can show it. */
  readonly isText: boolean;
  /** True if it is written by default. */
  readonly isDefault: boolean;
  /** True if values are read back unchanged, texts and types, so that answers can be scored from it. */
  readonly isExact: boolean;
  /** The most UTF-16 code units of a text; longer ones are cut. Absent if there is no limit. */
  readonly mostTextUnits?: number;
  /** The most columns that a file can have; absent if there is no limit. */
  readonly mostColumns?: number;
  /** Begins a file that will replace `path`. @throws StorageError if the folder is not writable */
  write(path: string, options: ResultOptions): Promise<ResultWriter>;
  /** True if these first bytes are of a file in this format: HEAD_BYTES of them, or the whole of a shorter file. */
  claims(head: Buffer): boolean;
  /** Text options of a file, for one that replaces it; absent if there is no choice. @throws DatasetError */
  dialectOf?(path: string): Promise<Dialect>;
}

/** Number of first bytes by which the format is recognised: room for the header line of a CSV file. */
export const HEAD_BYTES = 64 * 1024;
