const KEY_HEX_DIGITS = 8;
const MAX_LOAD = 0.7;
const EMPTY = -1;
/** With fewer slots the load could leave none empty, and a search for a missing key would not end. */
const MIN_SLOTS = 4;

/**
 * A map from digests (hexadecimal, at least 16 digits) to integers from 0, in typed arrays: 16 bytes per entry instead
 * of over a hundred in a Map of strings. Keys are compared by their first 64 bits: with a million entries, the
 * probability that two collide is 3 in 10⁸.
 */
export class DigestMap {
  #high: Uint32Array;
  #low: Uint32Array;
  #values: Float64Array;
  #size = 0;

  /** @param capacity initial number of slots, from 0; grows as needed */
  constructor(capacity = 1024) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(MIN_SLOTS, capacity)));
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#values = new Float64Array(slots).fill(EMPTY);
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** The number stored for a digest; undefined if there is none, or the key is not a digest. */
  get(digest: string): number | undefined {
    const slot = this.#find(half(digest, 0), half(digest, KEY_HEX_DIGITS));
    const value = this.#values[slot];
    return value === undefined || value === EMPTY ? undefined : value;
  }

  /** Stores a number from 0 for a digest. @throws TypeError if the key is not a digest */
  set(digest: string, value: number): void {
    if (this.#size >= this.#values.length * MAX_LOAD) this.#grow();
    const [high, low] = [half(digest, 0), half(digest, KEY_HEX_DIGITS)];
    // Stored as a number it would be 0, so all keys that are not digests would collide.
    if (Number.isNaN(high) || Number.isNaN(low)) throw new TypeError(`${digest} is not a digest`);
    this.#put(high, low, value);
  }

  #put(high: number, low: number, value: number): void {
    const slot = this.#find(high, low);
    if (this.#values[slot] === EMPTY) this.#size++;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#values[slot] = value;
  }

  /** The slot that holds the key, or the empty one for it (linear probing). */
  #find(high: number, low: number): number {
    const mask = this.#values.length - 1;
    let slot = low & mask;
    while (this.#values[slot] !== EMPTY && (this.#high[slot] !== high || this.#low[slot] !== low)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [high, low, values] = [this.#high, this.#low, this.#values];
    this.#high = new Uint32Array(values.length * 2);
    this.#low = new Uint32Array(values.length * 2);
    this.#values = new Float64Array(values.length * 2).fill(EMPTY);
    this.#size = 0;
    for (const [slot, value] of values.entries()) {
      if (value !== EMPTY) this.#put(high[slot] ?? 0, low[slot] ?? 0, value);
    }
  }
}

/** @returns NaN if the text is not a digest */
function half(digest: string, start: number): number {
  return Number.parseInt(digest.slice(start, start + KEY_HEX_DIGITS), 16);
}
