const SPAN_MS = 60_000;
/** Below this span a rate is a guess. */
const LEAST_SPAN_MS = 1000;

/** Results per second over the last minute, by the times at which they were made. */
export class RecentRate {
  /** Results by the second in which they were made. */
  readonly #seconds = new Map<number, number>();
  #firstMs = Infinity;
  #lastMs = -Infinity;
  #seenMs = 0;

  /** @param atMs when a result was made, milliseconds since 1970 by the writer's clock. @param nowMs monotonic */
  note(atMs: number, nowMs: number): void {
    if (Number.isNaN(atMs)) return;
    const second = Math.floor(atMs / 1000);
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + 1);
    this.#firstMs = Math.min(this.#firstMs, atMs);
    if (atMs > this.#lastMs) {
      this.#lastMs = atMs;
      this.#seenMs = nowMs;
    }
    if (this.#seconds.size > (2 * SPAN_MS) / 1000) this.#forget();
  }

  /**
   * null without results. Time passes by our own clock from the last result on, so that clocks need not agree.
   * @param sinceMs when the session began, by the writer's clock: an earlier one does not count. @param nowMs monotonic
   */
  perSecond(sinceMs: number, nowMs: number): number | null {
    if (this.#seconds.size === 0) return null;
    const endMs = this.#lastMs + (nowMs - this.#seenMs);
    const startMs = Math.max(endMs - SPAN_MS, Math.min(this.#lastMs, Math.max(sinceMs, this.#firstMs)));
    let count = 0;
    for (const [second, results] of this.#seconds) if ((second + 1) * 1000 > startMs) count += results;
    return count / (Math.max(LEAST_SPAN_MS, endMs - startMs) / 1000);
  }

  #forget(): void {
    const oldest = Math.floor((this.#lastMs - SPAN_MS) / 1000);
    for (const second of this.#seconds.keys()) if (second < oldest) this.#seconds.delete(second);
  }
}
