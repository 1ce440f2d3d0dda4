/** Of one time, or of times so close to each other that they are counted as the latest of them. */
interface Entry {
  readonly fromMs: number;
  atMs: number;
  amount: number;
}

/** Most entries of a window: at thousands of calls a second, one for each would fill more memory than their rows do. */
const MOST_ENTRIES = 4096;

/**
 * Amounts within the last N milliseconds. An amount may stay for 1/4096 of the window longer. Memory is bounded, however
 * many there are.
 */
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
    this.#sum += amount;
    const last = this.#first < this.#entries.length ? this.#entries.at(-1) : undefined;
    if (last !== undefined && nowMs - last.fromMs < this.#windowMs / MOST_ENTRIES) {
      last.atMs = nowMs;
      last.amount += amount;
    } else {
      this.#entries.push({ fromMs: nowMs, atMs: nowMs, amount });
    }
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
