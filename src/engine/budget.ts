import { type Amount, formatDecimal, type Picounits } from '../core/money.ts';

/** Money reserved for a call. */
export interface Hold {
  /** How much. */
  readonly most: Picounits;
  /** Call once. @param cost what was paid; null if unknown, in which case the whole hold counts */
  settle(cost: Picounits | null): void;
}

/** Money reserved for calls that are made together. */
export interface GrowingHold {
  /** Reserves more, unless that would pass the limit. @returns false if it would */
  tryGrow(most: Picounits): boolean;
  /** Reserves for calls that were made before, whatever the limit. */
  grow(most: Picounits): void;
  /** Call once. @param cost of all calls, with those of unknown cost at their maximum */
  settle(cost: Picounits): void;
}

/** What calls have cost so far. */
export interface Spending {
  /** Known to be paid. */
  readonly paid: Picounits;
  /** Upper bound for the calls whose cost is unknown. */
  readonly unknown: Picounits;
  /** Number of those calls. */
  readonly unknownCalls: number;
  /** The part of `unknown` whose answers may still come, by trial. */
  readonly awaited?: ReadonlyMap<string, Picounits>;
}

/** A call that was billed more than its price and token limit allow. */
interface Overrun {
  readonly most: Picounits;
  readonly paid: Picounits;
}

/**
 * Keeps the bill below a limit. The maximum cost of a call is held before it is made, and settled to the actual cost
 * afterwards. Spent plus held amounts never exceed the limit.
 */
export class Budget {
  readonly #limit: Amount;
  #paid: Picounits;
  #unknown: Picounits;
  #unknownCalls: number;
  /** Part of `#unknown`, by trial. */
  readonly #awaited: Map<string, Picounits>;
  #held: Picounits = 0n;
  #holds = 0;
  /** The worst overcharge so far: the largest ratio of `paid` to `most`. */
  #overrun: Overrun | null = null;
  readonly #waiting: (() => void)[] = [];

  /** @param earlier what the run had already spent */
  constructor(limit: Amount, { paid, unknown, unknownCalls, awaited }: Spending) {
    this.#limit = limit;
    this.#paid = paid;
    this.#unknown = unknown;
    this.#unknownCalls = unknownCalls;
    this.#awaited = new Map(awaited);
  }

  /** Paid so far, with calls of unknown cost at their maximum. */
  get spent(): Picounits {
    return this.#paid + this.#unknown;
  }

  /**
   * Holds the maximum cost of a call; waits while calls in flight may still release enough.
   * @param trialId of the call: one that an earlier session left counts already, and is let in whatever the limit
   * @returns null if the limit is reached: no call that expensive can be made any more
   */
  async reserve(most: Picounits, trialId = ''): Promise<Hold | null> {
    const counted = this.#awaited.get(trialId);
    while (!this.#hasRoomFor(most, counted)) {
      if (this.#holds === 0) return null;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    if (counted !== undefined) {
      this.#awaited.delete(trialId);
      this.#unknown -= counted;
      this.#unknownCalls -= 1;
    }
    const held = larger(this.#corrected(most), counted ?? 0n);
    this.#held += held;
    this.#holds += 1;
    return { most: held, settle: (cost) => this.#settle({ most, held }, cost) };
  }

  /** A hold for calls that are made together. It waits for nothing, since only they may release what they hold. */
  growing(): GrowingHold {
    const sum = { most: 0n, held: 0n };
    this.#holds += 1;
    const grow = (most: Picounits): void => {
      const held = this.#corrected(most);
      sum.most += most;
      sum.held += held;
      this.#held += held;
    };
    return {
      grow,
      tryGrow: (most) => {
        const hasRoom = this.#hasRoomFor(most);
        if (hasRoom) grow(most);
        return hasRoom;
      },
      settle: (cost) => this.#settle(sum, cost),
    };
  }

  /** @param counted the part of it that is in `spent` already; undefined if it does not count yet */
  #hasRoomFor(most: Picounits, counted?: Picounits): boolean {
    const wanted = this.#corrected(most);
    if (counted !== undefined && wanted <= counted) return true;
    return this.spent - (counted ?? 0n) + this.#held + wanted <= this.#limit.amount;
  }

  /** Explains why a call that expensive is no longer made. */
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
    return `, ${this.#text(this.#unknown)} counted for ${calls} whose cost is unknown (at most)`;
  }

  #describeOverrun(): string {
    if (this.#overrun === null) return '';
    const [most, paid] = [this.#text(this.#overrun.most), this.#text(this.#overrun.paid)];
    return `; a call was billed ${paid} although its price and its limit of tokens allow ${most} at most`;
  }

  #text(amount: Picounits): string {
    return `${formatDecimal(amount)} ${this.#limit.currency}`;
  }

  /** If a call was billed above its maximum, later calls may be too, in the same proportion. */
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

function larger(one: Picounits, other: Picounits): Picounits {
  return one > other ? one : other;
}
