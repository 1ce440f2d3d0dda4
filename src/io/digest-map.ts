const KEY_HEX_DIGITS = 8;
/** Above this load, finding a missing key takes many steps. */
const MAX_LOAD = 0.8;
const FIRST_ENTRIES = 800;
/**
 * A map that outgrows this many entries is split into parts that grow one by one. The memory of a whole map would be
 * there twice, and for as long as nothing collects the old one.
 */
const SPLIT_ENTRIES = 64 * 1024;
const PARTS = 16;
/** A map that was made too small grows by this factor: doubling would leave half of it empty. */
const GROWTH = 1.5;
/** With fewer slots the load could leave none empty, and a search for a missing key would not end. */
const MIN_SLOTS = 4;
const LOW_VALUES = 2 ** 32;
/** Values are stored plus one, so that 0 marks an empty slot: memory that is still all zeros takes no room. */
const MOST_VALUE = 2 ** 48 - 2;

/**
 * A map from digests (hexadecimal, at least 16 digits) to integers from 0 to 2⁴⁸ − 2, in typed arrays: 16 bytes per
 * slot, of which at most four in five are used, instead of over a hundred in a Map of strings. Keys are compared by
 * their first 64 bits: with a million entries, the probability that two collide is 3 in 10⁸.
 */
export class DigestMap {
  /** One, or PARTS of a large map, by the last bits of the first half of keys. */
  #tables: readonly Table[];
  #size = 0;

  /** @param entries for which it has room before it must grow, from 0 */
  constructor(entries = FIRST_ENTRIES) {
    this.#tables = [new Table(entries)];
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** The number stored for a digest; undefined if there is none, or the key is not a digest. */
  get(digest: string): number | undefined {
    const [high, low] = [half(digest, 0), half(digest, KEY_HEX_DIGITS)];
    const stored = this.#tableOf(high).get(high, low);
    return stored === 0 ? undefined : stored - 1;
  }

  /**
   * Stores a number for a digest.
   * @throws TypeError if the key is not a digest
   * @throws RangeError if the number is not an integer from 0 to 2⁴⁸ − 2
   */
  set(digest: string, value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > MOST_VALUE) throw new RangeError(`${value} cannot be stored`);
    const [high, low] = [half(digest, 0), half(digest, KEY_HEX_DIGITS)];
    // Stored as a number it would be 0, so all keys that are not digests would collide.
    if (Number.isNaN(high) || Number.isNaN(low)) throw new TypeError(`${digest} is not a digest`);
    if (this.#tableOf(high).isFull) this.#grow(high);
    const table = this.#tableOf(high);
    const before = table.size;
    table.put(high, low, value + 1);
    this.#size += table.size - before;
  }

  #tableOf(high: number): Table {
    // There is always a first one.
    return this.#tables[high % this.#tables.length] ?? this.#tables[0] ?? new Table(0);
  }

  /** Makes room where such a key goes. */
  #grow(high: number): void {
    const full = this.#tableOf(high);
    const isSplit = this.#tables.length === 1 && full.size >= SPLIT_ENTRIES;
    const tables = isSplit
      ? Array.from({ length: PARTS }, (_, part) => new Table(partEntries(full.grownEntries, part)))
      : this.#tables.map((table) => (table === full ? new Table(full.grownEntries) : table));
    full.moveTo((each) => tables[each % tables.length] ?? full);
    this.#tables = tables;
  }
}

/** Entries of a part. Keys fill all parts alike, so that those of other sizes grow at other times. */
function partEntries(all: number, part: number): number {
  return Math.ceil((all / PARTS) * GROWTH ** (part / PARTS));
}

/** Words of a slot: both halves of its key, and both of its value. */
const SLOT_WORDS = 4;

class Table {
  /** The words of a slot are neighbours: a search that misses the processor's cache does so once, not four times. */
  readonly #words: Uint32Array;
  readonly #slots: number;
  size = 0;

  constructor(entries: number) {
    this.#slots = Math.max(MIN_SLOTS, Math.ceil(entries / MAX_LOAD));
    this.#words = new Uint32Array(this.#slots * SLOT_WORDS);
  }

  get isFull(): boolean {
    return this.size >= Math.floor(this.#slots * MAX_LOAD);
  }

  /** Entries for which it has room when it has grown. */
  get grownEntries(): number {
    return Math.ceil(this.#slots * MAX_LOAD * GROWTH) + 1;
  }

  /** What is stored for a key, which is never 0; 0 if there is nothing. */
  get(high: number, low: number): number {
    return this.#storedAt(this.#find(high, low));
  }

  put(high: number, low: number, stored: number): void {
    const at = this.#find(high, low);
    if (this.#storedAt(at) === 0) this.size++;
    this.#words[at] = high;
    this.#words[at + 1] = low;
    this.#words[at + 2] = stored % LOW_VALUES;
    this.#words[at + 3] = Math.floor(stored / LOW_VALUES);
  }

  /** Puts every entry into another table. @param tableOf chooses it by the key's first half */
  moveTo(tableOf: (high: number) => Table): void {
    for (let at = 0; at < this.#words.length; at += SLOT_WORDS) {
      const stored = this.#storedAt(at);
      if (stored === 0) continue;
      const high = this.#words[at] ?? 0;
      tableOf(high).put(high, this.#words[at + 1] ?? 0, stored);
    }
  }

  #storedAt(at: number): number {
    return (this.#words[at + 3] ?? 0) * LOW_VALUES + (this.#words[at + 2] ?? 0);
  }

  /** Where the slot begins that holds the key, or the empty one for it (linear probing). */
  #find(high: number, low: number): number {
    const words = this.#words;
    // Not the remainder: that of a number above 2³¹ is slow.
    let at = Math.floor((low * this.#slots) / LOW_VALUES) * SLOT_WORDS;
    while (this.#storedAt(at) !== 0 && (words[at] !== high || words[at + 1] !== low)) {
      at = at + SLOT_WORDS === words.length ? 0 : at + SLOT_WORDS;
    }
    return at;
  }
}

/** By character code; NaN for what is no hexadecimal digit. */
const HEX_VALUES = Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16));

/** As `Number.parseInt` reads it, in a tenth of the time. @returns NaN if the text is not a digest */
function half(digest: string, start: number): number {
  let value = 0;
  for (let at = start; at < start + KEY_HEX_DIGITS; at++) {
    value = value * 16 + (HEX_VALUES[digest.charCodeAt(at)] ?? Number.NaN);
  }
  return value;
}
