/** A position in a text; both count from 1, columns in UTF-16 code units. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** The place after `text`, which begins at `start`. */
export function placeAfter(text: string, start: TextPlace): TextPlace {
  let { line } = start;
  let lineStart = -1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: lineStart < 0 ? start.column + text.length : text.length - lineStart + 1 };
}
