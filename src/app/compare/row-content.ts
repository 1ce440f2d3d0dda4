import { shortDigest } from '../../core/digest.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { columnText } from '../../core/row.ts';
import type { Source } from '../../store/source.ts';
import { readCritical } from '../plan/critical-check.ts';

/** Columns that do not change the request: two rows that differ only in these are the same row. */
const ASIDE = ['id', 'critical', 'expected'];

/** The dataset columns that identify a row on both sides; null if the sides share none. */
export function contentColumns(base: Source, candidate: Source): readonly string[] | null {
  const fixed = [base, candidate].flatMap(({ facts }) => (facts.contentColumns === null ? [] : [facts.contentColumns]));
  const [first = ownContentColumns(base), second] = fixed;
  const other = base.facts.contentColumns === null ? base : candidate;
  if (second !== undefined) return isSame(first, second) ? first : null;
  if (fixed.length === 1) return first.every((name) => other.columns.includes(name)) ? nonEmpty(first) : null;
  return nonEmpty(first.filter((name) => ownContentColumns(candidate).includes(name)));
}

/** The dataset columns that determine the request, sorted. */
export function ownContentColumns({ columns, facts }: Pick<Source, 'columns' | 'facts'>): readonly string[] {
  const aside = [...ASIDE, facts.expectedColumn];
  return columns.filter((name) => !aside.includes(name) && !name.startsWith('__')).toSorted();
}

function isSame(first: readonly string[], second: readonly string[]): boolean {
  return first.length === second.length && first.every((name, index) => name === second[index]);
}

function nonEmpty(names: readonly string[]): readonly string[] | null {
  return names.length === 0 ? null : names;
}

/** The columns of a record that the functions below read. @param columns of the dataset: content and cluster */
export function rowColumns(columns: readonly string[]): readonly string[] {
  return ['row_id', 'content', 'cluster', 'critical', 'row.critical', ...columns.map((name) => `row.${name}`)];
}

/** A digest of a row's request, 20 hexadecimal digits: from the baseline, else computed from the columns. */
export function rowContent(value: JsonObject, columns: readonly string[]): string {
  const kept = value['content'];
  if (typeof kept === 'string') return kept;
  return shortDigest(JSON.stringify(columns.map((name) => columnText(value[`row.${name}`]))));
}

/**
 * A digest of the row's value in a column, hexadecimal: from the baseline, else computed from the cell; null if there
 * is none.
 */
export function clusterKey(value: JsonObject, column: string): string | null {
  const kept = value['cluster'];
  if (typeof kept === 'string') return kept;
  const text = columnText(value[`row.${column}`]);
  return text === '' ? null : shortDigest(text);
}

/** The cell of a row's `critical` column, or what a baseline line says. */
export function criticalCell(value: JsonObject): JsonValue {
  return value['row.critical'] ?? value['critical'] ?? null;
}

/** True if a row's `critical` column or a baseline line says so. */
export function isCriticalRow(value: JsonObject): boolean {
  return readCritical(criticalCell(value)) === true;
}
