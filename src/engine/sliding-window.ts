interface Entry {
  readonly atMs: number;
  readonly amount: number;
}

/** Amounts within the last N milliseconds. Memory is one number pair per entry of the window. */
export class SlidingWindow {
  readonly #windowMs: number;
  #entries: Entry[] = [];
  #first = 0;
  #sum = 0;

  constructor(windowMs: number) {
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
