import { shortDigest } from '../../core/digest.ts';
import { DigestMap } from '../../io/digest-map.ts';

/** Gives the rows of both sides one numbering: rows of one key have one number, from 0. */
export class RowIndex {
  readonly #numbers = new DigestMap();

  /** Rows so far. */
  get size(): number {
    return this.#numbers.size;
  }

  /** The number of the row with this key; a new one where the key is new. @param key hexadecimal, 16 digits or more */
  number(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const next = this.#numbers.size;
    this.#numbers.set(key, next);
    return next;
  }
}

/** The rows of one file: finds the number of each record's row. */
export interface RowFinder {
  /** @param content a digest of what the row asks; asked for only where it is needed */
  find(rowId: string, content: () => string): number;
}

/** Rows are known by their ids. */
export function byId(index: RowIndex): RowFinder {
  let last: string | null = null;
  let row = 0;
  return {
    find(rowId) {
      if (rowId !== last) row = index.number(shortDigest(rowId));
      last = rowId;
      return row;
    },
  };
}

/** Rows are known by what they ask; of rows that ask the same the first is paired with the first, and so on. */
export function byContent(index: RowIndex): RowFinder {
  const own = new DigestMap();
  const occurrences = new DigestMap();
  const first = (key: string, content: string): number => {
    const earlier = occurrences.get(content) ?? 0;
    occurrences.set(content, earlier + 1);
    const row = index.number(shortDigest(`${content}#${earlier}`));
    own.set(key, row);
    return row;
  };
  let last: string | null = null;
  let row = 0;
  return {
    find(rowId, content) {
      if (rowId === last) return row;
      const key = shortDigest(rowId);
      last = rowId;
      row = own.get(key) ?? first(key, content());
      return row;
    },
  };
}
