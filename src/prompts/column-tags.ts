import { liquid, WHOLE_ROW } from './liquid.ts';

/** How a template reads a column: `{{ q }}`, or `{{ row["order no"] }}` if its name is not a Liquid variable. */
export function columnTag(column: string): string {
  if (isVariable(column)) return `{{ ${column} }}`;
  const quote = column.includes('"') ? "'" : '"';
  return `{{ ${WHOLE_ROW}[${quote}${column}${quote}] }}`;
}

function isVariable(column: string): boolean {
  try {
    const [path, ...others] = liquid.globalVariableSegmentsSync(liquid.parse(`{{ ${column} }}`));
    return others.length === 0 && path?.length === 1 && path[0] === column;
  } catch {
    return false;
  }
}

/** A Liquid tag with its content. */
const TAG = /\{\{-?([^{}]*?)-?\}\}|\{%-?([^{}]*?)-?%\}/g;
const QUOTED = /"[^"]*"|'[^']*'/g;

/** Characters with a meaning inside a Liquid tag. */
const MEANT = /[|=<>[\]{}"':]|\s(?:and|or|in|contains)\s/;

/** Columns with spaces in their names that a template uses without `row[…]`: `{{ order no }}`. */
export function bareColumns(template: string, columns: readonly string[]): readonly string[] {
  const said = [...template.matchAll(TAG)].map(([, output, tag]) =>
    tidied((output ?? tag ?? '').replace(QUOTED, '""')),
  );
  return columns.filter(
    (column) => /\S\s+\S/.test(column) && !MEANT.test(column) && said.some((text) => hasWords(text, tidied(column))),
  );
}

function tidied(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().toLowerCase();
}

function hasWords(text: string, words: string): boolean {
  const at = words === '' ? -1 : text.indexOf(words);
  return (
    at !== -1 && !/[\p{L}\p{N}_]$/u.test(text.slice(0, at)) && !/^[\p{L}\p{N}_]/u.test(text.slice(at + words.length))
  );
}

/** How to write such a column: `column names with spaces are written {{ row["order no"] }}`. */
export function writtenAs(column: string): string {
  return `column names with spaces are written ${columnTag(column)}`;
}

/** Text in single braces, the placeholder syntax of other tools. */
const SINGLE_BRACES = /(?<!\{)\{([^{}]+)\}(?!\})/g;

/** The columns that a template names in single braces, which Liquid leaves unchanged; each once. */
export function singleBraced(template: string, columns: readonly string[]): readonly string[] {
  const named = [...template.matchAll(SINGLE_BRACES)].map(([, name = '']) => name.trim());
  return [...new Set(named)].filter((name) => columns.includes(name));
}

const ROW_IN_TAG = /\{[{%][^}]*\brow\b/;

/** True if a template reads the whole row and so can reach any column. */
export function readsRow(template: string): boolean {
  return ROW_IN_TAG.test(template);
}
