import { tooFewValues } from './page-bytes.ts';

/**
 * Small numbers as runs of one value and as groups of eight with a fixed number of bits, decoded when they are taken: a
 * page may have millions in a few bytes. Source: Apache Parquet, Encodings.md, "RLE / bit-packing hybrid".
 */
export class HybridNumbers {
  readonly #bytes: Uint8Array;
  /** Bits of each number, up to 32. */
  readonly #width: number;
  #at = 0;
  /** Numbers left of the current run or groups. */
  #left = 0;
  /** The number that a run repeats; null in groups. */
  #repeated: number | null = null;
  /** Where the next number of a group begins. */
  #bit = 0;

  constructor(bytes: Uint8Array, width: number) {
    this.#bytes = bytes;
    this.#width = width;
  }

  /** @throws DamagedError if there is none */
  next(): number {
    if (this.#width === 0) return 0;
    while (this.#left === 0) this.#open();
    this.#left--;
    return this.#repeated ?? this.#packed();
  }

  #open(): void {
    const header = this.#header();
    const count = Math.floor(header / 2);
    if (header % 2 === 0) {
      this.#left = count;
      this.#repeated = this.#number(Math.ceil(this.#width / 8));
    } else {
      this.#left = 8 * count;
      this.#repeated = null;
      this.#bit = 8 * this.#at;
      // The last group may be shorter in the file, where it is not full.
      this.#at += count * this.#width;
    }
  }

  #packed(): number {
    const bytes = this.#bytes;
    const first = Math.floor(this.#bit / 8);
    const shift = this.#bit % 8;
    this.#bit += this.#width;
    if (Math.ceil(this.#bit / 8) > bytes.length) throw tooFewValues();
    if (shift + this.#width <= 8) return ((bytes[first] ?? 0) >>> shift) & (2 ** this.#width - 1);
    let value = 0;
    for (let index = 0; 8 * index < shift + this.#width; index++)
      value += (bytes[first + index] ?? 0) * 2 ** (8 * index);
    return Math.floor(value / 2 ** shift) % 2 ** this.#width;
  }

  /** Seven bits a byte, the lowest first. */
  #header(): number {
    let value = 0;
    for (let bits = 0; bits < 35; bits += 7) {
      const byte = this.#number(1);
      value += (byte & 0x7f) * 2 ** bits;
      if (byte < 0x80) return value;
    }
    throw tooFewValues();
  }

  /** @returns the next bytes, the lowest first */
  #number(count: number): number {
    if (this.#at + count > this.#bytes.length) throw tooFewValues();
    let value = 0;
    for (let index = 0; index < count; index++) value += (this.#bytes[this.#at++] ?? 0) * 2 ** (8 * index);
    return value;
  }
}
