/** Weight of one call in the recent share. */
const WEIGHT = 1 / 16;
/** Calls that are looked at together. */
const SPAN = 50;
/** So many spans on end must have refusals; twice as many after each time that it proved wrong. */
const SPANS = 4;
/**
 * A span with a smaller share than `begins` is free of refusals but for what finding a limit costs. Once refusals come
 * by chance they do until their share is below `ends`, or so many times as large as it was. What is above `most` is
 * never chance.
 */
const CHANCE = { begins: 0.08, ends: 0.05, refutedBy: 2, most: 0.3 } as const;

/**
 * The share of calls that a server refuses: of late, and whatever is done about it. Refusals that come of too many
 * calls at a time go away when there are fewer, so that some span of calls is nearly free of them; what no span of the
 * last few is free of is taken to come by chance, until more calls at a time bring more of it.
 */
export class RefusalShare {
  #recent = 0;
  #calls = 0;
  #refused = 0;
  /** Shares of the last spans, the newest last. */
  #spans: readonly number[] = [];
  #byChance = 0;
  #spansNeeded = SPANS;

  /** The share of late, from 0 to 1, later calls counting more. */
  get recent(): number {
    return this.#recent;
  }

  /** The share that is refused by chance, from 0 to 1; 0 where there is no sign of such. */
  get byChance(): number {
    return this.#byChance;
  }

  /** Counts a call. @returns true where a span of calls has ended with it */
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
