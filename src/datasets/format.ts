import type { Row } from '../core/row.ts';
import type { SyncBytes } from '../io/random-bytes.ts';

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
  /** True if another column names the rows, so that `id` is data like any other; default false. */
  readonly ignoresIds?: boolean;
}

/** A dataset that is not text, as input to a format. */
export interface BinaryDataset {
  /** The file name used in messages. */
  readonly path: string;
  /** The file's bytes, read from any position. */
  readonly bytes: SyncBytes;
  /** Called with each note for the user, one line each. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** Name or number of the sheet that the user requested; null if none. */
  readonly sheet: string | null;
  /** As in a DatasetFile. */
  readonly ignoresIds?: boolean;
}

interface Format<Name extends string, Input> {
  readonly name: Name;
  /** File extensions, with the dot, in lower case. */
  readonly extensions: readonly string[];
  /**
   * Rows in the order of the file, read on demand. A file without rows is an error.
   * @throws DatasetError with file, line and column if the content is not in this format
   */
  read(input: Input): AsyncIterable<Row>;
}

/** A file format for rows that is text. */
export type DatasetFormat = Format<'csv' | 'jsonl' | 'json', DatasetFile>;

/** A file format for rows that is read from any position of the file. */
export interface BinaryFormat extends Format<'xlsx' | 'parquet', BinaryDataset> {
  readonly isBinary: true;
}

/** Any file format for rows. */
export type AnyFormat = DatasetFormat | BinaryFormat;

/** True for a format that is not text. */
export function isBinaryFormat(format: AnyFormat): format is BinaryFormat {
  return 'isBinary' in format;
}
