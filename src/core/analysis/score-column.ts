import { type GrowingNumbers, growingFloats, growingUints } from '../growing-numbers.ts';
import { passAtK, passHatK } from '../stats/pass-at-k.ts';
import type { PassAtK } from './analysis.ts';

/** What one scorer made of one variant's answers to a row. */
export interface Cell {
  /** Sum of the judged answers' scores. */
  readonly sum: number;
  readonly judged: number;
  readonly passed: number;
}

/**
 * One scorer's scores of one variant: a number for each row, which is the mean over its repeats, and what can be added
 * up as rows come.
 */
export class ScoreColumn {
  /** NaN where a row has no judged answer. */
  readonly #means = growingFloats();
  /** Judged answers beyond the first; null while no row has any. */
  #more: GrowingNumbers<Uint32Array> | null = null;
  /** Rows by judged answers `n` and passed ones `c`, at `n (n + 1) / 2 + c`. */
  readonly #outcomes: number[] = [];
  #judged = 0;
  #passed = 0;
  #repeats = 0;
  unjudged = 0;
  isPassFail = true;

  /** Adds a row. */
  push({ sum, judged, passed }: Cell): void {
    const row = this.#means.length;
    this.#means.push(judged === 0 ? Number.NaN : sum / judged);
    this.#judged += judged;
    this.#passed += passed;
    this.#repeats = Math.max(this.#repeats, judged);
    if (judged > 1 && this.#more === null) {
      this.#more = growingUints();
      this.#more.padTo(row);
    }
    this.#more?.push(Math.max(0, judged - 1));
    const at = (judged * (judged + 1)) / 2 + passed;
    while (this.#outcomes.length <= at) this.#outcomes.push(0);
    this.#outcomes[at] = (this.#outcomes[at] ?? 0) + 1;
  }

  /** Judged answers. */
  get judged(): number {
    return this.#judged;
  }

  /** Answers that reach the scorer's threshold. */
  get passed(): number {
    return this.#passed;
  }

  /** Most judged answers of a row. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Each row's mean, NaN where it has none; the array may be longer than there are rows. */
  means(): Float64Array {
    return this.#means.values();
  }

  /** A row's judged answers, where its mean is not NaN. */
  answersOf(row: number): number {
    return this.#more === null ? 1 : (this.#more.values()[row] ?? 0) + 1;
  }

  /** What comes of asking each row k times, over the rows that were. @param k from 1 */
  passAtK(k: number): PassAtK {
    let [rows, any, all] = [0, 0, 0];
    for (let judged = k; judged <= this.#repeats; judged++) {
      for (let passed = 0; passed <= judged; passed++) {
        const count = this.#outcomes[(judged * (judged + 1)) / 2 + passed] ?? 0;
        rows += count;
        any += count * (passAtK(judged, passed, k) ?? 0);
        all += count * (passHatK(judged, passed, k) ?? 0);
      }
    }
    return { k, rows, any: rows === 0 ? null : any / rows, all: rows === 0 ? null : all / rows };
  }
}
