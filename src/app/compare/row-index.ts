import { shortDigest } from '../../core/digest.ts';
import { DigestMap } from '../../io/digest-map.ts';

/** Numbers the rows of both sides alike: rows with the same key get the same number, from 0. */
export class RowIndex {
  readonly #numbers = new DigestMap();

  /** Rows so far. */
  get size(): number {
    return this.#numbers.size;
  }

  /** The number of the row with this key; a new number for a new key. @param key hexadecimal, 16 digits or more */
  number(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const next = this.#numbers.size;
    this.#numbers.set(key, next);
    return next;
  }
}

/** The rows of one file: finds the row number of each record. */
export interface RowFinder {
  /** @param content a digest of the row's request; computed only when needed */
  find(rowId: string, content: () => string): number;
}

/** Rows are identified by their ids. */
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

/** Rows are identified by their requests; equal requests are paired in order: first with first, and so on. */
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
