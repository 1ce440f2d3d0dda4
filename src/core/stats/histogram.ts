const SIGNIFICANT_STEPS = 1000;

/**
 * Percentiles of durations in bounded memory: whole milliseconds are counted at three significant digits, so a
 * percentile is exact to 0.5 % and below a second to the millisecond.
 */
export class DurationHistogram {
  readonly #counts = new Map<number, number>();
  #n = 0;

  /** Adds one duration in milliseconds, from 0. */
  add(durationMs: number): void {
    const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, durationMs) / SIGNIFICANT_STEPS)) + 1);
    const rounded = Math.round(durationMs / step) * step;
    this.#counts.set(rounded, (this.#counts.get(rounded) ?? 0) + 1);
    this.#n += 1;
  }

  /** Number of durations. */
  get n(): number {
    return this.#n;
  }

  /**
   * The smallest duration that at least this share of all durations does not exceed (nearest rank: Hyndman & Fan, 1996,
   * type 1).
   * @param share above 0, up to 1
   * @returns milliseconds; null if nothing was added
   */
  quantile(share: number): number | null {
    const wanted = Math.ceil(share * this.#n);
    let seen = 0;
    for (const [durationMs, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= wanted) return durationMs;
    }
    return null;
  }
}
