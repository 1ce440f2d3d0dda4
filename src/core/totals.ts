import { isCutOff } from './finish-reason.ts';
import { type Amount, formatDecimal, type Picounits } from './money.ts';
import type { Result } from './result.ts';

/** Payments in one currency, as written to files. */
export interface CostTotal {
  /** Decimal text. */
  readonly total: string;
  readonly currency: string;
}

/** Sums over results. */
export interface Totals {
  readonly completed: number;
  readonly errored: number;
  readonly skipped: number;
  readonly cached: number;
  /** Completed trials whose answer was cut off at a token limit. */
  readonly cut: number;
  /** The part of judges, also included in `costs`. */
  readonly tokens: { readonly prompt: number; readonly completion: number };
  /** Completed trials, and calls to judges, with unknown tokens; `tokens` leaves out the unknown part. */
  readonly unknownTokens: number;
  /** One for each currency; amounts of different currencies are never added. */
  readonly costs: readonly CostTotal[];
  /** Answers to trials and of judges whose cost is unknown, which `costs` leaves out. */
  readonly unknownCosts: number;
  /** Calls made, including failed ones and those to judges. */
  readonly calls: number;
  /**
   * Calls without a completion, or whose result a later one replaced. Of calls that no result reports, as their trial
   * was interrupted, those with a known cost.
   */
  readonly wastedCalls: number;
  /** Their cost, as far as it is known; not part of `costs`. */
  readonly wastedCosts: readonly CostTotal[];
  /** Original cost of cached answers. */
  readonly savedCosts: readonly CostTotal[];
}

/** Sums amounts, separately for each currency. */
export class CurrencyTotals {
  readonly #amounts = new Map<string, Picounits>();

  add({ amount, currency }: Amount): void {
    this.#amounts.set(currency, this.of(currency) + amount);
  }

  addAll(other: CurrencyTotals): void {
    for (const [currency, amount] of other.#amounts) this.add({ amount, currency });
  }

  /** The sum in one currency, exact. */
  of(currency: string): Picounits {
    return this.#amounts.get(currency) ?? 0n;
  }

  /** Takes sums away again. */
  subtract(other: CurrencyTotals): void {
    for (const [currency, amount] of other.#amounts) this.add({ amount: -amount, currency });
  }

  /** Every sum as written to files, in order of appearance. */
  totals(): readonly CostTotal[] {
    return [...this.#amounts].map(([currency, total]) => ({ total: formatDecimal(total), currency }));
  }
}

/** Calls that no result in use reports, with their cost as far as it is known. */
export class WastedCalls {
  readonly costs = new CurrencyTotals();
  calls = 0;
  /** Answers of unknown cost, which `costs` leaves out. */
  unknownCosts = 0;

  add(calls: number, cost: Amount): void {
    this.calls += calls;
    if (cost.amount !== 0n) this.costs.add(cost);
  }

  /** What they cost. */
  get paid(): { readonly costs: readonly CostTotal[]; readonly unknownCosts: number } {
    return { costs: this.costs.totals(), unknownCosts: this.unknownCosts };
  }

  addAll({ costs, calls, unknownCosts }: WastedCalls): void {
    this.calls += calls;
    this.costs.addAll(costs);
    this.unknownCosts += unknownCosts;
  }

  /** Adds all calls of a result that another one has replaced. */
  addReplaced(result: Result): void {
    const { attempts, wasted } = result;
    this.calls += attempts;
    if (wasted !== undefined) this.costs.add(wasted);
    if (result.status !== 'completed') return;
    const { total, currency } = result.completion.cost;
    if (total === null || currency === null) this.unknownCosts += 1;
    else if (total !== 0n) this.costs.add({ amount: total, currency });
  }
}

/** Such calls, separately for trials of the grid and for judges. */
export interface Unreported {
  readonly trials: WastedCalls;
  readonly judges: WastedCalls;
}

/** Sums results, one at a time. */
export class Tally {
  #completed = 0;
  #errored = 0;
  #skipped = 0;
  #cached = 0;
  #cut = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  #unknownTokens = 0;
  #unknownCosts = 0;
  #calls = 0;
  #wastedCalls = 0;
  readonly #costs = new CurrencyTotals();
  readonly #wasted = new CurrencyTotals();
  readonly #saved = new CurrencyTotals();

  add(result: Result): void {
    this.addSpent(result);
    switch (result.status) {
      case 'errored':
        this.#errored += 1;
        return;
      case 'skipped':
        this.#skipped += 1;
        return;
      case 'completed':
        this.#completed += 1;
        if (result.cached) this.#cached += 1;
        if (isCutOff(result.completion.finishReason)) this.#cut += 1;
    }
  }

  /** Adds a result's spending but not the result itself, which is not a trial of the grid. */
  addSpent(result: Result): void {
    this.#calls += result.attempts;
    const answered = result.status === 'completed' && !result.cached ? (result.answeredCalls ?? 1) : 0;
    this.#wastedCalls += result.attempts - answered;
    if (result.wasted !== undefined) this.#wasted.add(result.wasted);
    if (result.status !== 'completed') return;
    const { usage, cost } = result.completion;
    this.#promptTokens += usage.promptTokens ?? 0;
    this.#completionTokens += usage.completionTokens ?? 0;
    if (usage.promptTokens === null || usage.completionTokens === null) this.#unknownTokens += 1;
    if (cost.total === null || cost.currency === null) this.#unknownCosts += 1;
    else this.#costs.add({ amount: cost.total, currency: cost.currency });
    if (result.saved !== undefined) this.#saved.add(result.saved);
  }

  /** Adds calls that no result reports. */
  addWasted({ calls, costs, unknownCosts }: WastedCalls): void {
    this.#calls += calls;
    this.#wastedCalls += calls;
    this.#wasted.addAll(costs);
    this.#unknownCosts += unknownCosts;
  }

  /** Adds results that are known by their number alone. */
  addLost(results: number): void {
    this.#unknownCosts += results;
  }

  /** The sums so far. */
  totals(): Totals {
    return {
      completed: this.#completed,
      errored: this.#errored,
      skipped: this.#skipped,
      cached: this.#cached,
      cut: this.#cut,
      tokens: { prompt: this.#promptTokens, completion: this.#completionTokens },
      unknownTokens: this.#unknownTokens,
      costs: this.#costs.totals(),
      unknownCosts: this.#unknownCosts,
      calls: this.#calls,
      wastedCalls: this.#wastedCalls,
      wastedCosts: this.#wasted.totals(),
      savedCosts: this.#saved.totals(),
    };
  }
}
