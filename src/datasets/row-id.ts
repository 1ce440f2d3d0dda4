import { DatasetError, type SourcePlace } from '../core/errors.ts';

/** The column that names rows. */
export const ID_COLUMN = 'id';

/** The error for a row without the id that its dataset has. @param column that holds the ids */
export function missingIdError(place: SourcePlace, column = ID_COLUMN): DatasetError {
  const isUsual = column === ID_COLUMN;
  const otherwise = isUsual ? `rename the column "${ID_COLUMN}"` : 'remove --id-column';
  return new DatasetError(place, `the row has no id${isUsual ? '' : ` in "${column}"`}`, {
    hint: `give every row an id, or ${otherwise} to number the rows by their position`,
  });
}
