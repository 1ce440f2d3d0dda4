import type { VariantName } from '../../core/comparison.ts';
import { growingFloats } from '../../core/growing-numbers.ts';
import type { Measure } from '../../core/measure.ts';
import { RowScores } from '../../core/paired/row-scores.ts';
import type { ComparedTrial } from '../../store/compared-trial.ts';

/** Number of repeats that are distinguished, to find duplicate trials. */
const MOST_REPEATS = 52;

/** Sums of trial measures over the repeats of a row, parallel to the rows. */
class MeasureSums {
  readonly known = growingFloats();
  readonly sum = growingFloats();

  add(row: number, value: number | null): void {
    if (value === null) return;
    this.known.add(row, 1);
    this.sum.add(row, value);
  }

  /** The mean over a row's repeats; null if none is known. */
  mean(row: number): number | null {
    const known = this.known.at(row);
    return known === 0 ? null : this.sum.at(row) / known;
  }
}

/** A trial with what is known of it beside its record. */
interface PlacedTrial {
  readonly trial: ComparedTrial;
  /** Whether it passes by each compared scorer; false without a score. */
  readonly passes: readonly boolean[];
  readonly locator: number;
}

/** The trials of one variant, as a few numbers per row, summed over its repeats. */
export class VariantTrials {
  readonly name: VariantName;
  readonly scores: readonly RowScores[];
  readonly cost = new MeasureSums();
  readonly tokens = new MeasureSums();
  readonly latency = new MeasureSums();
  readonly completed = growingFloats();
  readonly errored = growingFloats();
  /** Answers from the response cache. */
  readonly cached = growingFloats();
  /** Trials in which every score reached its threshold. */
  readonly passed = growingFloats();
  /** One more than the locator of the row's first repeat; 0 if the row has none. */
  readonly #locators = growingFloats();
  readonly #firstRepeats = growingFloats();
  /** Sum of the answers' digests by their repeats. */
  readonly #answers = growingFloats();
  readonly #repeats = growingFloats();
  readonly errors = new Map<string, number>();
  readonly currencies = new Set<string>();
  trials = 0;
  skipped = 0;

  /** @param scorers number of compared scorers */
  constructor(name: VariantName, scorers: number) {
    this.name = name;
    this.scores = Array.from({ length: scorers }, () => new RowScores());
  }

  /** Adds a trial of a row. @returns false if the row's repeat was added before */
  add(row: number, { trial, passes, locator }: PlacedTrial): boolean {
    if (!this.#note(row, trial.repeat)) return false;
    this.trials += 1;
    const known = this.#locators.at(row) !== 0;
    if (!known || trial.repeat < this.#firstRepeats.at(row)) {
      this.#locators.set(row, locator + 1);
      this.#firstRepeats.set(row, trial.repeat);
    }
    if (trial.status === 'completed') this.#addAnswer(row, trial, passes);
    else if (trial.status === 'errored') this.#addError(row, trial.errorCode ?? 'unknown');
    else this.skipped += 1;
    return true;
  }

  #addAnswer(row: number, trial: ComparedTrial, passes: PlacedTrial['passes']): void {
    this.completed.add(row, 1);
    if (trial.isCached) this.cached.add(row, 1);
    if (trial.passed === true) this.passed.add(row, 1);
    // Each repeat has its own weight, so that swapped answers do not count as equal.
    this.#answers.add(row, (trial.answer % 2 ** 40) * (1 + (trial.repeat % 4096)));
    this.cost.add(row, trial.cost);
    this.tokens.add(row, trial.tokens);
    this.latency.add(row, trial.latencyMs);
    if (trial.cost !== null && trial.currency !== null) this.currencies.add(trial.currency);
    for (let index = 0; index < this.scores.length; index++) {
      const value = trial.scores[index] ?? null;
      if (value !== null) this.scores[index]?.add(row, value, passes[index] === true);
    }
  }

  #addError(row: number, code: string): void {
    this.errored.add(row, 1);
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  #note(row: number, repeat: number): boolean {
    if (repeat > MOST_REPEATS) return true;
    const seen = this.#repeats.at(row);
    const bit = 2 ** (repeat - 1);
    if (Math.floor(seen / bit) % 2 === 1) return false;
    this.#repeats.set(row, seen + bit);
    return true;
  }

  /** True if the row has a trial, whatever its result. */
  has(row: number): boolean {
    return this.#locators.at(row) !== 0;
  }

  /** Locator of the row's first repeat; null if the row has no trial. */
  locator(row: number): number | null {
    const locator = this.#locators.at(row);
    return locator === 0 ? null : locator - 1;
  }

  /**
   * True if some answer of the row has no such value. A cached answer has no cost and no latency of its own, which is
   * not unknown.
   */
  lacks(row: number, measure: Measure): boolean {
    const cached = measure === 'tokens' ? 0 : this.cached.at(row);
    return this[measure].known.at(row) + cached < this.completed.at(row);
  }

  /** The row's mean score; null if no answer could be scored. */
  score(row: number, scorer: number): number | null {
    return this.scores[scorer]?.mean(row) ?? null;
  }

  /** Share of the row's scored answers that passed by a scorer; 0 if none was scored. */
  passedShare(row: number, scorer: number): number {
    return this.scores[scorer]?.passedShare(row) ?? 0;
  }

  /** True if all answers of a row have the same texts on both sides. */
  hasSameAnswers(other: VariantTrials, row: number): boolean {
    const isComplete = this.completed.at(row) > 0 && this.completed.at(row) === other.completed.at(row);
    return isComplete && this.#answers.at(row) === other.#answers.at(row);
  }
}
