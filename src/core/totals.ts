import { formatDecimal, type Picounits } from './money.ts';
import type { Result } from './result.ts';

/** What was paid in one currency, as it is written to files. */
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
  readonly tokens: { readonly prompt: number; readonly completion: number };
  /** One for each currency that was paid in; amounts of different currencies are never added. */
  readonly costs: readonly CostTotal[];
  /** Completed trials whose cost is not known, and which `costs` leaves out. */
  readonly unknownCosts: number;
}

/** Adds results up, one at a time. */
export class Tally {
  #completed = 0;
  #errored = 0;
  #skipped = 0;
  #cached = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  #unknownCosts = 0;
  readonly #costs = new Map<string, Picounits>();

  add(result: Result): void {
    switch (result.status) {
      case 'errored':
        this.#errored += 1;
        return;
      case 'skipped':
        this.#skipped += 1;
        return;
      case 'completed': {
        const { usage, cost } = result.completion;
        this.#completed += 1;
        if (result.cached) this.#cached += 1;
        this.#promptTokens += usage.promptTokens ?? 0;
        this.#completionTokens += usage.completionTokens ?? 0;
        if (cost.total === null || cost.currency === null) this.#unknownCosts += 1;
        else this.#costs.set(cost.currency, (this.#costs.get(cost.currency) ?? 0n) + cost.total);
      }
    }
  }

  /** The sums so far. */
  totals(): Totals {
    return {
      completed: this.#completed,
      errored: this.#errored,
      skipped: this.#skipped,
      cached: this.#cached,
      tokens: { prompt: this.#promptTokens, completion: this.#completionTokens },
      costs: [...this.#costs].map(([currency, total]) => ({ total: formatDecimal(total), currency })),
      unknownCosts: this.#unknownCosts,
    };
  }
}
