import { type Amount, formatDecimal, type Picounits } from '../core/money.ts';

/** Money set aside for a call. */
export interface Hold {
  /** How much. */
  readonly most: Picounits;
  /** To be called once. @param cost what was paid; null where that is not known, which counts as all that was held */
  settle(cost: Picounits | null): void;
}

/** What calls have cost. */
export interface Spending {
  /** Known to be paid. */
  readonly paid: Picounits;
  /** The most that the calls cost whose cost is not known. */
  readonly unknown: Picounits;
  /** How many calls those are. */
  readonly unknownCalls: number;
}

/** A call that was billed more than it could cost by its price and its limit of tokens. */
interface Overrun {
  readonly most: Picounits;
  readonly paid: Picounits;
}

/**
 * Keeps a bill below a limit: the most that a call can cost is held before it is made, and settled to what it did
 * cost. What is spent and what is held never pass the limit together.
 */
export class Budget {
  readonly #limit: Amount;
  #paid: Picounits;
  #unknown: Picounits;
  #unknownCalls: number;
  #held: Picounits = 0n;
  #holds = 0;
  /** The worst so far: that with the largest `paid` in times of `most`. */
  #overrun: Overrun | null = null;
  readonly #waiting: (() => void)[] = [];

  /** @param earlier what the run had spent before */
  constructor(limit: Amount, { paid, unknown, unknownCalls }: Spending) {
    this.#limit = limit;
    this.#paid = paid;
    this.#unknown = unknown;
    this.#unknownCalls = unknownCalls;
  }

  /** Paid so far, calls of unknown cost at their most. */
  get spent(): Picounits {
    return this.#paid + this.#unknown;
  }

  /**
   * Holds the most that a call can cost; waits while calls in flight may still leave enough of what they hold.
   * @returns null where the limit is reached: no call that can cost so much can be made any more
   */
  async reserve(most: Picounits): Promise<Hold | null> {
    while (this.spent + this.#held + this.#corrected(most) > this.#limit.amount) {
      if (this.#holds === 0) return null;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    const held = this.#corrected(most);
    this.#held += held;
    this.#holds += 1;
    return { most: held, settle: (cost) => this.#settle({ most, held }, cost) };
  }

  /** Why a call that can cost so much is not made any more, in words. */
  describe(most: Picounits): string {
    const limit = this.#text(this.#limit.amount);
    const next = this.#text(this.#corrected(most));
    if (this.spent === 0n) return `the budget of ${limit} is too small: a call could cost up to ${next}`;
    const spent = `${this.#text(this.#paid)} paid${this.#describeUnknown()}`;
    return `the budget of ${limit} is reached: ${spent}, and the next call could cost up to ${next}${this.#describeOverrun()}`;
  }

  #describeUnknown(): string {
    if (this.#unknownCalls === 0) return '';
    const calls = `${this.#unknownCalls} ${this.#unknownCalls === 1 ? 'call' : 'calls'}`;
    return `, ${this.#text(this.#unknown)} counted for ${calls} whose cost is unknown (lost answers, at most)`;
  }

  #describeOverrun(): string {
    if (this.#overrun === null) return '';
    const [most, paid] = [this.#text(this.#overrun.most), this.#text(this.#overrun.paid)];
    return `; a call was billed ${paid} although its price and its limit of tokens allow ${most} at most`;
  }

  #text(amount: Picounits): string {
    return `${formatDecimal(amount)} ${this.#limit.currency}`;
  }

  /** Where a call was billed more than it could cost, the next ones may be too, in the same proportion. */
  #corrected(most: Picounits): Picounits {
    if (this.#overrun === null) return most;
    const worst = this.#overrun;
    return worst.most === 0n ? most + worst.paid : (most * worst.paid + worst.most - 1n) / worst.most;
  }

  #settle({ most, held }: { readonly most: Picounits; readonly held: Picounits }, cost: Picounits | null): void {
    this.#held -= held;
    this.#holds -= 1;
    if (cost === null) {
      this.#unknown += held;
      this.#unknownCalls += 1;
    } else {
      this.#paid += cost;
      const known = this.#overrun ?? { most, paid: most };
      if (cost > most && cost * known.most >= known.paid * most) this.#overrun = { most, paid: cost };
    }
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
