import { reachesThreshold } from './columns.ts';
import type { OrderEffect, Score } from './scorer.ts';
import { type Agreement, agreement } from './stats/kappa.ts';
import type { Interval } from './stats/wilson.ts';

/** Maximum number of different reasons shown; others are counted together. */
const MAX_REASONS = 10;
const OTHER_REASONS = 'other reasons';

/** Why answers could not be scored, with counts. */
export interface UnscoredReason {
  readonly reason: string;
  readonly n: number;
}

/** A scorer's figures for one variant, with their denominators. */
export interface ScoreSummary {
  readonly name: string;
  /** Answers that could be scored: the denominator of `mean`, `passed` and `interval`. */
  readonly n: number;
  /** Answers that could not be scored; no figure includes them. */
  readonly unjudged: number;
  /** Reasons, the first ten seen; absent if all could be scored. */
  readonly unjudgedReasons?: readonly UnscoredReason[] | undefined;
  /** Trials without an answer, which are not scored. */
  readonly errored: number;
  /** Answers to rows to which the scorer does not apply. */
  readonly notAsked: number;
  /** From 0 to 1; null if nothing could be scored. */
  readonly mean: number | null;
  /** Answers that reach the scorer's threshold. */
  readonly passed: number;
  /** Of 95 %, from the run's analysis; null for a single row, and without an analysis. */
  readonly interval: Interval | null;
  /** Agreement of pass/fail verdicts with human ones; absent if no answer has both, and for scorers without a model. */
  readonly agreement?: Agreement | undefined;
  /** Answers compared in both orders, by the effect of the order; absent if none were compared. */
  readonly orderEffects?: Readonly<Record<OrderEffect, number>> | undefined;
}

/** Trials of a variant by outcome, as far as scores depend on it. */
interface AnswerCounts {
  readonly completed: number;
  readonly errored: number;
}

/** Sums one scorer's scores of one variant. */
export class ScoreTally {
  #n = 0;
  #unscored = 0;
  #sum = 0;
  #passed = 0;
  readonly #reasons = new Map<string, number>();
  readonly #labelled = { bothPass: 0, onlyFirst: 0, onlySecond: 0, bothFail: 0 };
  readonly #orderEffects = { none: 0, first: 0, second: 0 };
  readonly #isCompared: boolean;

  /** @param isCompared true compares it with people even if no model is called for it */
  constructor(isCompared = false) {
    this.#isCompared = isCompared;
  }

  /** @param label the human verdict on the answer; null if there is none */
  add(score: Score, label: boolean | null = null): void {
    const { value } = score;
    if (value === null) {
      this.#unscored += 1;
      this.#addReason(score.explanation ?? 'no reason given');
      return;
    }
    this.#n += 1;
    this.#sum += value;
    const hasPassed = reachesThreshold(score);
    if (hasPassed) this.#passed += 1;
    if (score.orderEffect !== undefined) this.#orderEffects[score.orderEffect] += 1;
    if (label !== null && (this.#isCompared || score.asked !== undefined)) this.#addLabelled(hasPassed, label);
  }

  #addLabelled(hasPassed: boolean, label: boolean): void {
    if (hasPassed) this.#labelled[label ? 'bothPass' : 'onlyFirst'] += 1;
    else this.#labelled[label ? 'onlySecond' : 'bothFail'] += 1;
  }

  #addReason(reason: string): void {
    const isKnown = this.#reasons.has(reason) || this.#reasons.size < MAX_REASONS;
    const key = isKnown ? reason : OTHER_REASONS;
    this.#reasons.set(key, (this.#reasons.get(key) ?? 0) + 1);
  }

  /**
   * The figures so far.
   * @param answers the variant's trials, including those to which no scorer applied; @param interval of the mean
   */
  summary(name: string, { completed, errored }: AnswerCounts, interval: Interval | null): ScoreSummary {
    const [n, unscored, sum] = [this.#n, this.#unscored, this.#sum];
    const reasons = [...this.#reasons].map(([reason, count]) => ({ reason, n: count }));
    return {
      name,
      n,
      unjudged: unscored,
      ...(reasons.length === 0 ? {} : { unjudgedReasons: reasons }),
      errored,
      notAsked: completed - n - unscored,
      mean: n === 0 ? null : sum / n,
      passed: this.#passed,
      interval,
      ...this.#judgeFigures(),
    };
  }

  #judgeFigures(): Pick<ScoreSummary, 'agreement' | 'orderEffects'> {
    const isLabelled = Object.values(this.#labelled).some((count) => count > 0);
    const isCompared = Object.values(this.#orderEffects).some((count) => count > 0);
    return {
      ...(isLabelled ? { agreement: agreement(this.#labelled) } : {}),
      ...(isCompared ? { orderEffects: { ...this.#orderEffects } } : {}),
    };
  }
}

/** A variant's scores in one figure. */
export interface WeightedSummary {
  /** Answers with at least one score of a weight above 0: the denominator of `mean`. */
  readonly n: number;
  /** From 0 to 1; null if nothing could be scored. */
  readonly mean: number | null;
}

/** Weight of each scorer by name; a missing name has weight 1. */
export type Weights = ReadonlyMap<string, number>;

/**
 * The mean of answers' weighted scores. An answer's own is the weighted mean of its existing scores, so a scorer that
 * could not score it has no effect.
 */
export class WeightedTally {
  readonly #weights: Weights;
  #n = 0;
  #sum = 0;

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  add(scores: readonly Score[]): void {
    let [sum, whole] = [0, 0];
    for (const { name, value } of scores) {
      if (value === null) continue;
      const weight = this.#weights.get(name) ?? 1;
      sum += weight * value;
      whole += weight;
    }
    if (whole === 0) return;
    this.#n += 1;
    this.#sum += sum / whole;
  }

  summary(): WeightedSummary {
    return { n: this.#n, mean: this.#n === 0 ? null : this.#sum / this.#n };
  }
}
