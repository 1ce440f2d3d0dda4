/** What a terminal would obey, but for ends of lines: control characters and marks of direction. */
const OBEYED = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

/** A text of a server that tries to colour, clear and link, to go back over a line and to turn its direction. */
export const HOSTILE =
  '\u001B[31mred\u001B[2J\u001B]8;;http://example.org\u0007link\u009B1A\rover\u202Enur\u2066\uD83Dx';

/** The characters of a text that a terminal would obey, as escapes; empty where it is plain. */
export function obeyedBy(text: string): readonly string[] {
  const found = text.replaceAll('\n', '').match(OBEYED) ?? [];
  return found.map((character) => JSON.stringify(character));
}
