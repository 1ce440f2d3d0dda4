/** Most characters that are looked through for closing brackets, again from each bracket. */
const MAX_SCANNED = 4_000_000;

/** A bracketed part of a text, from its bracket to the one that closes it. */
export interface JsonPiece {
  readonly start: number;
  /** Behind the closing bracket. */
  readonly end: number;
}

/**
 * The bracketed parts of a text that may be JSON, none inside another, in their order. A part that is none of JSON's is
 * looked into for others only where its bracket is one of prose, as in `{see [1]}`; behind a bracket that begins like
 * JSON and is never closed nothing is found: it would be a fragment of something cut or broken.
 * Time is in proportion to the text, up to 4,000,000 characters looked at more than once.
 * @param isWanted decides over a closed part; one that is not wanted may be looked into
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

/** Where the next bracket opens; -1 where none does. */
export function nextBracket(text: string, from: number): number {
  BRACKET.lastIndex = from;
  return BRACKET.exec(text)?.index ?? -1;
}

const STRUCTURE = /["[\]{}]/g;
const STRING_REST = /[^"\\]*(?:\\[^][^"\\]*)*"/y;

/** Where the bracket is closed that is opened there; -1 where it never is. */
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

/** Longest beginning of a part that is looked at. */
const MAX_HEAD = 200;
const LIKE_OBJECT = /^\{\s*(?:$|[}"']|[\p{L}_$][\p{L}\p{N}_$-]*\s*:|\/[/*])/u;
const LIKE_ARRAY = /^\[\s*(?:$|[\]"{[]|(?:-?\d[\d.eE+-]*|true|false|null)\s*(?:,|$))/;

/** Whether what stands at a bracket is meant to be an object or array, and no bracket of prose. */
function beginsLikeJson(text: string, at: number): boolean {
  const head = text.slice(at, at + MAX_HEAD);
  return LIKE_OBJECT.test(head) || LIKE_ARRAY.test(head);
}
