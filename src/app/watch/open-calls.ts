import type { RunView } from '../../core/run-view.ts';
import { CurrencyTotals } from '../../core/totals.ts';
import { parseHoldLine } from '../../store/hold-lines.ts';

/** Calls in flight according to holds.jsonl, as far as it tells: each one with a budget, else how many there may be. */
export class OpenCalls {
  readonly #held = new Set<string>();
  /** Paid for calls that no result reports. */
  readonly wasted = new CurrencyTotals();
  #hasHolds = false;
  #most: number | null = null;

  /** @param isDone true for a trial that has a result */
  add(line: Buffer, isDone: (trialId: string) => boolean): void {
    const parsed = parseHoldLine(line.toString());
    switch (parsed?.kind) {
      case 'held':
        this.#hasHolds = true;
        if (!isDone(parsed.trialId)) this.#held.add(parsed.trialId);
        return;
      case 'ended':
        this.#held.delete(parsed.trialId);
        if (parsed.end === 'wasted') this.wasted.add({ amount: parsed.cost ?? 0n, currency: parsed.currency });
        return;
      case 'under way':
        this.#most = parsed.calls;
        return;
      case 'died':
        this.#most = null;
        this.#held.clear();
        return;
      case undefined:
    }
  }

  /** A trial has a result. */
  done(trialId: string): void {
    this.#held.delete(trialId);
  }

  /** @param limit calls that the run's settings allow at once: marks in the file have a reserve beyond it */
  inFlight(limit: number): RunView['inFlight'] {
    if (this.#hasHolds) return { calls: this.#held.size, isMost: false };
    return this.#most === null ? null : { calls: Math.min(this.#most, limit), isMost: true };
  }
}
