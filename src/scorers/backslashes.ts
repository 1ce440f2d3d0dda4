/** LaTeX commands that begin like an escape in JSON. Those that may as well be a line end and a word are not here. */
const COMMANDS = new RegExp(
  `^(?:${[
    't(?:heta|imes|ext[a-z]*|an|anh|au|o|op|riangle\\w*|frac|ilde|herefore|ag)',
    'n(?:abla|eq|e|u|ot|otin|mid|eg|parallel|leq|geq|subseteq)',
  ].join('|')})$`,
);

const ESCAPE = /\\(u[\da-fA-F]{4}|[^])([a-zA-Z]*)/g;

/**
 * JSON as a model writes it that did not escape the backslashes of LaTeX: `\(`, which no JSON has, and `\frac`, which
 * is a form feed and `rac`. Both get their second backslash; what may be meant as an escape stays as it is.
 */
export function escapeBackslashes(json: string): string {
  if (!json.includes('\\')) return json;
  return json.replaceAll(ESCAPE, (all: string, escaped: string, letters: string) =>
    isMeant(escaped, letters) ? all : `\\${all}`,
  );
}

function isMeant(escaped: string, letters: string): boolean {
  switch (escaped) {
    case 'b':
    case 'f':
    case 'r':
      // Nobody writes a backspace, a form feed or a lone carriage return in front of a word.
      return letters === '';
    case 't':
    case 'n':
      return !COMMANDS.test(escaped + letters);
    case '\\':
    case '/':
    case '"':
    case "'":
    case '\n':
    case '\r':
      return true;
    default:
      return escaped.length > 1;
  }
}
