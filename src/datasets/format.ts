import type { Row } from '../core/row.ts';

/** A dataset's text as a format reads it. */
export interface DatasetFile {
  /** The file as messages name it. */
  readonly path: string;
  /** The text, in pieces, without a byte order mark. */
  readonly text: AsyncIterable<string>;
  /** Called with what was understood and should be known, a line each. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** The delimiter that the user asked for; null where none. */
  readonly delimiter: string | null;
}

/** A way to write down rows. */
export interface DatasetFormat {
  readonly name: 'csv' | 'jsonl';
  /** Endings of file names, with the dot, in lower case. */
  readonly extensions: readonly string[];
  /**
   * Rows in the order of the file, read as they are asked for. A file without rows gives an error, not nothing.
   * @throws DatasetError with file, line and column where the text is not in this format
   */
  read(file: DatasetFile): AsyncIterable<Row>;
}
