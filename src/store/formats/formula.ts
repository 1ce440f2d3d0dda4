/**
 * What makes a spreadsheet run a cell: `=`, `+`, `-`, `@` and their full-width forms at its beginning, also after white
 * space and invisible characters. A tab or a carriage return there counts too, because a cell may start again after it.
 * Source: OWASP, "CSV Injection"; the invisible characters are a precaution.
 */
const FORMULA = /^(?:[\t\r]|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠])/u;

/** A number that a spreadsheet reads as a number, with a decimal point or comma; a line ending may follow. */
const PLAIN_NUMBER = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The text with a `'` before it if a spreadsheet would run it, otherwise the text itself. Plain numbers stay. */
export function withoutFormula(text: string): string {
  return FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
}

/** The text before `withoutFormula`; a text that really begins with `'=` loses its `'`. */
export function withoutGuard(text: string): string {
  const bare = text.startsWith("'") ? text.slice(1) : text;
  return bare !== text && withoutFormula(bare) === text ? bare : text;
}
