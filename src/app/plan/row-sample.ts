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
 * Some rows of a dataset while it is read, each set of them equally likely: what else is to be known of rows can be
 * learned from them without another pass. J. S. Vitter, "Random Sampling with a Reservoir" (1985), algorithm R.
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

  /** Sees the next row. @param bytes about how much memory it takes */
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

  /** The rows in the dataset's order; null if they are too large to be held. */
  rows(): readonly SampledRow[] | null {
    return this.#isTooLarge ? null : this.#kept.toSorted((a, b) => a.ordinal - b.ordinal);
  }
}
