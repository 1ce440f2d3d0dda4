/** Which rows of a dataset to use. */
export interface Selection {
  /** Rows of the whole dataset. */
  readonly rows: number;
  /** Only the first N rows; null for all. */
  readonly limit: number | null;
  /** A random sample of N of those; null for all. */
  readonly sample: number | null;
  /** Integer from 0; the same seed draws the same rows. */
  readonly seed: number;
}

/** How many rows a selection takes. */
export function countSelected({ rows, limit, sample }: Selection): number {
  return Math.min(rows, limit ?? rows, sample ?? rows);
}

/**
 * Decides row by row, in the dataset's order, whether a row is selected; every set of `sample` rows is equally likely.
 * Selection sampling: D. E. Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S.
 * @returns a function to call once for each row
 */
export function rowSelector(selection: Selection): () => boolean {
  const { rows, limit, sample, seed } = selection;
  let left = Math.min(rows, limit ?? rows);
  let wanted = Math.min(left, sample ?? left);
  const random = seededRandom(seed);
  return () => {
    if (left === 0 || wanted === 0) return false;
    const taken = wanted === left || random() * left < wanted;
    left -= 1;
    if (taken) wanted -= 1;
    return taken;
  };
}

/**
 * Numbers from 0 (inclusive) to 1 (exclusive), the same for the same seed. splitmix32: the 32-bit form of G. L. Steele,
 * D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, with the finalizer of
 * MurmurHash3.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

/**
 * Every integer from 0 below `count` once, each order equally likely. Fisher and Yates: Knuth, TAOCP 2, 3.4.2,
 * algorithm P.
 */
export function shuffledPositions(count: number, random: () => number): Uint32Array {
  const positions = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const held = positions[last] ?? 0;
    positions[last] = positions[other] ?? 0;
    positions[other] = held;
  }
  return positions;
}
