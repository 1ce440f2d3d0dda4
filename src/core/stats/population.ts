/** Sums over the rows of one tag. */
interface TagSums {
  readonly rows: number;
  readonly sumX: number;
}

/** With more different tags than this, they are treated as values and not distinguished. */
export const MOST_TAGS = 12;

/**
 * What is known about many rows before they are run: their number, and the moments of x, a size known in advance
 * (prompt tokens). Constant memory.
 */
export class Population {
  #observed = 0;
  #sumX = 0;
  #sumXSquared = 0;
  #unseen: number;
  #tags: Map<string | null, TagSums> | null = new Map();

  /** @param unseen rows that belong here but are never added, if there is only a random sample; default 0 */
  constructor(unseen = 0) {
    this.#unseen = unseen;
  }

  /** Adds a row. @param tag a value with only a few distinct values among rows; null for none */
  add(x: number, tag: string | null): void {
    this.#count(x, tag, 1);
  }

  /** Removes a row that was added, such as one of the pilot. */
  remove(x: number, tag: string | null): void {
    this.#count(x, tag, -1);
  }

  /** Sets how many rows belong here but were not added, once that is known. */
  setUnseen(rows: number): void {
    this.#unseen = rows;
  }

  /** Rows that were added and not removed. */
  get observed(): number {
    return this.#observed;
  }

  /** All rows, including the unseen ones. */
  get rows(): number {
    return this.#observed + this.#unseen;
  }

  /** Sum of x over observed rows. */
  get sumX(): number {
    return this.#sumX;
  }

  /** Mean of x over observed rows; 0 if there are none. */
  get meanX(): number {
    return this.#observed === 0 ? 0 : this.#sumX / this.#observed;
  }

  /** Variance of x over observed rows, divided by their number; 0 if there are none. */
  get varianceX(): number {
    return this.#observed === 0 ? 0 : Math.max(0, this.#sumXSquared / this.#observed - this.meanX ** 2);
  }

  /** Observed rows by tag; null if there are more than twelve tags. */
  get tags(): ReadonlyMap<string | null, TagSums> | null {
    return this.#tags;
  }

  #count(x: number, tag: string | null, sign: 1 | -1): void {
    this.#observed += sign;
    this.#sumX += sign * x;
    this.#sumXSquared += sign * x * x;
    const before = this.#tags?.get(tag);
    this.#tags?.set(tag, { rows: (before?.rows ?? 0) + sign, sumX: (before?.sumX ?? 0) + sign * x });
    if (this.#tags !== null && this.#tags.size > MOST_TAGS) this.#tags = null;
  }
}
