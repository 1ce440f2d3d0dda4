import type { Row } from '../core/row.ts';
import { readBytes } from '../io/bytes.ts';
import { decodeText } from '../io/decode.ts';
import { type RecordMaker, readCsvRecords } from './csv-records.ts';
import { explainReadError } from './read-errors.ts';
import { type FileRequest, readFileRows } from './read-file.ts';
import { joined } from './several.ts';

export type { RecordMaker } from './csv-records.ts';
export { detectFormat } from './detect.ts';
export type { AnyFormat, DatasetFormat } from './format.ts';
export type { Fields, RecordSource } from './record-source.ts';
export { datasetFormats, formatForPath } from './registry.ts';
export { type DatasetShape, describeShape, recogniseShape } from './shapes.ts';

/** What to read and how. */
export interface ReadRowsOptions extends Omit<FileRequest, 'name' | 'sheet'> {
  /** The file name used in messages; default its path. */
  readonly name?: string | undefined;
  /** Name or number of a workbook's sheet; default the first. */
  readonly sheet?: string | null | undefined;
}

/**
 * The rows of a dataset in the order of the file. Read on demand: a part of the file is held, and it is closed when the
 * reader stops, even early. Ids are not checked for duplicates.
 * @throws DatasetError if the file cannot be read, is empty, or has an unusable row
 * @throws UsageError if the format or the encoding is unknown
 */
export async function* readRows(options: ReadRowsOptions): AsyncGenerator<Row, void, undefined> {
  const { name = options.path, sheet = null, encoding, hasFlags } = options;
  try {
    yield* readFileRows({ ...options, name, sheet });
  } catch (error) {
    throw explainReadError(error, { name, encoding, hasFlags });
  }
}

/**
 * The rows of several files, one file after the other. Rows without ids of their own are numbered through.
 * @throws DatasetError like `readRows`, or if only some of the files have ids
 */
export function readSeveralRows(
  paths: readonly string[],
  options: ReadRowsOptions,
): AsyncGenerator<Row, void, undefined> {
  const files = paths.map((path) => ({ path, rows: () => readRows({ ...options, path, name: path }) }));
  return joined(files, options);
}

type MapText = NonNullable<FileRequest['mapText']>;

/**
 * The records of a CSV file in UTF-8 as `maker` makes them, in batches, read on demand. Fails like `readRows`.
 * @param mapText corrects the text before it is read
 */
export function readTable<T>(path: string, maker: RecordMaker<T>, mapText: MapText): AsyncGenerator<readonly T[]> {
  return readCsvRecords({ path, delimiter: null, text: readText(path, mapText) }, maker);
}

async function* readText(path: string, mapText: MapText): AsyncGenerator<string, void, undefined> {
  try {
    yield* mapText(decodeText(readBytes(path), null));
  } catch (error) {
    throw explainReadError(error, { name: path, encoding: null, hasFlags: false });
  }
}
