/** What moves a cursor, colours a terminal, breaks a line or turns the direction of text, and halves of characters. */
export const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

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
