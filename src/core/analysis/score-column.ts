import { type GrowingNumbers, growingFloats, growingUints } from '../growing-numbers.ts';
import { passAtK, passHatK } from '../stats/pass-at-k.ts';
import type { PassAtK } from './analysis.ts';

/** One scorer's results for one variant's answers to a row. */
export interface Cell {
  /** Sum of the scored answers' scores. */
  readonly sum: number;
  readonly scored: number;
  readonly passed: number;
}

/** One scorer's scores of one variant: one number for each row, the mean over its repeats, and running sums. */
export class ScoreColumn {
  /** NaN if a row has no scored answer. */
  readonly #means = growingFloats();
  /** Scored answers beyond the first; null as long as no row has any. */
  #more: GrowingNumbers<Uint32Array> | null = null;
  /** Rows by scored answers `n` and passed ones `c`, at `n (n + 1) / 2 + c`. */
  readonly #outcomes: number[] = [];
  #scored = 0;
  #passed = 0;
  #repeats = 0;
  unscored = 0;
  isPassFail = true;

  /** Adds a row. */
  push({ sum, scored, passed }: Cell): void {
    const row = this.#means.length;
    this.#means.push(scored === 0 ? Number.NaN : sum / scored);
    this.#scored += scored;
    this.#passed += passed;
    this.#repeats = Math.max(this.#repeats, scored);
    if (scored > 1 && this.#more === null) {
      this.#more = growingUints();
      this.#more.padTo(row);
    }
    this.#more?.push(Math.max(0, scored - 1));
    const at = (scored * (scored + 1)) / 2 + passed;
    while (this.#outcomes.length <= at) this.#outcomes.push(0);
    this.#outcomes[at] = (this.#outcomes[at] ?? 0) + 1;
  }

  /** Scored answers. */
  get scored(): number {
    return this.#scored;
  }

  /** Answers that reach the scorer's threshold. */
  get passed(): number {
    return this.#passed;
  }

  /** Maximum number of scored answers of a row. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Each row's mean, NaN if it has none; the array may be longer than the number of rows. */
  means(): Float64Array {
    return this.#means.values();
  }

  /** Number of a row's scored answers, if its mean is not NaN. */
  answersOf(row: number): number {
    return this.#more === null ? 1 : (this.#more.values()[row] ?? 0) + 1;
  }

  /** Results for k attempts per row, over the rows that have them. @param k from 1 */
  passAtK(k: number): PassAtK {
    let [rows, any, all] = [0, 0, 0];
    for (let scored = k; scored <= this.#repeats; scored++) {
      for (let passed = 0; passed <= scored; passed++) {
        const count = this.#outcomes[(scored * (scored + 1)) / 2 + passed] ?? 0;
        rows += count;
        any += count * (passAtK(scored, passed, k) ?? 0);
        all += count * (passHatK(scored, passed, k) ?? 0);
      }
    }
    return { k, rows, any: rows === 0 ? null : any / rows, all: rows === 0 ? null : all / rows };
  }
}
