import { type DiffPart, textDiff } from './text-diff.ts';

/** A line of a diff; `gap` represents omitted unchanged lines, or changed ones beyond the limit. */
export interface DiffLine {
  readonly kind: DiffPart['kind'] | 'gap';
  readonly text: string;
}

/** Unchanged lines shown around a change. */
const CONTEXT = 2;
/** Maximum number of shown lines. */
const MOST_LINES = 40;
/** Maximum number of shown characters per line. */
const MOST_CHARACTERS = 300;
/** For a longer line, number of shown characters before its first change. */
const LEAD = 60;

/**
 * Removed and added lines of a text, with two unchanged lines around each change. For a long edited line only the part
 * around the edit is shown; for a long diff the first 40 lines.
 */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const parts = textDiff(linesOf(before), linesOf(after));
  const lines = parts.flatMap((part, index) => shownLines(part, parts, index));
  if (lines.length <= MOST_LINES + 1) return lines;
  return [...lines.slice(0, MOST_LINES), { kind: 'gap', text: `${lines.length - MOST_LINES} more lines` }];
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => `${line.replace(/\r$/, '␍')}\n`);
}

function shownLines(part: DiffPart, parts: readonly DiffPart[], index: number): readonly DiffLine[] {
  const lines = part.text.slice(0, -1).split('\n');
  if (part.kind === 'same') return context(lines, index === 0, index === parts.length - 1);
  const other = part.kind === 'removed' ? parts[index + 1] : parts[index - 1];
  const counterparts = other === undefined || other.kind === 'same' ? [] : other.text.slice(0, -1).split('\n');
  return lines.map((line, at) => ({ kind: part.kind, text: around(line, counterparts[at] ?? '') }));
}

function context(lines: readonly string[], isFirst: boolean, isLast: boolean): readonly DiffLine[] {
  const head = isFirst ? 0 : CONTEXT;
  const tail = isLast ? 0 : CONTEXT;
  const left = lines.length - head - tail;
  if (left <= 1) return unchanged(lines);
  return [
    ...unchanged(lines.slice(0, head)),
    { kind: 'gap', text: `${left} unchanged lines` },
    ...unchanged(lines.slice(lines.length - tail)),
  ];
}

function unchanged(lines: readonly string[]): readonly DiffLine[] {
  return lines.map((text) => ({ kind: 'same', text: around(text, text) }));
}

/** A line, or for a long one the part around its first difference from another. */
function around(line: string, other: string): string {
  const characters = Array.from(line);
  if (characters.length <= MOST_CHARACTERS) return line;
  const others = Array.from(other);
  const first = characters.findIndex((character, at) => character !== others[at]);
  const start = Math.max(0, first - LEAD);
  const end = start + MOST_CHARACTERS;
  return `${start === 0 ? '' : '…'}${characters.slice(start, end).join('')}${end < characters.length ? '…' : ''}`;
}
