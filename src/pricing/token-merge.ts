import { type Vocabulary, writeUtf8 } from './token-vocabulary.ts';

const NONE = -1;
/** Above every position, so that a pair's rank and position fit one exact number that sorts by rank, then position. */
const POSITIONS = 2 ** 32;
const FIRST_ROOM = 1024;

/**
 * Merges the bytes of a piece to tokens by byte-pair encoding: of all adjacent pairs whose union is a token, the lowest
 * rank first, the leftmost among equals. The time is n log n in the bytes of the piece. Not re-entrant: the working
 * memory is reused, and grows to about 40 bytes for each byte of the longest piece so far.
 */
export class PairMerger {
  readonly #vocabulary: Vocabulary;
  #bytes = new Uint8Array(0);
  /**
   * For the part that begins at each byte: the start of the next and the previous part, and the rank of its union with
   * the next.
   */
  #next = new Int32Array(0);
  #before = new Int32Array(0);
  #pairRank = new Int32Array(0);
  #heap = new Float64Array(0);
  #heapSize = 0;
  #length = 0;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.#reserve(FIRST_ROOM);
  }

  /** Tokens of one piece; 0 only for an empty one. */
  countTokens(piece: string): number {
    this.#reserve(3 * piece.length);
    this.#length = writeUtf8(piece, this.#bytes, 0);
    if (this.#vocabulary.rankOf(this.#bytes, 0, this.#length) !== NONE) return 1;
    this.#heapSize = 0;
    for (let at = 0; at < this.#length; at++) {
      this.#next[at] = at + 1;
      this.#before[at] = at - 1;
    }
    for (let at = 0; at < this.#length; at++) this.#rate(at);
    return this.#length - this.#mergeAll();
  }

  /** @returns the number of merges; each reduces the number of parts by one */
  #mergeAll(): number {
    let merges = 0;
    while (this.#heapSize > 0) {
      const key = this.#pop();
      const at = key % POSITIONS;
      // The pair has changed or is gone since it was queued: a pair never has the same rank twice.
      if (this.#pairRank[at] !== Math.floor(key / POSITIONS)) continue;
      this.#merge(at);
      merges += 1;
    }
    return merges;
  }

  #merge(at: number): void {
    const gone = this.#next[at] ?? 0;
    const after = this.#next[gone] ?? 0;
    const before = this.#before[at] ?? NONE;
    this.#pairRank[gone] = NONE;
    this.#next[at] = after;
    if (after < this.#length) this.#before[after] = at;
    this.#rate(at);
    if (before !== NONE) this.#rate(before);
  }

  /** Looks up the union of the part at a position and the next one. */
  #rate(at: number): void {
    const next = this.#next[at] ?? 0;
    const end = next < this.#length ? (this.#next[next] ?? 0) : NONE;
    const rank = end === NONE ? NONE : this.#vocabulary.rankOf(this.#bytes, at, end);
    this.#pairRank[at] = rank;
    if (rank !== NONE) this.#push(rank * POSITIONS + at);
  }

  #push(key: number): void {
    let slot = this.#heapSize++;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      const above = this.#heap[parent] ?? 0;
      if (above <= key) break;
      this.#heap[slot] = above;
      slot = parent;
    }
    this.#heap[slot] = key;
  }

  #pop(): number {
    const least = this.#heap[0] ?? 0;
    const last = this.#heap[--this.#heapSize] ?? 0;
    let slot = 0;
    for (;;) {
      let child = 2 * slot + 1;
      if (child >= this.#heapSize) break;
      const right = this.#heap[child + 1] ?? 0;
      if (child + 1 < this.#heapSize && right < (this.#heap[child] ?? 0)) child += 1;
      const below = this.#heap[child] ?? 0;
      if (below >= last) break;
      this.#heap[slot] = below;
      slot = child;
    }
    this.#heap[slot] = last;
    return least;
  }

  #reserve(bytes: number): void {
    if (this.#bytes.length >= bytes) return;
    const room = Math.max(bytes, 2 * this.#bytes.length);
    this.#bytes = new Uint8Array(room);
    this.#next = new Int32Array(room);
    this.#before = new Int32Array(room);
    this.#pairRank = new Int32Array(room);
    // One entry for each adjacent pair, and at most two more for each merge.
    this.#heap = new Float64Array(3 * room);
  }
}
