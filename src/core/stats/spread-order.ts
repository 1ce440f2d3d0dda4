import { seededRandom, shuffledPositions } from '../sampling.ts';

/** Binary digits of the numbers from which ranks are made; far more than a dataset's rows need. */
const BITS = 30;

/**
 * The rows of a dataset in an order in which every beginning is spread evenly over their lengths: the first 16 contain
 * one row of each sixteenth of the sorted lengths, drawn at random within it. Equal lengths are ordered at random, so
 * that the order does not synchronise with patterns in the dataset. A van der Corput sequence over the ranks, scrambled
 * as by A. B. Owen, "Randomly Permuted (t,m,s)-Nets and (t,s)-Sequences", Lecture Notes in Statistics 106 (1995),
 * 299–317.
 * @param lengths of each row, such as its prompt tokens; integers below 2 ** 32
 * @param seed integer from 0; the same seed gives the same order
 * @returns positions in `lengths`, each once
 */
export function* spreadOrder(lengths: Uint32Array, seed: number): Generator<number, undefined, undefined> {
  const sorted = shuffledPositions(lengths.length, seededRandom(mix(seed)));
  sorted.sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  const isTaken = new Uint8Array(sorted.length);
  for (let index = 0, left = sorted.length; left > 0; index++) {
    const rank = Math.floor(scrambled(index, seed) * sorted.length);
    if (isTaken[rank] !== 0) continue;
    isTaken[rank] = 1;
    left -= 1;
    yield sorted[rank] ?? 0;
  }
}

/**
 * A number from 0 (inclusive) to 1 (exclusive): the index's bits in reverse, each flipped or not by a hash of those
 * above it. The first 2 ** k numbers contain one of each of as many equal parts, so every rank occurs.
 */
function scrambled(index: number, seed: number): number {
  const start = mix(seed);
  let digits = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const above = 2 ** bit + (index % 2 ** bit);
    digits = 2 * digits + (((index >>> bit) & 1) ^ (mix(above ^ start) & 1));
  }
  return digits / 2 ** BITS;
}

/** The finalizer of MurmurHash3, by A. Appleby: every bit of the result depends on every bit of the number. */
function mix(value: number): number {
  let mixed = (value + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
