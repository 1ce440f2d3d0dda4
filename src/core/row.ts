import type { SourcePlace } from './errors.ts';
import type { JsonValue } from './json.ts';
import { jsonText } from './written-json.ts';

/** One line of a dataset. */
export interface Row {
  /** The `id` column; without one, the row's position counted from 1. */
  readonly id: string;
  /** True if `id` was read from the dataset's `id` column. */
  readonly hasOwnId: boolean;
  /** Every column by name. CSV gives texts, JSONL any JSON value. */
  readonly vars: Readonly<Record<string, JsonValue>>;
  /** Names of the columns in file order; only if `vars` has another order, as objects do for names like `2024`. */
  readonly columns?: readonly string[] | undefined;
  /** First line of the row in the file, from 1. */
  readonly line: number;
  /** The file of the row; only if the dataset has several. */
  readonly file?: string | undefined;
}

/** Where a row is, for errors. @param dataset the name of its dataset */
export function rowPlace({ file, line }: Row, dataset: string): SourcePlace {
  return { file: file ?? dataset, line };
}

/** Names of a row's columns, in file order as far as the format keeps it. */
export function columnNames({ vars, columns }: Row): readonly string[] {
  return columns ?? Object.keys(vars);
}

/** Value of a column; undefined if the row lacks it, also for a name like `constructor`. */
export function columnValue({ vars }: Row, name: string): JsonValue | undefined {
  return Object.hasOwn(vars, name) ? vars[name] : undefined;
}

/** Text of a column for templates and scorers: texts unchanged, other values as JSON. */
export function columnText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : jsonText(value);
}

/** A row's text in a column; null if it has none, or no column is named. */
export function valueOf(row: Row, column: string | null): string | null {
  const text = column === null ? '' : columnText(columnValue(row, column));
  return text === '' ? null : text;
}
