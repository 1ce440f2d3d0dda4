const KEY_HEX_DIGITS = 8;
const MAX_LOAD = 0.7;
const EMPTY = -1;
/** With fewer, the load would leave no slot empty, and a search for a key that is not there would not end. */
const MIN_SLOTS = 4;

/**
 * A map from digests (hexadecimal, at least 16 digits) to whole numbers from 0, in typed arrays: 16 bytes an entry
 * instead of the hundred and more of a Map of strings. Keys are compared by their first 64 bits: with a million
 * entries two of them meet with a probability of 3 in 10⁸.
 */
export class DigestMap {
  #high: Uint32Array;
  #low: Uint32Array;
  #values: Float64Array;
  #size = 0;

  /** @param capacity slots to begin with, from 0; grows as needed */
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

  /** The number stored for a digest; undefined where there is none, and for what is no digest. */
  get(digest: string): number | undefined {
    const slot = this.#find(half(digest, 0), half(digest, KEY_HEX_DIGITS));
    const value = this.#values[slot];
    return value === undefined || value === EMPTY ? undefined : value;
  }

  /** Stores a number from 0 for a digest. @throws TypeError for what is no digest */
  set(digest: string, value: number): void {
    if (this.#size >= this.#values.length * MAX_LOAD) this.#grow();
    const [high, low] = [half(digest, 0), half(digest, KEY_HEX_DIGITS)];
    // Kept as a number it would be 0, so that all keys that are no digests would be one.
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

  /** The slot that holds the key, or the empty one where it belongs (linear probing). */
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

/** @returns NaN for what is no digest */
function half(digest: string, start: number): number {
  return Number.parseInt(digest.slice(start, start + KEY_HEX_DIGITS), 16);
}
