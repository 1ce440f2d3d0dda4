import { ROUNDING } from '../paired/pair-scan.ts';
import type { NotableRows, RowList } from './analysis.ts';

/** Maximum number of listed rows. */
const SHOWN = 20;

class FirstRows {
  #count = 0;
  readonly #ids: string[] = [];

  add(id: string): void {
    this.#count += 1;
    if (this.#ids.length < SHOWN) this.#ids.push(id);
  }

  list(): RowList {
    return { count: this.#count, rowIds: this.#ids };
  }
}

/** The rows with the largest differences; among equal ones the first. */
class WidestRows {
  #count = 0;
  #top: { readonly id: string; readonly spread: number }[] = [];

  add(id: string, spread: number): void {
    this.#count += 1;
    const isFull = this.#top.length === SHOWN;
    if (isFull && spread <= (this.#top.at(-1)?.spread ?? 0)) return;
    const at = this.#top.findIndex((row) => row.spread < spread);
    this.#top.splice(at === -1 ? this.#top.length : at, 0, { id, spread });
    if (isFull) this.#top.pop();
  }

  list(): RowList {
    return { count: this.#count, rowIds: this.#top.map(({ id }) => id) };
  }
}

/** One scorer's results for a row. */
export interface RowOutcome {
  /** Scored answers. */
  readonly scored: number;
  /** Of those, answers that pass. */
  readonly passed: number;
  /** Answers that do not pass and were cut off at a token limit. */
  readonly cut: number;
  /** The largest difference between the means of two variants, from 0. */
  readonly spread: number;
  /** True if repeats of one variant are scored differently. */
  readonly disagrees: boolean;
}

/** Collects the rows that deserve a look: counts, and a few ids. */
export class NotableRowKeeper {
  readonly #separating = new WidestRows();
  readonly #allFailed = new FirstRows();
  readonly #cutOff = new FirstRows();
  readonly #disagreeing = new FirstRows();

  add(id: string, { scored, passed, cut, spread, disagrees }: RowOutcome): void {
    if (spread > ROUNDING) this.#separating.add(id, spread);
    // The complete answer might have passed, so the row is not known to be hard.
    if (scored > 0 && passed === 0) (cut === 0 ? this.#allFailed : this.#cutOff).add(id);
    if (disagrees) this.#disagreeing.add(id);
  }

  rows(): NotableRows {
    return {
      separating: this.#separating.list(),
      allFailed: this.#allFailed.list(),
      cutOff: this.#cutOff.list(),
      disagreeing: this.#disagreeing.list(),
    };
  }
}
