/** Maximum number of characters scanned for closing brackets, counted again for each opening bracket. */
const MAX_SCANNED = 4_000_000;

/** A bracketed part of a text, from its bracket to the matching one. */
export interface JsonPiece {
  readonly start: number;
  /** Offset after the closing bracket. */
  readonly end: number;
}

/**
 * The bracketed parts of a text that may be JSON, none inside another, in order. A part that is not JSON is searched
 * for inner parts only if its bracket is one of prose, as in `{see [1]}`. Nothing is found after a bracket that begins
 * like JSON and is never closed, because it would be a fragment of something truncated or broken. Linear time, up to
 * 4,000,000 characters scanned more than once.
 * @param isWanted decides over a closed part; a rejected one may be searched for inner parts
 */
export function* jsonPieces(text: string, isWanted: (piece: JsonPiece) => boolean): Generator<JsonPiece> {
  let scanned = 0;
  let at = nextBracket(text, 0);
  while (at !== -1 && scanned < MAX_SCANNED) {
    const close = closingBracket(text, at);
    const piece = { start: at, end: close + 1 };
    scanned += (close === -1 ? text.length : close) - at;
    if (close !== -1 && isWanted(piece)) {
      yield piece;
      at = nextBracket(text, piece.end);
    } else if (!beginsLikeJson(text, at)) at = nextBracket(text, at + 1);
    else if (close === -1) return;
    else at = nextBracket(text, piece.end);
  }
}

const BRACKET = /[[{]/g;

/** Offset of the next opening bracket; -1 if there is none. */
export function nextBracket(text: string, from: number): number {
  BRACKET.lastIndex = from;
  return BRACKET.exec(text)?.index ?? -1;
}

const STRUCTURE = /["[\]{}]/g;
const STRING_REST = /[^"\\]*(?:\\[^][^"\\]*)*"/y;

/** Offset of the bracket that closes the one there; -1 if there is none. */
function closingBracket(text: string, open: number): number {
  let depth = 0;
  STRUCTURE.lastIndex = open;
  for (let found = STRUCTURE.exec(text); found !== null; found = STRUCTURE.exec(text)) {
    const [sign] = found;
    if (sign === '"') {
      STRING_REST.lastIndex = STRUCTURE.lastIndex;
      if (!STRING_REST.test(text)) return -1;
      STRUCTURE.lastIndex = STRING_REST.lastIndex;
    } else depth += sign === '{' || sign === '[' ? 1 : -1;
    if (depth === 0) return found.index;
  }
  return -1;
}

/** Longest beginning of a part that is checked. */
const MAX_HEAD = 200;
const LIKE_OBJECT = /^\{\s*(?:$|[}"']|[\p{L}_$][\p{L}\p{N}_$-]*\s*:|\/[/*])/u;
const LIKE_ARRAY = /^\[\s*(?:$|[\]"{[]|(?:-?\d[\d.eE+-]*|true|false|null)\s*(?:,|$))/;

/** Whether the text at a bracket looks like an object or array rather than prose. */
function beginsLikeJson(text: string, at: number): boolean {
  const head = text.slice(at, at + MAX_HEAD);
  return LIKE_OBJECT.test(head) || LIKE_ARRAY.test(head);
}
