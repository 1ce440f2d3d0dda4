import type { PageHead } from '../../core/page-data.ts';
import type { RowView } from './row-view.ts';

/** Names of columns that hold what is asked, the likeliest first. */
const QUESTIONS = ['question', 'prompt', 'input', 'text', 'query', 'message', 'title'];

/** Rows that are looked at to see in which column they differ. */
const MOST_ROWS = 2000;

/** A column with at least this share of the distinct values that another one has tells rows apart as well. */
const ALIKE = 0.9;

/**
 * The column that rows are recognised by: of those that prompts insert, one that is named like a question, else one in
 * which rows differ most. null if rows are recognised by their messages.
 */
export function questionColumn(
  { asked, columns, expectedColumn }: Pick<PageHead, 'asked' | 'columns' | 'expectedColumn'>,
  rows: readonly RowView[],
): number | null {
  const sample = rows.slice(0, MOST_ROWS);
  const found = asked.columns.map((column) => ({ column, ...valuesOf(column, sample) }));
  const most = Math.max(0, ...found.map(({ distinct }) => distinct));
  const apart = found.filter(({ distinct }) => distinct >= ALIKE * most);
  const named = QUESTIONS.flatMap((name) => found.filter(({ column }) => isNamed(columns[column], name))).find(
    ({ distinct }) => distinct > 1,
  );
  // The question mostly follows what it is about. Numbers, dates and ids tell less than words do.
  const chosen = named ?? apart.findLast(({ hasWords }) => hasWords) ?? apart.at(-1);
  if (chosen !== undefined) return chosen.column;
  if (sample.some((row) => askedText(row) !== '')) return null;
  const byName = QUESTIONS.map((name) => columns.findIndex((column) => isNamed(column, name))).find((at) => at >= 0);
  const other = columns.findIndex((column) => !['id', 'system', expectedColumn].includes(column));
  return byName ?? (other < 0 ? null : other);
}

function isNamed(column: string | undefined, name: string): boolean {
  return column?.toLowerCase() === name;
}

function valuesOf(column: number, rows: readonly RowView[]): { readonly distinct: number; readonly hasWords: boolean } {
  const values = new Set<string>();
  let hasWords = false;
  for (const row of rows) {
    const text = row.value(column)?.text ?? '';
    values.add(text);
    hasWords ||= text !== row.id && /\p{L}/u.test(text);
  }
  return { distinct: values.size, hasWords };
}

/** The text of a row's last user message; empty if its messages are not known. */
export function askedText(row: RowView): string {
  const messages = row.messages(0);
  return (messages.findLast(({ role }) => role === 'user') ?? messages.at(-1))?.text ?? '';
}
