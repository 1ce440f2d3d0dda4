import { growingUints } from '../growing-numbers.ts';

/** Stores which rows belong together, by a value of each: one number per row, and each value once. */
export class RowLabels {
  readonly #ids = new Map<string, number>();
  readonly #ofRow = growingUints();
  readonly #counts: number[] = [];
  readonly #values: (string | null)[] = [];
  readonly #isNullShared: boolean;
  #nullId: number | null = null;
  #missing = 0;

  /** @param isNullShared whether rows without a value belong together; otherwise each gets its own label */
  constructor(isNullShared: boolean) {
    this.#isNullShared = isNullShared;
  }

  /** Adds a row. @param value null if it has none */
  push(value: string | null): void {
    const id = value === null ? this.#missingId() : this.#idOf(value);
    if (value === null) this.#missing += 1;
    this.#counts[id] = (this.#counts[id] ?? 0) + 1;
    this.#ofRow.push(id);
  }

  #idOf(value: string): number {
    const known = this.#ids.get(value);
    if (known !== undefined) return known;
    const id = this.#values.push(value) - 1;
    this.#ids.set(value, id);
    return id;
  }

  #missingId(): number {
    if (this.#nullId !== null && this.#isNullShared) return this.#nullId;
    this.#nullId = this.#values.push(null) - 1;
    return this.#nullId;
  }

  /** Different labels so far. */
  get size(): number {
    return this.#values.length;
  }

  /** Rows without a value. */
  get missing(): number {
    return this.#missing;
  }

  /** Each row's label, from 0. */
  ofRows(): Uint32Array {
    return this.#ofRow.values().subarray(0, this.#ofRow.length);
  }

  /** The value of a label. */
  value(id: number): string | null {
    return this.#values[id] ?? null;
  }

  /** The first labels, each with the indices of its rows. @param limit maximum number of labels */
  rowsByLabel(limit: number): readonly Uint32Array[] {
    const lists = this.#counts.slice(0, limit).map((count) => new Uint32Array(count));
    const filled = new Uint32Array(lists.length);
    for (const [row, id] of this.ofRows().entries()) {
      const list = lists[id];
      if (list === undefined) continue;
      const at = filled[id] ?? 0;
      list[at] = row;
      filled[id] = at + 1;
    }
    return lists;
  }
}
