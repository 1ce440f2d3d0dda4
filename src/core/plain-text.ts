/** What moves a cursor, colours a terminal, breaks a line or turns the direction of text, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

const SYMBOLS: Readonly<Record<string, string>> = { '\n': '⏎', '\r': '', '\t': ' ' };

/**
 * A text of a dataset or a model on one line, without characters that a terminal would obey. What a CI runner takes for
 * a command is split: `##[` wherever it stands, `::` where a line begins with it.
 */
export function oneLine(text: string): string {
  return text
    .replaceAll(UNPRINTABLE, (unit) => SYMBOLS[unit] ?? '\uFFFD')
    .replaceAll('##[', '##\u200B[')
    .replace(/^(\s*:):/, '$1\u200B:');
}

/** A text of several lines without characters that a terminal would obey but for ends of lines and tabs. */
export function plainLines(text: string): string {
  return text.replaceAll(UNPRINTABLE, (unit) => (unit === '\n' || unit === '\t' ? unit : (SYMBOLS[unit] ?? '\uFFFD')));
}

/** JSON text of a value, indented; what a terminal would obey is written as an escape, which is the same to a reader. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(UNPRINTABLE, (unit) =>
    unit === '\n' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The beginning of a text, with `…` where more follows. @param most characters, without cutting one in two */
export function cutShort(text: string, most: number): string {
  // Two code units a character at most; one character more tells whether anything follows.
  const characters = [...text.slice(0, (most + 1) * 2)];
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text;
}

/** ECMA-48: control sequences, control strings with their content, and two-character escapes. */
const ESCAPE_SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|(?:\u001B[\]P^_X]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)|\u001B[ -/]*[0-~]/g;

/**
 * A text of a server on one line, without anything that a terminal would obey: escape sequences are removed, any other
 * control character becomes a space, and runs of white space become one.
 */
export function printable(text: string): string {
  return text.replace(ESCAPE_SEQUENCES, '').replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();
}
