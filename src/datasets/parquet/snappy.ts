import { snappyUncompress } from 'hyparquet';
import { DamagedError } from './errors.ts';
import type { PackedPage } from './packed-page.ts';

/** Known encoders copy from at most 64 KiB before; the format has no such limit. */
const HISTORY_BYTES = 64 * 1024;
const WINDOW_BYTES = 3 * HISTORY_BYTES;

/** Literals up to this length have it in their tag; longer ones in up to four bytes behind it. */
const LONGEST_SHORT_LITERAL = 60;

/**
 * What a Snappy page unpacks to, in blocks; each stays as it is until the next is asked for.
 * Source: Snappy, "format_description.txt".
 *
 * @param size bytes of the unpacked page
 * @throws DamagedError if the page does not follow the format
 */
export function* snappyBlocks(packed: PackedPage, size: number): Generator<Uint8Array, void, undefined> {
  const decoder = new SnappyDecoder(packed.pieces());
  for (let block = decoder.next(); block.length > 0; block = decoder.next()) yield block;
  if (!decoder.isFar) return;
  const whole = new Uint8Array(size);
  snappyUncompress(packed.whole(), whole);
  yield whole.subarray(decoder.given);
}

class SnappyDecoder {
  /** True if bytes are copied that are no longer held. */
  isFar = false;
  /** Bytes of all blocks. */
  given = 0;
  readonly #pieces: Iterator<Uint8Array, void, undefined>;
  #piece: Uint8Array = new Uint8Array(0);
  /** Bytes of the piece that were read. */
  #at = 0;
  readonly #window = new Uint8Array(WINDOW_BYTES);
  /** Bytes of the window that are filled. */
  #filled = 0;
  /** What is left of the current element. */
  #length = 0;
  /** How far before its place the element is copied from; 0 for a literal. */
  #offset = 0;

  constructor(pieces: Iterator<Uint8Array, void, undefined>) {
    this.#pieces = pieces;
    // The unpacked size in front, which the page's header has too.
    while (this.#byte() >= 0x80);
  }

  /** Unpacks until the window is full or the input ends; nothing more if it ended before. */
  next(): Uint8Array {
    const window = this.#window;
    if (this.#filled > HISTORY_BYTES) {
      window.copyWithin(0, this.#filled - HISTORY_BYTES, this.#filled);
      this.#filled = HISTORY_BYTES;
    }
    const start = this.#filled;
    while (this.#filled < window.length && !this.isFar) {
      if (this.#length === 0) {
        if (!this.#hasBytes()) break;
        this.#readTag();
      }
      const count = Math.min(this.#length, window.length - this.#filled);
      if (this.#offset === 0) this.#copyLiteral(count);
      else this.#repeat(count, this.given + this.#filled - start);
    }
    this.given += this.#filled - start;
    return window.subarray(start, this.#filled);
  }

  #readTag(): void {
    const tag = this.#byte();
    const upper = tag >>> 2;
    switch (tag & 3) {
      case 0:
        this.#length = 1 + (upper < LONGEST_SHORT_LITERAL ? upper : this.#number(upper - LONGEST_SHORT_LITERAL + 1));
        this.#offset = 0;
        return;
      case 1:
        this.#length = 4 + (upper & 7);
        this.#offset = ((tag >>> 5) << 8) | this.#byte();
        break;
      default:
        this.#length = 1 + upper;
        this.#offset = this.#number((tag & 3) === 2 ? 2 : 4);
    }
    if (this.#offset === 0) throw damaged();
  }

  #copyLiteral(most: number): void {
    if (!this.#hasBytes()) throw damaged();
    const bytes = this.#piece.subarray(this.#at, this.#at + most);
    this.#window.set(bytes, this.#filled);
    this.#at += bytes.length;
    this.#filled += bytes.length;
    this.#length -= bytes.length;
  }

  /** @param total bytes unpacked so far */
  #repeat(count: number, total: number): void {
    if (this.#offset > total) throw damaged();
    if (this.#offset > this.#filled) {
      this.isFar = true;
      return;
    }
    const window = this.#window;
    const from = this.#filled - this.#offset;
    // What is copied may reach into itself.
    for (let index = 0; index < count; index++) window[this.#filled + index] = window[from + index] ?? 0;
    this.#filled += count;
    this.#length -= count;
  }

  /** @returns the next bytes, the lowest first */
  #number(bytes: number): number {
    let value = 0;
    for (let index = 0; index < bytes; index++) value += this.#byte() * 2 ** (8 * index);
    return value;
  }

  #byte(): number {
    const byte = this.#hasBytes() ? this.#piece[this.#at++] : undefined;
    if (byte === undefined) throw damaged();
    return byte;
  }

  #hasBytes(): boolean {
    while (this.#at === this.#piece.length) {
      const { value } = this.#pieces.next();
      if (value === undefined) return false;
      this.#piece = value;
      this.#at = 0;
    }
    return true;
  }
}

function damaged(): DamagedError {
  return new DamagedError('a page compressed with Snappy is damaged');
}
