import { DatasetError, UsageError } from '../core/errors.ts';
import type { Row } from '../core/row.ts';
import { readBytes } from '../io/bytes.ts';
import { decodeText, InvalidTextError, UnknownEncodingError } from '../io/decode.ts';
import { csvFormat } from './csv.ts';
import { type RecordMaker, readCsvRecords } from './csv-records.ts';
import type { DatasetFormat } from './format.ts';
import { jsonlFormat } from './jsonl.ts';

export type { RecordMaker } from './csv-records.ts';
export type { DatasetFormat } from './format.ts';
export type { Fields, RecordSource } from './record-source.ts';

/** Every supported dataset format. */
export const datasetFormats: readonly DatasetFormat[] = [csvFormat, jsonlFormat];

/** What to read and how. */
export interface ReadRowsOptions {
  readonly path: string;
  /** The file name used in messages; default its path. */
  readonly name?: string | undefined;
  /** Name of a format; null uses the file's extension. */
  readonly format: string | null;
  /** WHATWG label of the text's encoding; null is UTF-8. A byte order mark in the file takes precedence. */
  readonly encoding: string | null;
  /** CSV delimiter to prefer; null detects it. */
  readonly delimiter: string | null;
  /** Receives every block of the file as it is read, in order, to compute a digest. */
  readonly onBytes?: ((block: Uint8Array) => void) | undefined;
  /** Called with each note for the user, one line each. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** Corrects the text before it is read. */
  readonly mapText?: ((text: AsyncIterable<string>) => AsyncIterable<string>) | undefined;
}

/** The format for a file's extension; undefined if there is none. */
export function formatForPath(path: string): DatasetFormat | undefined {
  const lowerCase = path.toLowerCase();
  return datasetFormats.find(({ extensions }) => extensions.some((extension) => lowerCase.endsWith(extension)));
}

/**
 * The rows of a dataset in the order of the file. Read on demand: at most one block is held, and the file is closed
 * when the reader stops, even early. Ids are not checked for duplicates. Fails with a DatasetError if the file cannot
 * be read, is empty, or has an unusable row, and with a UsageError if its encoding is unknown.
 * @throws UsageError if the format is unknown
 */
export function readRows(options: ReadRowsOptions): AsyncIterable<Row> {
  const { path, name = path, delimiter, onNotice } = options;
  const format = chooseFormat(path, options.format);
  return format.read({ path: name, delimiter, text: readText(options), onNotice });
}

/**
 * The records of a CSV file in UTF-8 as `maker` makes them, in batches, read on demand. Fails like `readRows`.
 * @param mapText as in `readRows`
 */
export function readTable<T>(
  path: string,
  maker: RecordMaker<T>,
  mapText?: ReadRowsOptions['mapText'],
): AsyncGenerator<readonly T[]> {
  return readCsvRecords({ path, delimiter: null, text: readText({ path, encoding: null, mapText }) }, maker);
}

type TextOptions = Pick<ReadRowsOptions, 'path' | 'name' | 'encoding' | 'onBytes' | 'mapText'>;

async function* readText(options: TextOptions): AsyncGenerator<string, void, undefined> {
  const { mapText = (text) => text } = options;
  try {
    yield* mapText(decodeText(observedBytes(options), options.encoding));
  } catch (error) {
    throw explain(error, options);
  }
}

function chooseFormat(path: string, name: string | null): DatasetFormat {
  const names = datasetFormats.map((format) => format.name).join(', ');
  if (name === null) {
    const format = formatForPath(path);
    if (format !== undefined) return format;
    throw new UsageError(`${path}: the file's ending does not show its format`, {
      hint: `name the format with --input-format (${names})`,
    });
  }
  const format = datasetFormats.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  throw new UsageError(`unknown dataset format "${name}"`, { hint: `use one of: ${names}` });
}

async function* observedBytes({ path, onBytes }: TextOptions): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const block of readBytes(path)) {
    onBytes?.(block);
    yield block;
  }
}

function explain(error: unknown, { path: file, name: path = file, encoding }: TextOptions): unknown {
  if (error instanceof UnknownEncodingError) {
    const hint = '--encoding takes a WHATWG label: utf-8, utf-16le, windows-1251, windows-1252, koi8-r, shift_jis, …';
    return new UsageError(error.message, { hint, cause: error });
  }
  if (error instanceof InvalidTextError) return invalidTextError(error, path, encoding);
  return fileErrorCode(error) === null ? error : unreadableError(error, path);
}

function invalidTextError(error: InvalidTextError, path: string, encoding: string | null): DatasetError {
  const offset = error.byteOffset === null ? '' : ` (byte ${error.byteOffset} of the file)`;
  const hint =
    encoding === null
      ? 'save the file as UTF-8, or name its encoding, such as --encoding windows-1251'
      : `name the encoding that the file really has instead of --encoding ${encoding}, or save it as UTF-8`;
  const message = `not ${error.encoding.toUpperCase()}${offset}`;
  return new DatasetError({ file: path, line: error.line }, message, { hint, cause: error });
}

/** The `code` of a file system error; null for any other error. */
function fileErrorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

function unreadableError(error: unknown, path: string): DatasetError {
  const place = { file: path };
  switch (fileErrorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new DatasetError(place, 'no such file', { hint: 'check the path of the dataset', cause: error });
    case 'EISDIR':
      return new DatasetError(place, 'this is a folder', { hint: 'name the dataset file in it', cause: error });
    case 'EACCES':
    case 'EPERM':
      return new DatasetError(place, 'no permission to read', { hint: 'allow reading the file', cause: error });
    default: {
      const reason = error instanceof Error ? error.message : String(error);
      return new DatasetError(place, `cannot be read: ${reason}`, {
        hint: 'check the disk and the path',
        cause: error,
      });
    }
  }
}
