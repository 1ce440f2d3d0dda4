const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const EMPTY = 0;

/** The byte strings of a vocabulary and their ranks, in a hash table of typed arrays: some 4 MB for 200,000 tokens. */
export interface VocabularyTable {
  /** Those of the tokens by rank, without anything between them. */
  readonly bytes: Uint8Array;
  /** Start of the token of each rank in `bytes`; one more entry for the end of the last. */
  readonly starts: Int32Array;
  /** Rank + 1 of the token in each slot, 0 for none; open addressing. Their number is a power of two. */
  readonly slots: Int32Array;
  /** Bytes of the longest token. */
  readonly longest: number;
}

/** @param tokens by rank: a text, or bytes if the token is not valid UTF-8; no token twice */
export function vocabularyTable(tokens: readonly (string | readonly number[])[]): VocabularyTable {
  const bytes = new Uint8Array(tokens.reduce((size, token) => size + mostBytes(token), 0));
  const starts = new Int32Array(tokens.length + 1);
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * tokens.length + 1)));
  let [longest, end] = [0, 0];
  for (const [rank, token] of tokens.entries()) {
    const start = end;
    end = typeof token === 'string' ? writeUtf8(token, bytes, start) : start + token.length;
    if (typeof token !== 'string') bytes.set(token, start);
    starts[rank + 1] = end;
    longest = Math.max(longest, end - start);
    let slot = hash(bytes, start, end) & (slots.length - 1);
    while (slots[slot] !== EMPTY) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = rank + 1;
  }
  return { bytes: bytes.subarray(0, end), starts, slots, longest };
}

/** Looks up any range of bytes without creating a string. */
export class Vocabulary {
  readonly #bytes: Uint8Array;
  readonly #starts: Int32Array;
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #longest: number;

  constructor({ bytes, starts, slots, longest }: VocabularyTable) {
    this.#bytes = bytes;
    this.#starts = starts;
    this.#slots = slots;
    this.#mask = slots.length - 1;
    this.#longest = longest;
  }

  /** Rank of the token that is exactly the bytes from `start` to `end`; -1 if there is none. */
  rankOf(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > this.#longest) return -1;
    let slot = hash(bytes, start, end) & this.#mask;
    for (;;) {
      const entry = this.#slots[slot] ?? EMPTY;
      if (entry === EMPTY) return -1;
      if (this.#isToken(entry - 1, bytes, start, end)) return entry - 1;
      slot = (slot + 1) & this.#mask;
    }
  }

  #isToken(rank: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[rank] ?? 0;
    if ((this.#starts[rank + 1] ?? 0) - from !== end - start) return false;
    for (let index = start; index < end; index++) {
      if (this.#bytes[from + index - start] !== bytes[index]) return false;
    }
    return true;
  }
}

/**
 * Writes a text as UTF-8, with a lone surrogate as U+FFFD. For short texts several times faster than a `TextEncoder`.
 * @param bytes has room for three bytes for each UTF-16 code unit
 * @returns the end of the text in `bytes`
 */
export function writeUtf8(text: string, bytes: Uint8Array, start: number): number {
  let end = start;
  for (let index = 0; index < text.length; index++) {
    let point = text.charCodeAt(index);
    if (point < 0x80) {
      bytes[end++] = point;
      continue;
    }
    if (point >= 0xd800 && point <= 0xdfff) {
      point = text.codePointAt(index) ?? point;
      if (point > 0xffff) index += 1;
      else point = 0xfffd;
    }
    if (point > 0xffff) {
      bytes[end++] = 0xf0 | (point >> 18);
      bytes[end++] = 0x80 | ((point >> 12) & 0x3f);
    } else if (point > 0x7ff) bytes[end++] = 0xe0 | (point >> 12);
    bytes[end++] = point > 0x7ff ? 0x80 | ((point >> 6) & 0x3f) : 0xc0 | (point >> 6);
    bytes[end++] = 0x80 | (point & 0x3f);
  }
  return end;
}

function mostBytes(token: string | readonly number[]): number {
  return typeof token === 'string' ? 3 * token.length : token.length;
}

/** FNV-1a, folded once so that the low bits depend on all bytes. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = FNV_OFFSET;
  for (let index = start; index < end; index++) value = Math.imul(value ^ (bytes[index] ?? 0), FNV_PRIME);
  return value ^ (value >>> 15);
}
