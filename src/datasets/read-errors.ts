import { DatasetError, PromptgridError, UsageError } from '../core/errors.ts';
import { InvalidTextError, UnknownEncodingError } from '../io/decode.ts';
import { UnpackError } from '../io/unpack/index.ts';
import type { FileRequest } from './read-file.ts';

/** What was read when an error occurred. */
type FailedRead = Pick<FileRequest, 'name' | 'encoding' | 'hasFlags'>;

/** The error for whatever made reading a dataset fail. */
export function explainReadError(error: unknown, failed: FailedRead): unknown {
  const { name } = failed;
  if (error instanceof PromptgridError) return error;
  if (error instanceof UnknownEncodingError) {
    const hint = '--encoding takes a WHATWG label: utf-8, utf-16le, windows-1251, windows-1252, koi8-r, shift_jis, …';
    return new UsageError(error.message, { hint, cause: error });
  }
  if (error instanceof InvalidTextError) return invalidTextError(error, failed);
  if (error instanceof UnpackError) return unpackError(error, name);
  return fileErrorCode(error) === null ? error : unreadableError(error, name);
}

function invalidTextError(
  error: InvalidTextError,
  { name: file, encoding, hasFlags = true }: FailedRead,
): DatasetError {
  if (!error.isText) {
    const hint = hasFlags
      ? 'give a dataset as .csv, .jsonl, .json, .xlsx or .parquet; if it is one of these, name it by --input-format'
      : 'give a text file in UTF-8';
    return new DatasetError({ file }, 'the file is not text in any encoding', { hint, cause: error });
  }
  const offset = error.byteOffset === null ? '' : ` (byte ${error.byteOffset} of the file)`;
  const otherwise =
    encoding === null
      ? `save the file as UTF-8, or name its encoding, such as --encoding ${error.likely ?? 'windows-1251'}`
      : `name the encoding that the file really has instead of --encoding ${encoding}, or save it as UTF-8`;
  const guess = error.likely === null ? '' : `; it looks like ${error.likely}`;
  const message = `not ${error.encoding.toUpperCase()}${offset}${guess}`;
  const hint = hasFlags ? otherwise : 'save the file as UTF-8';
  return new DatasetError({ file, line: error.line }, message, { hint, cause: error });
}

function unpackError(error: UnpackError, file: string): DatasetError {
  const what = `the compressed file cannot be unpacked: ${error.message}`;
  return new DatasetError({ file }, what, { hint: unpackHint(error), cause: error });
}

function unpackHint({ fault }: UnpackError): string {
  switch (fault) {
    case 'cut-off':
      return 'it was probably cut off: download or write it again';
    case 'damaged':
      return 'the file is damaged: download or write it again';
    case 'trailing':
      return 'remove what follows, or write the file again';
    case 'too-large':
    case 'window':
      return 'if the file can be trusted, unpack it and give the unpacked file';
  }
}

/** The `code` of a file system error; null for any other error. */
function fileErrorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** Word processors and chats make a dash of hyphens. */
function missingHint(path: string): string {
  const flag = path.replace(/^[\u2012-\u2015\u2212]+/, '--');
  return flag === path ? 'check its path' : `flags begin with two hyphens, not with a dash: ${flag}`;
}

function unreadableError(error: unknown, path: string): DatasetError {
  const place = { file: path };
  switch (fileErrorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new DatasetError(place, 'no such file', { hint: missingHint(path), cause: error });
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
