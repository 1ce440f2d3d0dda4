import { divideRounded, formatDecimal, type Picounits } from '../money.ts';
import { DurationHistogram } from '../stats/histogram.ts';
import type { CostTotal } from '../totals.ts';
import type { AnalysedTrial } from './input.ts';

/** What answers of one variant cost. */
interface AnswerCosts {
  /** The exact sum over answers whose cost is known. */
  readonly total: Picounits;
  /** Answers whose cost is known, above 0. */
  readonly answers: number;
  readonly currency: string;
}

/** The cost of so many answers, by what answers cost. */
export function costOf({ total, answers, currency }: AnswerCosts, count: number): CostTotal {
  return { total: formatDecimal(divideRounded(total * BigInt(count), BigInt(answers))), currency };
}

/**
 * Adds up what came of one variant's trials, but for their scores. Answers count at what they cost without a cache, for
 * that is what a variant is chosen by; what a run paid is in its summary.
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
    if (!isCached) this.#latencies.add(latencyMs);
    if (cost === null) return;
    this.#currency ??= cost.currency;
    // Compared once a trial: amounts of different currencies are never added.
    if (cost.currency !== this.#currency) this.#isMixed = true;
    else this.#total += cost.amount;
    this.#known += 1;
  }

  /** null where no cost is known, or answers were paid in several currencies. */
  costs(): AnswerCosts | null {
    if (this.#currency === null || this.#isMixed) return null;
    return { total: this.#total, answers: this.#known, currency: this.#currency };
  }

  /** True where answers were paid in several currencies, which are never added. */
  get isMixed(): boolean {
    return this.#isMixed;
  }

  /** Answers whose cost is not known. */
  get unknownCosts(): number {
    return this.completed - this.#known;
  }

  /** null where no answer was waited for. */
  latencyP95Ms(): number | null {
    return this.#latencies.quantile(0.95);
  }
}
