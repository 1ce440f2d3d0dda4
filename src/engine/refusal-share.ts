/** Weight of one call in the recent share. */
const WEIGHT = 1 / 16;
/** Calls that are evaluated together. */
const SPAN = 50;
/** This many consecutive spans must have refusals; the number doubles each time the conclusion proved wrong. */
const SPANS = 4;
/**
 * A span with a share below `begins` has no refusals except those that come from finding a limit. Random refusals are
 * assumed from then on until their share is below `ends`, or has grown by this factor. A share above `most` is never
 * random.
 */
const CHANCE = { begins: 0.08, ends: 0.05, refutedBy: 2, most: 0.3 } as const;

/**
 * The share of calls that a server refuses: recently, and regardless of concurrency. Refusals caused by too much
 * concurrency stop when it drops, so some span of calls has almost none. Refusals present in each of the last few spans
 * are considered random, until more concurrency brings more of them.
 */
export class RefusalShare {
  #recent = 0;
  #calls = 0;
  #refused = 0;
  /** Shares of the last spans, the newest last. */
  #spans: readonly number[] = [];
  #byChance = 0;
  #spansNeeded = SPANS;

  /** The recent share, from 0 to 1; later calls weigh more. */
  get recent(): number {
    return this.#recent;
  }

  /** The share refused at random, from 0 to 1; 0 if there is no sign of it. */
  get byChance(): number {
    return this.#byChance;
  }

  /** Counts a call. @returns true if it completes a span of calls */
  add(isRefused: boolean): boolean {
    this.#recent += ((isRefused ? 1 : 0) - this.#recent) * WEIGHT;
    this.#calls += 1;
    if (isRefused) this.#refused += 1;
    if (this.#calls < SPAN) return false;
    this.#endSpan(this.#refused / SPAN);
    this.#calls = 0;
    this.#refused = 0;
    return true;
  }

  #endSpan(share: number): void {
    if (this.#byChance > 0 && share >= CHANCE.refutedBy * this.#byChance) {
      this.#spansNeeded *= 2;
      this.#spans = [];
      this.#byChance = 0;
      return;
    }
    this.#spans = [...this.#spans, share].slice(-this.#spansNeeded);
    this.#byChance = this.#chance();
  }

  #chance(): number {
    const mean = this.#spans.reduce((sum, share) => sum + share) / this.#spans.length;
    if (this.#spans.length < this.#spansNeeded || mean > CHANCE.most) return 0;
    const isChance = this.#byChance > 0 ? mean >= CHANCE.ends : Math.min(...this.#spans) >= CHANCE.begins;
    return isChance ? mean : 0;
  }
}
