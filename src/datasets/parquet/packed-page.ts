import type { SyncBytes } from '../../io/random-bytes.ts';
import { DamagedError } from './errors.ts';

/** Bytes that are read from the file at once. */
const PIECE_BYTES = 64 * 1024;

/** The bytes of a page as they are in the file, from where they are read when they are needed. */
export class PackedPage {
  readonly #file: SyncBytes;
  readonly #start: number;
  readonly #end: number;

  /** @param start first byte of the page in the file @param end the byte behind its last */
  constructor(file: SyncBytes, start: number, end: number) {
    this.#file = file;
    this.#start = start;
    this.#end = end;
  }

  get size(): number {
    return this.#end - this.#start;
  }

  /** The page's bytes from a position on, up to another; default its end. */
  part(from: number, to = this.size): PackedPage {
    if (!(from >= 0 && from <= to && to <= this.size)) throw new DamagedError('a page has fewer bytes than it says');
    return new PackedPage(this.#file, this.#start + from, this.#start + to);
  }

  /** @throws DamagedError if the file ends before */
  whole(): Uint8Array {
    return this.#read(this.#start, new Uint8Array(this.size));
  }

  /** All bytes; each piece stays as it is until the next is asked for. @throws DamagedError if the file ends before */
  *pieces(): Generator<Uint8Array, void, undefined> {
    const memory = new Uint8Array(Math.min(PIECE_BYTES, this.size));
    for (let at = this.#start; at < this.#end; at += memory.length) {
      yield this.#read(at, memory.subarray(0, this.#end - at));
    }
  }

  /** Values are decoded one after the other, so waiting for bytes would have to be everywhere. */
  #read(start: number, target: Uint8Array): Uint8Array {
    if (this.#file.readSync(start, target) < target.length) throw new DamagedError('the file ends inside a page');
    return target;
  }
}
