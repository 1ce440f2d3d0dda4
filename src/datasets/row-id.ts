import { DatasetError, type SourcePlace } from '../core/errors.ts';

/** The column that names rows. */
export const ID_COLUMN = 'id';

/** The error for a row without the id that its dataset has. */
export function missingIdError(place: SourcePlace): DatasetError {
  return new DatasetError(place, 'the row has no id', {
    hint: `give every row an id, or rename the column "${ID_COLUMN}" to number the rows by their position`,
  });
}
