import type { LostCalls } from './billed.ts';
import { distinctModels } from './model-names.ts';
import type { Picounits } from './money.ts';
import type { Price } from './price.ts';
import type { ForecastMethod } from './stats/forecast.ts';

/**
 * A figure that is not known yet. The range from `low` to `high` contains it at the estimate's level; null if no range
 * can be given.
 */
export interface Range<Figure> {
  readonly low: Figure | null;
  readonly expected: Figure | null;
  readonly high: Figure | null;
  /** Its hard upper bound; null if there is none. */
  readonly ceiling: Figure | null;
}

/** Tokens, integers. */
export type TokenOutlook = Range<number>;

/** Money in one currency. */
export type CostRange = Range<Picounits>;

/** Prompt tokens; `isExact` if they are counted as the model counts them, or observed counts confirm that. */
export interface PromptTokens {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
  readonly isExact: boolean;
}

/** What one variant's trials will spend, including those that already have a result. */
export interface VariantEstimate {
  readonly prompt: string;
  readonly provider: string;
  readonly model: string;
  /** The model's label in the run; absent if it has none. */
  readonly label?: string | undefined;
  readonly temperature: number | null;
  readonly trials: number;
  /** Trials that already have a result. */
  readonly done: number;
  readonly promptTokens: PromptTokens;
  readonly completionTokens: TokenOutlook;
  readonly cost: CostRange;
  /** Part of `cost` that is already paid, as far as the answers' costs are known. */
  readonly paid: Picounits;
  /** ISO 4217 code; null if unknown. */
  readonly currency: string | null;
  /** null if the model's price is unknown. */
  readonly price: Price | null;
  /** Duration of its calls at the run's concurrency; null without any observed call. */
  readonly seconds: number | null;
  /**
   * The effect of runaway answers up to `max_tokens`; null if the range already covers them, or nothing limits answers.
   */
  readonly runOn: RunOnOutlook | null;
  /** Share of the observed completion tokens that were reasoning, from 0 to 1; null if none was reported. */
  readonly reasoningShare: number | null;
  /** Number of rows whose answers it is based on. */
  readonly seenRows: number;
  /** The basis of the forecast of completion tokens; null without any observed answer. */
  readonly method: ForecastMethod | null;
}

/** What a variant's range does not cover: a few runaway answers that are cut off, of which the pilot saw none. */
export interface RunOnOutlook {
  /** The maximum share of such rows that is plausible although the pilot saw none. */
  readonly share: number;
  /** All completion tokens with that share of runaway answers. */
  readonly completionTokens: number;
  /** Total cost; null if unknown. */
  readonly cost: Picounits | null;
}

/** Payments in one currency, over every variant whose price is known. */
export interface CurrencyEstimate {
  readonly currency: string;
  readonly cost: CostRange;
  /**
   * Part of `cost` that is already paid: for results in use, for those that were replaced or are not part of the run any
   * more, and for failed calls.
   */
  readonly paid: Picounits;
}

/** What a run will spend. */
export interface Estimate {
  /** Number of rows it covers. */
  readonly rows: number;
  readonly trials: number;
  readonly done: number;
  /** Share of such ranges that contain the true figure. */
  readonly level: number;
  readonly variants: readonly VariantEstimate[];
  readonly promptTokens: PromptTokens;
  readonly completionTokens: TokenOutlook;
  /** One for each currency: amounts of different currencies are never added. */
  readonly costs: readonly CurrencyEstimate[];
  /** Answers that are already paid, at a cost that is not known and which `paid` leaves out. */
  readonly unknownCosts: number;
  /**
   * Calls so far of which nobody knows whether they were billed, those to judges included: part of `high` and `ceiling`
   * of `costs`, at their most.
   */
  readonly lost: LostCalls;
  /** `costs` without batches, for a run in batches; absent for any other. */
  readonly liveCosts?: readonly CurrencyEstimate[] | undefined;
  /** Models without a price, by `distinctModels`: no cost includes them. */
  readonly unknownPrices: readonly string[];
  /** Duration of the run; null if some model has no observed call. */
  readonly seconds: number | null;
  /** Contains the duration at the estimate's level; null if some model has fewer than two observed calls. */
  readonly secondsRange: { readonly low: number; readonly high: number } | null;
  /** The duration due to rate limits alone; 0 if there are none. */
  readonly leastSeconds: number;
  /** Cost of judges, which no other figure here includes. null if no model is used as a judge. */
  readonly judges: JudgesEstimate | null;
}

