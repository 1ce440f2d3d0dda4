import type { Row } from '../../core/row.ts';
import { seededRandom } from '../../core/sampling.ts';

/** A row with its place in the dataset. */
export interface SampledRow {
  readonly row: Row;
  /** From 0. */
  readonly ordinal: number;
}

const SAMPLE_ROWS = 500;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * A uniform random sample of a dataset's rows, taken while it is read, so that later questions about rows need no
 * further pass. J. S. Vitter, "Random Sampling with a Reservoir" (1985), algorithm R.
 */
export class RowSample {
  readonly #random: () => number;
  #kept: (SampledRow & { readonly bytes: number })[] = [];
  #bytes = 0;
  #seen = 0;
  #isTooLarge = false;

  /** @param seed the same seed draws the same rows */
  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Adds the next row. @param bytes approximate memory it takes */
  add(row: Row, bytes: number): void {
    const ordinal = this.#seen;
    this.#seen += 1;
    if (this.#isTooLarge) return;
    const place = ordinal < SAMPLE_ROWS ? ordinal : Math.floor(this.#random() * this.#seen);
    if (place >= SAMPLE_ROWS) return;
    this.#bytes += bytes - (this.#kept[place]?.bytes ?? 0);
    this.#kept[place] = { row, ordinal, bytes };
    this.#isTooLarge = this.#bytes > MOST_BYTES;
    if (this.#isTooLarge) this.#kept = [];
  }

  /** The rows in dataset order; null if they are too large to keep in memory. */
  rows(): readonly SampledRow[] | null {
    return this.#isTooLarge ? null : this.#kept.toSorted((a, b) => a.ordinal - b.ordinal);
  }
}
