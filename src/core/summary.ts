import { type ErrorCount, type ErroredTrial, ErrorTally } from './error-tally.ts';
import { isNothing, type Paid, paidBesides, spentOf, sumOf } from './paid.ts';
import type { ErroredResult, Result } from './result.ts';
import { type ScoreSummary, ScoreTally, type WeightedSummary, WeightedTally, type Weights } from './score-summary.ts';
import type { Score } from './scorer.ts';
import { DurationHistogram } from './stats/histogram.ts';
import type { Interval } from './stats/wilson.ts';
import { type CostTotal, Tally, type Totals, type Unreported, type WastedCalls } from './totals.ts';
import type { NamedVariant } from './variant.ts';

export type { ScoreSummary } from './score-summary.ts';

/** Latency percentiles of completed, uncached trials, in milliseconds; null if there are none. */
interface LatencySummary {
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
  /** The model's label in the run; absent if it has none. */
  readonly label?: string | undefined;
  readonly temperature: number | null;
  /** Trials with a result. */
  readonly n: number;
  readonly latencyMs: LatencySummary;
  readonly scores: readonly ScoreSummary[];
  /** All scores in one figure; absent if no scorer was given a weight. */
  readonly weightedScore?: WeightedSummary | undefined;
  /**
   * Requests to judges about its answers, one trial per request; no other figure here includes them. Absent if there
   * were none.
   */
  readonly judge?: Totals | undefined;
}

/** Name of the score that people gave to single answers. */
export const LABEL_SCORE = 'label';

/** Sums one variant's results and their costs. */
class VariantTally {
  readonly #variant: NamedVariant;
  readonly #tally = new Tally();
  readonly #latencies = new DurationHistogram();
  readonly #scores: ReadonlyMap<string, ScoreTally>;
  readonly #weighted: WeightedTally | null;
  readonly #judge = new JudgeTally();

  constructor(variant: NamedVariant, scorers: readonly string[], weights: Weights, hasLabels: boolean) {
    this.#variant = variant;
    this.#scores = new Map(scorers.map((name) => [name, new ScoreTally(hasLabels && name !== LABEL_SCORE)]));
    this.#weighted = weights.size === 0 ? null : new WeightedTally(weights);
  }

  add(result: Result, scores: readonly Score[], label: boolean | null): void {
    this.#tally.add(result);
    if (result.status === 'completed' && !result.cached && result.latencyMs !== null) {
      this.#latencies.add(result.latencyMs);
    }
    for (const score of scores) this.#scores.get(score.name)?.add(score, label);
    this.#weighted?.add(scores);
    this.#judge.add(scores);
  }