/** Cost of models that judge, including those already called. */
export interface JudgesEstimate {
  /**
   * One for each currency. Without any observed verdict, only `low` is known: the cost of judging empty answers. No
   * ceiling is given.
   */
  readonly costs: readonly CurrencyEstimate[];
  /** Verdicts that are already paid, at a cost that is not known. */
  readonly unknownCosts: number;
  /** Judge models without a price, by `distinctModels`: no cost includes them. */
  readonly unknownPrices: readonly string[];
  /** Number of rows whose verdicts it is based on. */
  readonly seenRows: number;
  /** Share of such ranges that contain the true figure. */
  readonly level: number;
  /** Rows whose answers are not all judged yet. */
  readonly openRows: number;
}

/** What a run pays in each currency, including judges; a figure unknown in one part is unknown in the sum. */
export function costsWithJudges({ costs, judges }: Pick<Estimate, 'costs' | 'judges'>): readonly CurrencyEstimate[] {
  const sums = new Map(costs.map((part) => [part.currency, part]));
  for (const part of judges?.costs ?? []) {
    const { currency, cost, paid } = sums.get(part.currency) ?? { ...part, cost: NO_COST, paid: 0n };
    sums.set(currency, { currency, cost: addCosts(cost, part.cost), paid: paid + part.paid });
  }
  return [...sums.values()];
}

/** True if neither a price nor bills tell what a variant costs. */
export function isUnknownCost({ low, ceiling }: CostRange): boolean {
  return low === null && ceiling === null;
}

/**
 * Models without a price that are still to be called, those of judges included: no cost says what they will take.
 * @param own the variants that count, default all
 */
export function openUnknownPrices(
  { variants, judges }: Pick<Estimate, 'variants' | 'judges'>,
  own: Estimate['variants'] = variants,
): readonly string[] {
  const open = own.filter(({ done, trials, cost }) => done < trials && isUnknownCost(cost));
  const judging = judges === null || judges.openRows === 0 ? [] : judges.unknownPrices;
  return [...new Set([...distinctModels(open, variants), ...judging])];
}

/** The sum of two outlooks, part by part; a figure unknown in one is unknown in the sum. */
export function addRanges(one: TokenOutlook, other: TokenOutlook): TokenOutlook {
  return combine(one, other, (a, b) => a + b);
}

/** Like `addRanges`, for money of the same currency. */
export function addCosts(one: CostRange, other: CostRange): CostRange {
  return combine(one, other, (a, b) => a + b);
}

function combine<Figure>(
  one: Range<Figure>,
  other: Range<Figure>,
  add: (a: Figure, b: Figure) => Figure,
): Range<Figure> {
  const sum = (a: Figure | null, b: Figure | null): Figure | null => (a === null || b === null ? null : add(a, b));
  return {
    low: sum(one.low, other.low),
    expected: sum(one.expected, other.expected),
    high: sum(one.high, other.high),
    ceiling: sum(one.ceiling, other.ceiling),
  };
}

/** A run with fewer open trials makes no estimate: it ends before one is read. */
export const FEWEST_ESTIMATED_TRIALS = 20;

/** No tokens at all. */
export const NO_TOKENS: TokenOutlook = { low: 0, expected: 0, high: 0, ceiling: 0 };

/** No cost at all. */
export const NO_COST: CostRange = { low: 0n, expected: 0n, high: 0n, ceiling: 0n };

/** An estimate compared with the actual payment, in one currency. */
export interface EstimateVerdict {
  readonly currency: string;
  readonly cost: CostRange;
  /** The known part of it, including failed attempts. */
  readonly actual: Picounits;
  /** Answers of unknown cost, which `actual` leaves out. */
  readonly unknownCosts: number;
  /** Models without a price when it was made: `cost` leaves them out, `actual` does not. */
  readonly unknownPrices: readonly string[];
  /** True if it is below the range, which counts cached answers as paid, and some came from the cache. */
  readonly isSaved: boolean;
  /**
   * Whether it is within the range; null if there was no range, a part of either cost is unknown, or the cache saved
   * some of it.
   */
  readonly isWithin: boolean | null;
}
