import stringWidth from 'string-width';

/** Columns that a text takes on a terminal: Cyrillic letters one, Chinese ones two, colours none. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** A text as lines of at most so many columns, parted between words; a word that is longer is parted too. */
export function fold(text: string, width: number): readonly string[] {
  const words = text.split(' ').flatMap((word) => (widthOf(word) > width ? splitWord(word, width) : [word]));
  return joinWords(words, [width, width]);
}

const SEGMENTER = new Intl.Segmenter();

function splitWord(word: string, width: number): readonly string[] {
  const parts: string[] = [''];
  for (const { segment } of SEGMENTER.segment(word)) {
    const longer = `${parts.at(-1) ?? ''}${segment}`;
    if (widthOf(longer) <= width) parts[parts.length - 1] = longer;
    else parts.push(segment);
  }
  return parts.filter((part) => part !== '');
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

/** What begins a line of a list, and is not repeated in the lines that follow. */
const LEAD = /^ *(?:· )?/;

/**
 * Each line of a text parted between words where it is wider; what follows stands two columns further in. Words are
 * never parted: paths and commands can be copied.
 * @param width Infinity leaves every line as it is
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
  const words = line.slice(lead.length).split(' ');
  const [first = '', ...rest] = joinWords(words, [width - lead.length, width - indent.length]);
  return [`${lead}${first}`, ...rest.map((part) => `${indent}${part}`)];
}
