import { DatasetError, PromptgridError, UsageError } from '../core/errors.ts';
import type { Row } from '../core/row.ts';
import { readBytes } from '../io/bytes.ts';
import { decodeText, InvalidTextError, UnknownEncodingError } from '../io/decode.ts';
import { csvFormat } from './csv.ts';
import type { DatasetFormat } from './format.ts';
import { jsonlFormat } from './jsonl.ts';

export type { DatasetFormat } from './format.ts';
export { type DatasetShape, describeShape, recogniseShape } from './shapes.ts';

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
}

/** The format for a file's extension; undefined if there is none. */
export function formatForPath(path: string): DatasetFormat | undefined {
  const lowerCase = path.toLowerCase();
  return datasetFormats.find(({ extensions }) => extensions.some((extension) => lowerCase.endsWith(extension)));
}

/**
 * The rows of a dataset in the order of the file. Read on demand: at most one block is held, and the file is closed
 * when the reader stops, even early. Ids are not checked for duplicates.
 * @throws DatasetError if the file cannot be read, is empty, or has an unusable row
 * @throws UsageError if the format or the encoding is unknown
 */
export async function* readRows(options: ReadRowsOptions): AsyncGenerator<Row, void, undefined> {
  const { path, name = path, encoding, delimiter, onNotice } = options;
  const format = chooseFormat(path, options.format);
  try {
    const text = decodeText(observedBytes(options), encoding);
    yield* format.read({ path: name, delimiter, text, onNotice });
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

async function* observedBytes({ path, onBytes }: ReadRowsOptions): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const block of readBytes(path)) {
    onBytes?.(block);
    yield block;
  }
}

function explain(error: unknown, { path: file, name: path = file, encoding }: ReadRowsOptions): unknown {
  if (error instanceof PromptgridError) return error;
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
      ? `save the file as UTF-8, or name its encoding, such as --encoding ${error.likely ?? 'windows-1251'}`
      : `name the encoding that the file really has instead of --encoding ${encoding}, or save it as UTF-8`;
  const guess = error.likely === null ? '' : `; it looks like ${error.likely}`;
  const message = `not ${error.encoding.toUpperCase()}${offset}${guess}`;
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
