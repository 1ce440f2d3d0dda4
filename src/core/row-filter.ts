import { columnText, type Row } from './row.ts';
import { valueAt } from './row-path.ts';

/** A condition on rows. */
export interface ColumnFilter {
  /** A column, or a path into its JSON. */
  readonly column: string;
  /** The text that it must have; empty for rows without one. */
  readonly value: string;
}

/**
 * Decides whether a row meets some conditions: for each column, any of its values.
 * @returns null if there are no conditions
 */
export function rowFilter(filters: readonly ColumnFilter[]): ((row: Row) => boolean) | null {
  if (filters.length === 0) return null;
  const wanted = new Map<string, Set<string>>();
  for (const { column, value } of filters) {
    const values = wanted.get(column) ?? new Set();
    wanted.set(column, values.add(value));
  }
  const columns = [...wanted];
  return (row) => columns.every(([column, values]) => values.has(columnText(valueAt(row, column))));
}
