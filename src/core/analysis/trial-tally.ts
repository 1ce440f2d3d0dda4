import { divideRounded, formatDecimal, type Picounits } from '../money.ts';
import { DurationHistogram } from '../stats/histogram.ts';
import type { CostTotal } from '../totals.ts';
import type { AnalysedTrial } from './input.ts';

/** Cost of one variant's answers. */
interface AnswerCosts {
  /** The exact sum over answers of known cost. */
  readonly total: Picounits;
  /** Number of answers of known cost, above 0. */
  readonly answers: number;
  readonly currency: string;
}

/** The cost of this many answers, from their costs so far. */
export function costOf({ total, answers, currency }: AnswerCosts, count: number): CostTotal {
  return { total: formatDecimal(divideRounded(total * BigInt(count), BigInt(answers))), currency };
}

/**
 * Sums one variant's trials, without their scores. Answers count at their cost without a cache, because that is what
 * matters for choosing a variant; the summary has the run's actual spending.
 */
export class TrialTally {
  completed = 0;
  errored = 0;
  skipped = 0;
  /** Answers that were cut off at a token limit. */
  cut = 0;
  #known = 0;
  #total = 0n;
  #currency: string | null = null;
  #isMixed = false;
  readonly #latencies = new DurationHistogram();

  add({ status, isCached, isCut, latencyMs, cost }: AnalysedTrial): void {
    this[status] += 1;
    if (status !== 'completed') return;
    if (isCut) this.cut += 1;
    if (!isCached && latencyMs !== null) this.#latencies.add(latencyMs);
    if (cost === null) return;
    this.#currency ??= cost.currency;
    // Compared once per trial: amounts of different currencies are never added.
    if (cost.currency !== this.#currency) this.#isMixed = true;
    else this.#total += cost.amount;
    this.#known += 1;
  }

  /** null if no cost is known, or answers were paid in several currencies. */
  costs(): AnswerCosts | null {
    if (this.#currency === null || this.#isMixed) return null;
    return { total: this.#total, answers: this.#known, currency: this.#currency };
  }

  /** True if answers were paid in several currencies, which are never added. */
  get isMixed(): boolean {
    return this.#isMixed;
  }

  /** Answers of unknown cost. */
  get unknownCosts(): number {
    return this.completed - this.#known;
  }

  /** null if every answer came from the cache. */
  latencyP95Ms(): number | null {
    return this.#latencies.quantile(0.95);
  }
}
