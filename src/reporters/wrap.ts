import { widthOf } from './fold.ts';

/** A line of a wrapped text. */
export interface WrappedLine {
  readonly text: string;
  /** Where the next line begins in the text, in UTF-16 code units; beyond its end after the last one. */
  readonly next: number;
}

/** Characters of one column each: ASCII, and Latin and Cyrillic letters. */
const NARROW = /^[\u0020-\u007E\u00C0-\u02AF\u0400-\u0482\u048A-\u052F]*$/;

/** Of a longer cluster of characters without a width, such as a thousand accents, each part takes a line. */
const MOST_UNITS_PER_COLUMN = 64;

/**
 * The lines of a text in limited width, made one by one: lines of the text stay lines, with their indent, and are split
 * between words if that is possible. A text of a megabyte costs no more than what is taken of it.
 * @param text without control characters but line feeds; @param width columns, at least 2
 */
export function* wrapped(text: string, width: number): Generator<WrappedLine, void> {
  for (let start = 0; start <= text.length; ) {
    const feed = text.indexOf('\n', start);
    const end = feed === -1 ? text.length : feed;
    for (let from = start; ; ) {
      const piece = pieceOf(text, { from, end, width });
      const isLast = piece.next >= end;
      yield { text: text.slice(from, piece.end), next: isLast ? end + 1 : piece.next };
      if (isLast) break;
      from = piece.next;
    }
    start = end + 1;
  }
}

interface Span {
  readonly from: number;
  /** Of the line. */
  readonly end: number;
  readonly width: number;
}

interface Piece {
  readonly end: number;
  readonly next: number;
}

function pieceOf(text: string, { from, end, width }: Span): Piece {
  if (width === Infinity) return { end, next: end };
  const near = text.slice(from, Math.min(end, from + width + 1));
  return NARROW.test(near) ? narrowPiece(near, { from, end, width }) : widePiece(text, { from, end, width });
}

function narrowPiece(near: string, { from, end, width }: Span): Piece {
  if (near.length <= width) return { end, next: end };
  const space = near.lastIndexOf(' ');
  const hasWord = space > 0 && near.slice(0, space).trim() !== '';
  return hasWord ? { end: from + space, next: from + space + 1 } : { end: from + width, next: from + width };
}

/** Made when it is needed: the making takes 13 ms. */
let segmenter: Intl.Segmenter | undefined;

function widePiece(text: string, { from, end, width }: Span): Piece {
  segmenter ??= new Intl.Segmenter();
  const limit = Math.min(end, from + width * MOST_UNITS_PER_COLUMN);
  let [columns, space, hasWord] = [0, -1, false];
  for (const { segment, index } of segmenter.segment(text.slice(from, limit))) {
    columns += segmentWidth(segment);
    if (columns > width && index > 0) {
      return space > 0 ? { end: from + space, next: from + space + 1 } : { end: from + index, next: from + index };
    }
    if (segment !== ' ') hasWord = true;
    else if (hasWord) space = index;
  }
  return { end: limit, next: limit };
}

/** Widths of segments by their text: most texts repeat few. */
const widths = new Map<string, number>();
const MOST_WIDTHS = 10_000;

function segmentWidth(segment: string): number {
  const known = widths.get(segment);
  if (known !== undefined) return known;
  const width = widthOf(segment);
  if (widths.size < MOST_WIDTHS) widths.set(segment, width);
  return width;
}
