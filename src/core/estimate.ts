import type { Picounits } from './money.ts';
import type { Price } from './price.ts';
import type { ForecastMethod } from './stats/forecast.ts';

/** A figure that is not known yet. `low` to `high` hold it with the estimate's level; null where that cannot be said. */
export interface Range<Figure> {
  readonly low: Figure | null;
  readonly expected: Figure | null;
  readonly high: Figure | null;
  /** What it can never pass; null where nothing bounds it. */
  readonly ceiling: Figure | null;
}

/** Tokens, whole numbers. */
export type TokenOutlook = Range<number>;

/** Money of one currency. */
export type CostRange = Range<Picounits>;

/** Prompt tokens; `isExact` where they are counted as the model counts them, or as it was seen to. */
export interface PromptTokens {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
  readonly isExact: boolean;
}

/** What one variant's trials will spend, those that have a result already among them. */
export interface VariantEstimate {
  readonly prompt: string;
  readonly provider: string;
  readonly model: string;
  readonly temperature: number | null;
  readonly trials: number;
  /** Of those, trials whose result is there already. */
  readonly done: number;
  readonly promptTokens: PromptTokens;
  readonly completionTokens: TokenOutlook;
  readonly cost: CostRange;
  /** Part of `cost` that is paid already, as far as answers' costs are known. */
  readonly paid: Picounits;
  /** ISO 4217 code; null where it is not known. */
  readonly currency: string | null;
  /** null where the model's price is not known. */
  readonly price: Price | null;
  /** Duration of its calls at the run's concurrency; null where no call was seen. */
  readonly seconds: number | null;
  /** What answers that run on to `max_tokens` could make of it; null where the range knows of them, or nothing cuts answers. */
  readonly runOn: RunOnOutlook | null;
  /** Rows whose answers it was learned from. */
  readonly seenRows: number;
  /** What the completion tokens were forecast from; null where no answer was seen. */
  readonly method: ForecastMethod | null;
}

/** What the range of a variant does not know: a few answers that run on until they are cut, of which none was seen. */
export interface RunOnOutlook {
  /** The most rows that may, as a share, without it being likely that one had been seen. */
  readonly share: number;
  /** All completion tokens where so many do. */
  readonly completionTokens: number;
  /** All of the cost; null where it is not known. */
  readonly cost: Picounits | null;
}

/** What is paid in one currency, over every variant whose price is known. */
export interface CurrencyEstimate {
  readonly currency: string;
  readonly cost: CostRange;
  readonly paid: Picounits;
}

/** What a run will spend. */
export interface Estimate {
  /** Rows that it is for. */
  readonly rows: number;
  readonly trials: number;
  readonly done: number;
  /** Share of such ranges that hold the true figure. */
  readonly level: number;
  readonly variants: readonly VariantEstimate[];
  readonly promptTokens: PromptTokens;
  readonly completionTokens: TokenOutlook;
  /** One for each currency: amounts of different currencies are never added. */
  readonly costs: readonly CurrencyEstimate[];
  /** Models, as the API takes them, without a price: no cost includes them. */
  readonly unknownPrices: readonly string[];
  /** Duration of the run; null where no call of some model was seen. */
  readonly seconds: number | null;
  /** Holds the duration with the estimate's level; null where fewer than two calls of some model were seen. */
  readonly secondsRange: { readonly low: number; readonly high: number } | null;
  /** What the limits of pace alone make of it; 0 where there are none. */
  readonly leastSeconds: number;
  /** What judges come to; no other figure here has them in it. null where no model is asked to judge. */
  readonly judges: JudgesEstimate | null;
}

/** What models that judge will cost, those that were asked already among them. */
export interface JudgesEstimate {
  /**
   * One for each currency. Where no verdict was seen, only `low` is known: that of the questions about empty answers. No
   * ceiling is told.
   */
  readonly costs: readonly CurrencyEstimate[];
  /** Models that judge, as the API takes them, without a price: no cost includes them. */
  readonly unknownPrices: readonly string[];
  /** Rows whose verdicts it was learned from. */
  readonly seenRows: number;
  /** Share of such ranges that hold the true figure. */
  readonly level: number;
  /** Rows whose answers are not all judged yet. */
  readonly openRows: number;
}

/** What a run pays in each currency, judges among it; what is unknown in one part is unknown in the sum. */
export function costsWithJudges({ costs, judges }: Pick<Estimate, 'costs' | 'judges'>): readonly CurrencyEstimate[] {
  const sums = new Map(costs.map((part) => [part.currency, part]));
  for (const part of judges?.costs ?? []) {
    const { currency, cost, paid } = sums.get(part.currency) ?? { ...part, cost: NO_COST, paid: 0n };
    sums.set(currency, { currency, cost: addCosts(cost, part.cost), paid: paid + part.paid });
  }
  return [...sums.values()];
}

/** The sum of two outlooks, part by part; what is unknown in one is unknown in the sum. */
export function addRanges(one: TokenOutlook, other: TokenOutlook): TokenOutlook {
  return combine(one, other, (a, b) => a + b);
}

/** As `addRanges`, for money of the same currency. */
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

/** No tokens at all. */
export const NO_TOKENS: TokenOutlook = { low: 0, expected: 0, high: 0, ceiling: 0 };

/** No cost at all. */
export const NO_COST: CostRange = { low: 0n, expected: 0n, high: 0n, ceiling: 0n };

/** An estimate beside what was paid in the end, in one currency. */
export interface EstimateVerdict {
  readonly currency: string;
  readonly cost: CostRange;
  /** What is known of it, failed attempts among it. */
  readonly actual: Picounits;
  /** Answers whose cost is not known, which `actual` leaves out. */
  readonly unknownCosts: number;
  /** Whether it lies in the range; null where there was none, or where not all of it is known. */
  readonly isWithin: boolean | null;
}
