import type { Picounits } from '../core/money.ts';

/** Money set aside for a call. */
export interface Hold {
  /** To be called once. @param cost what was paid; null where that is not known, which counts as all that was held */
  settle(cost: Picounits | null): void;
}

/**
 * Keeps a bill below a limit: the most that a call can cost is held before it is made, and settled to what it did
 * cost. What is paid and what is held never pass the limit together.
 */
export class Budget {
  readonly #limit: Picounits;
  #spent: Picounits;
  #held: Picounits = 0n;
  #holds = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param spent what the run had paid before */
  constructor(limit: Picounits, spent: Picounits) {
    this.#limit = limit;
    this.#spent = spent;
  }

  /** What may be paid in all. */
  get limit(): Picounits {
    return this.#limit;
  }

  /** Paid so far, calls of unknown cost at their most. */
  get spent(): Picounits {
    return this.#spent;
  }

  /**
   * Holds the most that a call can cost; waits while calls in flight may still leave enough of what they hold.
   * @returns null where the limit is reached: no call that can cost so much can be made any more
   */
  async reserve(most: Picounits): Promise<Hold | null> {
    while (this.#spent + this.#held + most > this.#limit) {
      if (this.#holds === 0) return null;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#held += most;
    this.#holds += 1;
    return { settle: (cost) => this.#settle(most, cost) };
  }

  #settle(held: Picounits, cost: Picounits | null): void {
    this.#held -= held;
    this.#holds -= 1;
    this.#spent += cost ?? held;
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
