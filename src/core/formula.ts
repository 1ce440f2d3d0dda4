/**
 * What makes a spreadsheet run a cell: `=`, `+`, `-`, `@` and their full-width forms at its beginning, also after white
 * space and invisible characters. A tab or a carriage return there counts too, because a cell may start again after it.
 * Source: OWASP, "CSV Injection"; the invisible characters are a precaution. All of it also behind `'`, so that a guard
 * can be told from a `'` of the text itself.
 */
const FORMULA = /^'*(?:[\t\r]|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠])/u;

/** A number that a spreadsheet reads as a number, with a decimal point or comma; a line ending may follow. */
const PLAIN_NUMBER = /^'*[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?\s*$/;

function needsGuard(text: string): boolean {
  return FORMULA.test(text) && !PLAIN_NUMBER.test(text);
}

/** The text with a `'` before it if a spreadsheet would run it, also without those it has. Plain numbers stay. */
export function withoutFormula(text: string): string {
  return needsGuard(text) ? `'${text}` : text;
}

/**
 * The text before `withoutFormula`. Earlier versions gave no guard to a text that has a `'` of its own, such as `'=x`.
 * What they wrote so is read as `=x`, which is by far the more frequent text that they wrote like this.
 */
export function withoutGuard(text: string): string {
  return text.startsWith("'") && needsGuard(text) ? text.slice(1) : text;
}
