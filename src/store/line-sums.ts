import type { Paid } from '../core/paid.ts';
import { CurrencyTotals } from '../core/totals.ts';
import type { LineHead } from './usual-line.ts';

/** What lines of a journal say of money. */
export class LineSums {
  /** Known cost of their answers, and of the calls that failed for them. */
  readonly costs = new CurrencyTotals();
  /** Answers of unknown cost, which `costs` leaves out. */
  unknownCosts = 0;

  add({ wasted, cost }: LineHead): void {
    if (wasted !== undefined) this.costs.add(wasted);
    if (cost === null) this.unknownCosts += 1;
    else if (cost !== undefined) this.costs.add(cost);
  }

  /** The sums so far. */
  get paid(): Paid {
    return { costs: this.costs.totals(), unknownCosts: this.unknownCosts };
  }
}