  summary(intervalOf: (scorer: string) => Interval | null): VariantSummary {
    const { prompt, model, label, temperature } = this.#variant;
    const totals = this.#tally.totals();
    const [p50, p90, p95, p99] = [0.5, 0.9, 0.95, 0.99].map((share) => this.#latencies.quantile(share));
    return {
      prompt: prompt.name,
      provider: model.provider,
      model: model.model,
      ...(label === undefined ? {} : { label }),
      temperature,
      n: totals.completed + totals.errored + totals.skipped,
      ...totals,
      latencyMs: { p50: p50 ?? null, p90: p90 ?? null, p95: p95 ?? null, p99: p99 ?? null },
      scores: [...this.#scores].map(([name, scores]) => scores.summary(name, totals, intervalOf(name))),
      ...(this.#weighted === null ? {} : { weightedScore: this.#weighted.summary() }),
      ...this.#judge.summary(),
    };
  }
}

/** Sums the requests to judges. */
class JudgeTally {
  readonly #tally = new Tally();
  #isEmpty = true;

  add(scores: readonly Score[]): void {
    for (const { asked = [] } of scores) {
      for (const result of asked) {
        this.#isEmpty = false;
        this.#tally.add(result);
      }
    }
  }

  /** They make no judge of their own: what is shown of judges is about their verdicts. */
  addWasted(wasted: WastedCalls): void {
    this.#tally.addWasted(wasted);
  }

  /** What they cost so far. */
  get paid(): Paid {
    return spentOf(this.#tally.totals());
  }

  summary(): { readonly judge?: Totals } {
    return this.#isEmpty ? {} : { judge: this.#tally.totals() };
  }
}

/** Requests to judges, one trial per request. */
export interface JudgeSummary extends Totals {
  /** Why requests failed, the most frequent reason first. */
  readonly errors: readonly ErrorCount[];
}

/** Results of a run that are not part of it any more: of other rows, prompts or judges than it has now. */
export interface UnusedResults {
  readonly results: number;
  /** Paid for them; in no other figure. */
  readonly costs: readonly CostTotal[];
  /** Answers among them whose cost is unknown, which `costs` leaves out. */
  readonly unknownCosts: number;
  /** The part of judges, also included in the others; absent if there is none. */
  readonly judge?: Paid | undefined;
}

/** All results of a run's journal, in use or not. */
export interface JournalSums {
  readonly results: number;
  /** Paid for those of trials of the grid, and for failed calls. */
  readonly trials: Paid;
  /** The same of requests to judges. */
  readonly judges: Paid;
}

/** The outcome of a run. */
export interface Summary {
  /**
   * The spending of judges is in its tokens, costs and calls, and not in those of the variants. Neither are calls whose
   * result was replaced, or that have none.
   */
  readonly total: Totals;
  /** Absent if nothing was paid for any. */
  readonly unused?: UnusedResults | undefined;
  /**
   * Results that the run had and its journal has lost. Their costs are among the unknown ones of the total, and they are
   * in no other figure. Absent for none.
   */
  readonly lostResults?: number | undefined;
  /** Why trials of the grid errored, the most frequent reason first; the counts add up to `total.errored`. */
  readonly errors: readonly ErrorCount[];
  /** Absent if no judge was used. */
  readonly judge?: JudgeSummary | undefined;
  /** In plan order. */
  readonly variants: readonly VariantSummary[];
}

/** Results that are in the folder and were not added up. */
export interface KeptResults {
  /** Trials of the run that have one. */
  readonly results: number;
  /** What all calls of the run cost, failed ones and those of judges included; null if it could not be read. */
  readonly costs: readonly CostTotal[] | null;
  /** Answers of unknown cost, which `costs` leaves out; null likewise. */
  readonly unknownCosts: number | null;
  /** Results that the run's journal has lost; absent for none. */
  readonly lostResults?: number | undefined;
}

/** The interval of a variant's mean score. @param variant its index in the grid */
type IntervalOf = (variant: number, scorer: string) => Interval | null;

/** Folds results into a summary, one at a time. */
export class Summarizer {
  readonly #total = new Tally();
  readonly #errors = new ErrorTally();
  readonly #judge = new JudgeTally();
  readonly #judgeErrors = new ErrorTally();
  readonly #variants: readonly VariantTally[];
  #results = 0;
  #unused: UnusedResults | null = null;
  #lostResults = 0;

  /**
   * @param scorers names of the run's scorers
   * @param weights of scorers that were given one; without any there is no weighted score
   * @param hasLabels true if people judged answers one by one: then every scorer is compared with them, not only judges
   */
  constructor(
    variants: readonly NamedVariant[],
    scorers: readonly string[],
    weights: Weights = new Map(),
    hasLabels = false,
  ) {
    this.#variants = variants.map((variant) => new VariantTally(variant, scorers, weights, hasLabels));
  }

  /**
   * @param variant index of the result's variant in the grid
   * @param label the human verdict on the answer: good or not; null if there is none
   */
  add(variant: number, result: Result, scores: readonly Score[], label: boolean | null = null): void {
    this.#results += 1;
    this.#total.add(result);
    if (result.status === 'errored') this.#errors.add(erroredTrial(variant, result));
    for (const { asked = [] } of scores) for (const question of asked) this.#addQuestion(variant, question);
    this.#judge.add(scores);
    this.#variants[variant]?.add(result, scores, label);
  }

  #addQuestion(variant: number, question: Result): void {
    this.#results += 1;
    this.#total.addSpent(question);
    if (question.status === 'errored') this.#judgeErrors.add(erroredTrial(variant, question));
  }

  /** Number of results so far, including those of judges. */
  get results(): number {
    return this.#results;
  }

  /** Adds calls that no result reports. */
  addUnreported({ trials, judges }: Unreported): void {
    this.#total.addWasted(trials);
    this.#total.addWasted(judges);
    this.#judge.addWasted(judges);
  }

  /**
   * Notes what the journal holds: what is neither a result that was added nor replaced is not part of the run any more.
   * Calls that have no result in the journal must be added afterwards.
   */
  noteJournal({ results, trials, judges }: JournalSums): void {
    const unused = paidBesides(sumOf([trials, judges]), [spentOf(this.#total.totals())]);
    const judge = paidBesides(judges, [this.#judge.paid]);
    if (isNothing(unused)) return;
    this.#unused = { results: results - this.#results, ...unused, ...(isNothing(judge) ? {} : { judge }) };
  }

  /** Adds results that the journal has lost. */
  addLost(results: number): void {
    this.#lostResults += results;
    this.#total.addLost(results);
  }

  /** @param intervalOf a score's interval, which needs an analysis: it has rows, their repeats and clusters */
  summary(intervalOf: IntervalOf = () => null): Summary {
    const { judge } = this.#judge.summary();
    return {
      total: this.#total.totals(),
      ...(this.#unused === null ? {} : { unused: this.#unused }),
      ...(this.#lostResults === 0 ? {} : { lostResults: this.#lostResults }),
      errors: this.#errors.counts(),
      ...(judge === undefined ? {} : { judge: { ...judge, errors: this.#judgeErrors.counts() } }),
      variants: this.#variants.map((variant, place) => variant.summary((scorer) => intervalOf(place, scorer))),
    };
  }
}

function erroredTrial(variant: number, { trialId, errorCode, errorMessage }: ErroredResult): ErroredTrial {
  return { variant, trialId, code: errorCode, message: errorMessage };
}
