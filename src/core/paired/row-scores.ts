import { growingFloats } from '../growing-numbers.ts';
import type { ScoredRows } from './pair-scan.ts';

/** One scorer's scores of one variant, with rows in any order: sums over a row's repeats. */
export class RowScores implements ScoredRows {
  readonly #scored = growingFloats();
  readonly #sum = growingFloats();
  readonly #passed = growingFloats();
  #repeats = 0;
  #isPassFail = true;
  #means: Float64Array | null = null;

  /** Adds a scored answer. @param row its index, from 0; @param hasPassed whether it reaches the scorer's threshold */
  add(row: number, value: number, hasPassed: boolean): void {
    this.#scored.add(row, 1);
    this.#sum.add(row, value);
    if (hasPassed) this.#passed.add(row, 1);
    if (value !== 0 && value !== 1) this.#isPassFail = false;
    this.#repeats = Math.max(this.#repeats, this.#scored.at(row));
    this.#means = null;
  }

  /** True if every score is 0 or 1. */
  get isPassFail(): boolean {
    return this.#isPassFail;
  }

  get repeats(): number {
    return this.#repeats;
  }

  answersOf(row: number): number {
    return this.#scored.at(row);
  }

  means(): Float64Array {
    this.#means ??= Float64Array.from({ length: this.#scored.length }, (_, row) => this.mean(row) ?? Number.NaN);
    return this.#means;
  }

  /** The row's mean score; null if no answer could be scored. */
  mean(row: number): number | null {
    const scored = this.#scored.at(row);
    return scored === 0 ? null : this.#sum.at(row) / scored;
  }

  /** Share of the row's scored answers that passed; 0 if none was scored. */
  passedShare(row: number): number {
    const scored = this.#scored.at(row);
    return scored === 0 ? 0 : this.#passed.at(row) / scored;
  }
}
