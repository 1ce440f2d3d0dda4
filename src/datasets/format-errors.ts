import { DatasetError } from '../core/errors.ts';

/** The error for an empty file. */
export function emptyFileError(file: string): DatasetError {
  return new DatasetError({ file }, 'the file is empty', { hint: 'add at least one row' });
}

/** The error for a file that ends after its header. */
export function noRowsError(file: string): DatasetError {
  return new DatasetError({ file }, 'the file has a header but no rows', {
    hint: 'add at least one row below the header line',
  });
}
