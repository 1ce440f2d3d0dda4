import type { JsonValue } from './json.ts';

/** One line of a dataset. */
export interface Row {
  /** The `id` column; without one, the row's position counted from 1. */
  readonly id: string;
  /** True where `id` was read from the dataset's `id` column. */
  readonly hasOwnId: boolean;
  /** Every column by name. CSV gives texts, JSONL any JSON value. */
  readonly vars: Readonly<Record<string, JsonValue>>;
  /** Names of the columns in the file's order; only where `vars` has another, as an object has for names like `2024`. */
  readonly columns?: readonly string[] | undefined;
  /** Line of the file on which the row begins, from 1. */
  readonly line: number;
}

/** Names of a row's columns, in the file's order as far as the format keeps it. */
export function columnNames({ vars, columns }: Row): readonly string[] {
  return columns ?? Object.keys(vars);
}

/** Value of a column; undefined where the row lacks it, also for a name like `constructor`. */
export function columnValue({ vars }: Row, name: string): JsonValue | undefined {
  return Object.hasOwn(vars, name) ? vars[name] : undefined;
}

/** Text of a column as a template or a scorer sees it: texts as they are, other values as JSON. */
export function columnText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A row's text in a column; null where it has none, or no column is named. */
export function valueOf(row: Row, column: string | null): string | null {
  const text = column === null ? '' : columnText(columnValue(row, column));
  return text === '' ? null : text;
}
