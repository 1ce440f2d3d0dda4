import type { Amount } from '../../core/money.ts';
import type { RunView } from '../../core/run-view.ts';
import { CurrencyTotals } from '../../core/totals.ts';
import { trialDigest } from '../../core/trial.ts';
import { DigestMap } from '../../io/digest-map.ts';
import { type HoldLine, parseHoldLine } from '../../store/hold-lines.ts';

/** Calls in flight according to holds.jsonl, as far as it tells: each one with a budget, else how many there may be. */
export class OpenCalls {
  readonly #held = new Set<string>();
  /** Paid for calls that no result will report. */
  readonly #wasted = new CurrencyTotals();
  /** Paid for failed calls of trials that have no result yet. */
  readonly #told = new Map<string, Amount>();
  /** Trials whose results were read since `noteRead`: their calls may be read after them. */
  #done = new DigestMap();
  #hasHolds = false;
  #most: number | null = null;

  add(line: Buffer): void {
    const parsed = parseHoldLine(line.toString());
    switch (parsed?.kind) {
      case 'held':
        this.#hasHolds = true;
        if (this.#done.get(trialDigest(parsed.trialId)) === undefined) this.#held.add(parsed.trialId);
        return;
      case 'ended':
        this.#held.delete(parsed.trialId);
        this.#addEnd(parsed);
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

  /** All lines of calls were read that are older than the results so far. */
  noteRead(): void {
    if (this.#done.size > 0) this.#done = new DigestMap();
  }

  /** A trial has a result that reports the cost of its calls. */
  done(trialId: string): void {
    this.#done.set(trialDigest(trialId), 1);
    this.#held.delete(trialId);
    this.#told.delete(trialId);
  }

  /** Paid for calls that no result reports so far. */
  get paid(): CurrencyTotals {
    const paid = new CurrencyTotals();
    paid.addAll(this.#wasted);
    for (const amount of this.#told.values()) paid.add(amount);
    return paid;
  }

  #addEnd({ trialId, end, cost, currency }: HoldLine & { readonly kind: 'ended' }): void {
    const amount = cost ?? 0n;
    if (end === 'told') {
      const before = this.#told.get(trialId)?.amount ?? 0n;
      this.#told.set(trialId, { amount: before + amount, currency });
      return;
    }
    if (end === 'repeated' || end === 'wasted') this.#told.delete(trialId);
    if (end === 'wasted') this.#wasted.add({ amount, currency });
  }

  /** @param limit calls that the run's settings allow at once: marks in the file have a reserve beyond it */
  inFlight(limit: number): RunView['inFlight'] {
    if (this.#hasHolds) return { calls: this.#held.size, isMost: false };
    return this.#most === null ? null : { calls: Math.min(this.#most, limit), isMost: true };
  }
}
