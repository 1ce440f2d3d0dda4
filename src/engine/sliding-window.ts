interface Entry {
  readonly atMs: number;
  readonly amount: number;
}

/**
 * Amounts within the last so many milliseconds, for a limit that holds in every window of that length and not only in
 * those that begin at a full minute. Memory is a number pair for each entry of the window.
 */
export class SlidingWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  #entries: Entry[] = [];
  #first = 0;
  #sum = 0;

  /** @param limit most that may fall into any window of `windowMs` */
  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Sum of the amounts in the window that ends now. */
  sum(nowMs: number): number {
    this.#forget(nowMs);
    return this.#sum;
  }

  /** Counts an amount from now on. */
  add(amount: number, nowMs: number): void {
    this.#forget(nowMs);
    this.#entries.push({ atMs: nowMs, amount });
    this.#sum += amount;
  }

  /**
   * Milliseconds until `amount` fits beside what is in the window; 0 where it does now.
   * @returns Infinity where only what others hold (`held`) stands in the way, or the amount is above the limit
   */
  waitMs(amount: number, held: number, nowMs: number): number {
    this.#forget(nowMs);
    let excess = this.#sum + held + amount - this.#limit;
    if (excess <= 0) return 0;
    for (let index = this.#first; index < this.#entries.length; index++) {
      const entry = this.#entries[index];
      if (entry === undefined) break;
      excess -= entry.amount;
      if (excess <= 0) return entry.atMs + this.#windowMs - nowMs;
    }
    return Number.POSITIVE_INFINITY;
  }

  #forget(nowMs: number): void {
    for (let entry = this.#entries[this.#first]; entry !== undefined; entry = this.#entries[this.#first]) {
      if (entry.atMs + this.#windowMs > nowMs) break;
      this.#sum -= entry.amount;
      this.#first += 1;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}
