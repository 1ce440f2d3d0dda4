/** What a terminal would obey, but for ends of lines: control characters and marks of direction. */
const OBEYED = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\uFEFF]/gu;

/**
 * A text of a server that tries to colour, clear and link, to go back over a line, to turn its direction, to break it, to
 * give commands to CI runners, and to be markup.
 */
export const HOSTILE =
  '\u001B[31mred\u001B[2J\u001B]8;;http://example.org\u0007link\u009B1A\rover\u202Enur\u2066\uD83Dx\u0000\u2028' +
  '::error::a\u2029##[error]b\n::error file=x::c\n ##vso[task.complete]##teamcity[d]<script>alert(1)</script>\u200Fe' +
  '|`f`](http://example.org)';

/** The characters of a text that a terminal would obey, as escapes; empty where it is plain. */
export function obeyedBy(text: string): readonly string[] {
  const found = text.replaceAll('\n', '').match(OBEYED) ?? [];
  return found.map((character) => JSON.stringify(character));
}

/** The lines of a text that a CI runner would take for commands. */
export function commandsIn(text: string): readonly string[] {
  return text.split(/[\n\r]/).filter((line) => /^\s*::|##\w*\[/.test(line));
}
