import { reachesThreshold } from './columns.ts';
import type { OrderEffect, Score } from './scorer.ts';
import { type Agreement, agreement } from './stats/kappa.ts';
import type { Interval } from './stats/wilson.ts';

/** Most different reasons that are shown; others are counted together. */
const MAX_REASONS = 10;
const OTHER_REASONS = 'other reasons';

/** Why answers could not be scored, and how many. */
export interface UnscoredReason {
  readonly reason: string;
  readonly n: number;
}

/** A scorer's figures for one variant, with what they are out of. */
export interface ScoreSummary {
  readonly name: string;
  /** Answers that could be scored: the denominator of `mean`, `passed` and `interval`. */
  readonly n: number;
  /** Answers that could not be scored; they are in no figure. */
  readonly unjudged: number;
  /** Why not, the first ten reasons met; absent where all could be scored. */
  readonly unjudgedReasons?: readonly UnscoredReason[] | undefined;
  /** Trials without an answer, which no scorer is asked about. */
  readonly errored: number;
  /** Answers to rows that the scorer is not asked about. */
  readonly notAsked: number;
  /** From 0 to 1; null where nothing could be scored. */
  readonly mean: number | null;
  /** Answers that reach the scorer's threshold. */
  readonly passed: number;
  /** Of 95 %, the one of the run's analysis; null where one row cannot tell, and where nothing was analysed. */
  readonly interval: Interval | null;
  /** How a judge's verdicts, passed or not, agree with people's; absent where no answer has both. */
  readonly agreement?: Agreement | undefined;
  /** Answers that were compared in both orders, by what the order did; absent where none were compared. */
  readonly orderEffects?: Readonly<Record<OrderEffect, number>> | undefined;
}

/** Trials of a variant by what came of them, as far as scores depend on it. */
interface AnswerCounts {
  readonly completed: number;
  readonly errored: number;
}

/** Adds up one scorer's scores of one variant. */
export class ScoreTally {
  #n = 0;
  #unscored = 0;
  #sum = 0;
  #passed = 0;
  readonly #reasons = new Map<string, number>();
  readonly #labelled = { bothPass: 0, onlyFirst: 0, onlySecond: 0, bothFail: 0 };
  readonly #orderEffects = { none: 0, first: 0, second: 0 };

  /** @param label what a person says of the answer; null where nobody does */
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
    if (label !== null && score.asked !== undefined) this.#addLabelled(hasPassed, label);
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
   * @param answers the variant's trials, those that no scorer was asked about among them; @param interval of the mean
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
  /** From 0 to 1; null where nothing could be scored. */
  readonly mean: number | null;
}

/** What each scorer counts for, by its name; a name that is missing counts 1. */
export type Weights = ReadonlyMap<string, number>;

/**
 * The mean of answers' weighted scores. An answer's own is the weighted mean of those of its scores that could be
 * scored, so that a scorer that could not score it neither helps nor harms it.
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
