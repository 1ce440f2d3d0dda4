import { liquid, WHOLE_ROW } from './liquid.ts';

/** How a template reads a column: `{{ q }}`, or `{{ row["order no"] }}` if its name is not a Liquid variable. */
export function columnTag(column: string): string {
  if (isVariable(column)) return `{{ ${column} }}`;
  const quote = column.includes('"') ? "'" : '"';
  return `{{ ${WHOLE_ROW}[${quote}${column}${quote}] }}`;
}

/** True if a template reads a column by its bare name. */
export function isVariable(column: string): boolean {
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

/** Words that a condition never begins with unless they are meant as columns. */
const FIRST_WORD = /^(?:if|unless|elsif|case)\s+(empty|blank|nil|null|contains)(?![\w-])/;

/**
 * A column that a template writes without `row[…]` though its name means something else in Liquid: `{{ empty }}`,
 * `{{ true | upcase }}`, `{% if nil == "x" %}`; null if there is none.
 */
export function misreadColumn(template: string, columns: readonly string[]): string | null {
  for (const [, output, tag = ''] of template.matchAll(TAG)) {
    const [word = ''] = (output ?? '').split('|');
    const name = output === undefined ? (FIRST_WORD.exec(tag.trim())?.[1] ?? '') : word.trim();
    const isMisread = !/\s/.test(name) && columns.includes(name) && !isVariable(name) && !isPath(name, columns);
    if (isMisread) return name;
  }
  return null;
}

/** True for the path of a value within another column: `meta.price`. */
function isPath(name: string, columns: readonly string[]): boolean {
  const [column, ...keys] = name.split('.');
  return column !== undefined && keys.length > 0 && columns.includes(column);
}

/** How to write such a column: `column names with spaces are written {{ row["order no"] }}`. */
export function writtenAs(column: string): string {
  const names = /\s/.test(column) ? 'column names with spaces are' : `the column "${column}" is`;
  return `${names} written ${columnTag(column)}`;
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
