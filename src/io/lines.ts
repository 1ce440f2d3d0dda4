import { each } from './each.ts';

/** A line of text without its line ending. */
export interface TextLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Splits text into lines at `\n` and `\r\n`, in time linear in the text even if a line spans many chunks. A line ending
 * at the end of the text starts no further line.
 */
export function splitLines(chunks: AsyncIterable<string>): AsyncIterableIterator<TextLine> {
  return each(lineBatches(chunks));
}

/** The same lines, in batches: those that end in each chunk. */
export async function* lineBatches(
  chunks: AsyncIterable<string>,
): AsyncGenerator<readonly TextLine[], void, undefined> {
  let line = 0;
  let pieces: string[] = [];
  for await (const chunk of chunks) {
    const lines: TextLine[] = [];
    let from = 0;
    for (let newline = chunk.indexOf('\n'); newline >= 0; newline = chunk.indexOf('\n', from)) {
      const piece = chunk.slice(from, newline);
      from = newline + 1;
      line++;
      if (pieces.length === 0) {
        lines.push({ text: withoutCarriageReturn(piece), line });
        continue;
      }
      pieces.push(piece);
      lines.push({ text: withoutCarriageReturn(pieces.join('')), line });
      pieces = [];
    }
    if (from < chunk.length) pieces.push(chunk.slice(from));
    if (lines.length > 0) yield lines;
  }
  if (pieces.length > 0) yield [{ text: pieces.join(''), line: line + 1 }];
}

function withoutCarriageReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
