/**
 * What makes a spreadsheet run a cell: `=`, `+`, `-`, `@` and their full-width forms at its beginning, also after white
 * space and characters that do not show, and a tab or a carriage return there, behind which a cell may begin anew.
 * Source: OWASP, "CSV Injection"; the characters that do not show are a precaution.
 */
const FORMULA = /^(?:[\t\r]|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠])/u;

/** A number that a spreadsheet takes as a number, with a decimal point or comma; a line ending may follow. */
const PLAIN_NUMBER = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The text with a `'` before it where a spreadsheet would run it, else the text itself. Plain numbers stay. */
export function withoutFormula(text: string): string {
  return FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
}

/** The text as it was before `withoutFormula`; a text that really begins with `'=` loses its `'`. */
export function withoutGuard(text: string): string {
  const bare = text.startsWith("'") ? text.slice(1) : text;
  return bare !== text && withoutFormula(bare) === text ? bare : text;
}
