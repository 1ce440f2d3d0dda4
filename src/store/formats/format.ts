import type { Cell } from '../../core/columns.ts';
import type { FileDigest } from '../../io/atomic-file.ts';

/** How a result file is written. */
export interface SinkOptions {
  /** Column names, in order. */
  readonly columns: readonly string[];
  /** Keys that only some results have, in order. Formats with columns leave them out; others write those with a value. */
  readonly sparse: readonly string[];
  /** Between the cells of a CSV file: `,`, `;` or tab. */
  readonly delimiter: string;
  /** True begins a CSV file with a byte order mark, by which Excel knows UTF-8. */
  readonly bom: boolean;
}

/** A result file being written. It stands under its name only after `commit`. */
export interface Sink {
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

/** A kind of result file. */
export interface SinkDefinition {
  readonly name: 'csv' | 'jsonl';
  /** Name of the file in a run folder. */
  readonly fileName: 'results.csv' | 'results.jsonl';
  /** Begins a file that will replace `path`. @throws StorageError where the folder cannot be written to */
  open(path: string, options: SinkOptions): Promise<Sink>;
}
