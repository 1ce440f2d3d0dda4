import { UNPRINTABLE } from '../core/printable.ts';

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

/** The beginning of a text, with `…` where more follows. @param most characters, without cutting one in two */
export function cutShort(text: string, most: number): string {
  // Two code units a character at most; one character more tells whether anything follows.
  const characters = [...text.slice(0, (most + 1) * 2)];
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text;
}
