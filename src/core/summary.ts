import type { Result } from './result.ts';
import type { Score } from './scorer.ts';
import { DurationHistogram } from './stats/histogram.ts';
import { type Interval, wilsonInterval } from './stats/wilson.ts';
import { Tally, type Totals } from './totals.ts';
import type { Variant } from './variant.ts';

/** A scorer's figures for one variant, with what they are out of. */
export interface ScoreSummary {
  readonly name: string;
  /** Answers that could be judged: the denominator of `mean`. */
  readonly n: number;
  /** Answers that could not be judged; they are in no figure. */
  readonly unjudged: number;
  /** From 0 to 1; null where nothing could be judged. */
  readonly mean: number | null;
  /** Wilson interval of 95 % where every score is 0 or 1, else null. */
  readonly interval: Interval | null;
}

/** Latency percentiles of completed, uncached trials, in milliseconds; null where there are none. */
export interface LatencySummary {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** One variant's figures. */
export interface VariantSummary extends Totals {
  readonly prompt: string;
  readonly provider: string;
  readonly model: string;
  readonly temperature: number | null;
  /** Trials with a result. */
  readonly n: number;
  readonly latencyMs: LatencySummary;
  readonly scores: readonly ScoreSummary[];
}

class ScoreTally {
  #n = 0;
  #unjudged = 0;
  #sum = 0;
  #isBinary = true;

  add(value: number | null): void {
    if (value === null) {
      this.#unjudged += 1;
      return;
    }
    this.#n += 1;
    this.#sum += value;
    this.#isBinary &&= value === 0 || value === 1;
  }

  summary(name: string): ScoreSummary {
    const [n, sum] = [this.#n, this.#sum];
    return {
      name,
      n,
      unjudged: this.#unjudged,
      mean: n === 0 ? null : sum / n,
      interval: this.#isBinary ? wilsonInterval(sum, n) : null,
    };
  }
}

class VariantTally {
  readonly #variant: Variant;
  readonly #tally = new Tally();
  readonly #latencies = new DurationHistogram();
  readonly #scores: ReadonlyMap<string, ScoreTally>;

  constructor(variant: Variant, scorers: readonly string[]) {
    this.#variant = variant;
    this.#scores = new Map(scorers.map((name) => [name, new ScoreTally()]));
  }

  add(result: Result, scores: readonly Score[]): void {
    this.#tally.add(result);
    if (result.status === 'completed' && !result.cached) this.#latencies.add(result.latencyMs);
    for (const { name, value } of scores) this.#scores.get(name)?.add(value);
  }

  summary(): VariantSummary {
    const { prompt, model, temperature } = this.#variant;
    const totals = this.#tally.totals();
    const [p50, p90, p95, p99] = [0.5, 0.9, 0.95, 0.99].map((share) => this.#latencies.quantile(share));
    return {
      ...{ prompt: prompt.name, provider: model.provider, model: model.model, temperature },
      n: totals.completed + totals.errored + totals.skipped,
      ...totals,
      latencyMs: { p50: p50 ?? null, p90: p90 ?? null, p95: p95 ?? null, p99: p99 ?? null },
      scores: [...this.#scores].map(([name, scores]) => scores.summary(name)),
    };
  }
}

/** What a run came to. */
export interface Summary {
  readonly total: Totals;
  /** In plan order. */
  readonly variants: readonly VariantSummary[];
}

/** Folds results into a summary, one at a time. */
export class Summarizer {
  readonly #total = new Tally();
  readonly #variants: readonly VariantTally[];

  /** @param scorers names of the run's scorers */
  constructor(variants: readonly Variant[], scorers: readonly string[]) {
    this.#variants = variants.map((variant) => new VariantTally(variant, scorers));
  }

  /** @param variant the result's variant's place in the grid */
  add(variant: number, result: Result, scores: readonly Score[]): void {
    this.#total.add(result);
    this.#variants[variant]?.add(result, scores);
  }

  summary(): Summary {
    return { total: this.#total.totals(), variants: this.#variants.map((variant) => variant.summary()) };
  }
}
