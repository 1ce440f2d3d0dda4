import stringWidth from 'string-width';

/** Columns that a text takes on a terminal: Cyrillic letters one, Chinese ones two, colours none. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** A text as lines of limited width, split between words; a longer word is split too, at a hyphen if possible. */
export function fold(text: string, width: number): readonly string[] {
  const words = text.split(' ').flatMap((word) => (widthOf(word) > width ? splitWord(word, width) : [word]));
  return joinWords(words, [width, width]);
}

/** Made when a word has to be split: the making takes 13 ms. */
let segmenter: Intl.Segmenter | undefined;

function splitWord(word: string, width: number): readonly string[] {
  const parts: string[] = [];
  let part = '';
  segmenter ??= new Intl.Segmenter();
  for (const { segment } of segmenter.segment(word)) {
    if (widthOf(part + segment) > width) {
      const at = endOfPart(part);
      parts.push(part.slice(0, at));
      part = part.slice(at);
    }
    part += segment;
  }
  return [...parts, part].filter((one) => one !== '');
}

/** After the last hyphen or similar in the second half of a text, else its end. */
function endOfPart(text: string): number {
  const at = Math.max(...['-', '/', '_', '.', ':'].map((mark) => text.lastIndexOf(mark))) + 1;
  return at > text.length / 2 ? at : text.length;
}

/** @param widths of the first line and of those after it */
function joinWords(words: readonly string[], [first, further]: readonly [number, number]): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const room = lines.length <= 1 ? first : further;
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A command that ends a line, as in `resume with: npx promptgrid …`. */
const COMMAND = /(?<=: )npx promptgrid .*$/;

/** The marker of a list line, which the lines that follow do not repeat. */
const LEAD = /^ *(?:· )?/;

/**
 * Each line of a text, split between words if it is too wide; continuation lines are indented by two more columns.
 * Words are never split, nor is a command that ends a line: paths and commands can be copied.
 * @param width Infinity leaves every line unchanged
 */
export function foldLines(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => (widthOf(line) <= width ? [line] : foldLine(line, width)))
    .join('\n');
}

function foldLine(line: string, width: number): readonly string[] {
  const [lead = ''] = LEAD.exec(line) ?? [];
  const indent = ' '.repeat(lead.endsWith('· ') ? lead.length : lead.length + 2);
  const text = line.slice(lead.length);
  const [command] = COMMAND.exec(text) ?? [];
  const words = command === undefined ? text.split(' ') : [...text.slice(0, -command.length - 1).split(' '), command];
  const [first = '', ...rest] = joinWords(words, [width - lead.length, width - indent.length]);
  return [`${lead}${first}`, ...rest.map((part) => `${indent}${part}`)];
}
