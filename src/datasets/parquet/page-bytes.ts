import { DamagedError } from './errors.ts';

/** The bytes of an unpacked page, taken in order. */
export interface PageBytes {
  /** Bytes that were not taken. */
  readonly left: number;
  /** The next bytes, which stay as they are until the next call. @throws DamagedError if fewer are left */
  take(length: number): Uint8Array;
  /** Called when nothing more is taken. @throws DamagedError if the page turns out to be longer than it says */
  end(): void;
}

/** The error for a page whose values need more bytes than it has. */
export function tooFewValues(): DamagedError {
  return new DamagedError('a page has fewer values than it says');
}

/** A page that is held whole. */
export class WholeBytes implements PageBytes {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Uint8Array {
    if (!(length >= 0 && length <= this.left)) throw tooFewValues();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  end(): void {}
}

/** Memory that is used again: what whole row groups take would otherwise pile up until it is collected. */
export class PageMemory {
  #bytes = new Uint8Array(0);

  /** @returns so many bytes, which stay as they are until the next call */
  take(length: number): Uint8Array {
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length);
    return this.#bytes.subarray(0, length);
  }
}

/** A page that is unpacked while its bytes are taken, so that only a block of it is held. */
export class StreamedBytes implements PageBytes {
  readonly #blocks: Iterator<Uint8Array, void, undefined>;
  readonly #size: number;
  readonly #memory: PageMemory;
  #taken = 0;
  #block: Uint8Array = new Uint8Array(0);
  /** Bytes of the block that were taken. */
  #at = 0;

  /**
   * @param blocks each stays as it is until the next is asked for
   * @param size bytes that they should have together
   * @param memory for what is taken from several blocks at once
   */
  constructor(blocks: Iterator<Uint8Array, void, undefined>, size: number, memory: PageMemory) {
    this.#blocks = blocks;
    this.#size = size;
    this.#memory = memory;
  }

  get left(): number {
    return this.#size - this.#taken;
  }

  take(length: number): Uint8Array {
    if (!(length >= 0 && length <= this.left)) throw tooFewValues();
    this.#taken += length;
    const end = this.#at + length;
    if (end > this.#block.length) return this.#gather(length);
    const taken = this.#block.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  end(): void {
    // A page may have bytes behind its values.
    if (this.left > 0) return;
    let more = this.#block.length - this.#at;
    for (let next = this.#blocks.next(); next.done !== true; next = this.#blocks.next()) more += next.value.length;
    if (more > 0) throw new DamagedError(`a page unpacks to more than ${this.#size} bytes`);
  }

  #gather(length: number): Uint8Array {
    const gathered = this.#memory.take(length);
    for (let filled = 0; filled < length; ) {
      if (this.#at === this.#block.length) this.#next();
      const part = this.#block.subarray(this.#at, this.#at + length - filled);
      gathered.set(part, filled);
      filled += part.length;
      this.#at += part.length;
    }
    return gathered;
  }

  #next(): void {
    const { value } = this.#blocks.next();
    if (value === undefined) throw new DamagedError(`a page unpacks to fewer than ${this.#size} bytes`);
    this.#block = value;
    this.#at = 0;
  }
}

/** A number of four bytes, the lowest first. */
export function uint32(bytes: Uint8Array): number {
  const [lower, upper] = [(bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8), (bytes[2] ?? 0) | ((bytes[3] ?? 0) << 8)];
  return lower + upper * 2 ** 16;
}
