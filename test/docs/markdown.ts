import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Text of a file of the repository. */
export function readPage(path: string): string {
  return readFileSync(new URL(path, new URL('../../', import.meta.url)), 'utf8');
}

/** A fenced block of code. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** Text of the HTML comment right before the block, without `<!--` and `-->`; null if there is none. */
  readonly comment: string | null;
}

const BLOCK = /(?:<!--[ \t]*(.*?)[ \t]*-->\n)?^```(\w*)\n([^]*?)^```$/gm;

/** Every fenced block of a page, in order. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  return [...page.matchAll(BLOCK)].map(([, comment, language = '', text = '']) => ({
    language,
    text,
    comment: comment ?? null,
  }));
}

/** A heading, with its position and depth. */
interface Heading {
  readonly text: string;
  /** 1 for `#`. */
  readonly level: number;
  /** Index of its line. */
  readonly line: number;
}

/** The headings of a page; a `#` in a block of code is not one. */
export function headings(page: string): readonly Heading[] {
  let isCode = false;
  return page.split('\n').flatMap((text, line) => {
    if (text.startsWith('```')) isCode = !isCode;
    const [, marks, title] = (isCode ? null : /^(#+) +(.*)$/.exec(text)) ?? [];
    return marks === undefined || title === undefined ? [] : [{ text: title, level: marks.length, line }];
  });
}

/** The text below a heading, up to the next heading of the same or a higher level. @throws if there is none */
export function section(page: string, heading: string): string {
  const all = headings(page);
  const start = all.find(({ text }) => text === heading);
  if (start === undefined) throw new Error(`no heading "${heading}"`);
  const end = all.find(({ line, level }) => line > start.line && level <= start.level);
  return page
    .split('\n')
    .slice(start.line + 1, end?.line)
    .join('\n');
}

/** Cells of the tables in a text, row by row, without head and rule; backticks and escapes are removed. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const isHead = /^\|[-:| ]+\|$/.test(lines[index + 1] ?? '');
    if (line.startsWith('|') && !isHead && !/^\|[-:| ]+\|$/.test(line)) rows.push(cellsOf(line));
  }
  return rows;
}

function cellsOf(line: string): string[] {
  const cells = line
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split(/(?<!\\)\|/);
  return cells.map((cell) => cell.replaceAll('`', '').replaceAll('\\|', '|').trim());
}
