import type { Row } from '../core/row.ts';

/** A dataset's text as input to a format. */
export interface DatasetFile {
  /** The file name used in messages. */
  readonly path: string;
  /** The text, in pieces, without a byte order mark. */
  readonly text: AsyncIterable<string>;
  /** Called with each note for the user, one line each. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** The delimiter that the user requested; null if none. */
  readonly delimiter: string | null;
}

/** A file format for rows. */
export interface DatasetFormat {
  readonly name: 'csv' | 'jsonl';
  /** File extensions, with the dot, in lower case. */
  readonly extensions: readonly string[];
  /**
   * Rows in the order of the file, read on demand. A file without rows is an error.
   * @throws DatasetError with file, line and column if the text is not in this format
   */
  read(file: DatasetFile): AsyncIterable<Row>;
}
