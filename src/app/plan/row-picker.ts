import type { Row } from '../../core/row.ts';
import { rowFilter } from '../../core/row-filter.ts';
import type { SelectionConfig } from '../config/run-config.ts';

/** Decides which rows of a dataset a run sees, before any limit or sample; null if it sees all. */
export function rowPicker({ filter, failed }: SelectionConfig): ((row: Row) => boolean) | null {
  const meets = rowFilter(filter);
  if (failed === null) return meets;
  const { ids } = failed;
  return meets === null ? ({ id }) => ids.has(id) : (row) => ids.has(row.id) && meets(row);
}
