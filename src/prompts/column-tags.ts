import { liquid, WHOLE_ROW } from './liquid.ts';

/** How a template reads a column: `{{ q }}`, or `{{ row["order no"] }}` where its name is no variable of Liquid's. */
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

/** What stands in braces that are not double, as placeholders of other tools are written. */
const SINGLE_BRACES = /(?<!\{)\{([^{}]+)\}(?!\})/g;

/** The columns that a template names in single braces, which Liquid leaves as they stand; each once. */
export function singleBraced(template: string, columns: readonly string[]): readonly string[] {
  const named = [...template.matchAll(SINGLE_BRACES)].map(([, name = '']) => name.trim());
  return [...new Set(named)].filter((name) => columns.includes(name));
}

const ROW_IN_TAG = /\{[{%][^}]*\brow\b/;

/** True where a template reads the whole row, by which it can reach any column. */
export function readsRow(template: string): boolean {
  return ROW_IN_TAG.test(template);
}
