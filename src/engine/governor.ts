import { RefusalShare } from './refusal-share.ts';

/** Calls in flight at first, where their number adapts. */
export const FIRST_IN_FLIGHT = 8;
const COOL_DOWN_MS = 1000;
/** Near the number at which the server last refused, growth is this much slower: each refusal there is a wasted call. */
const CAUTION = 10;

/**
 * How many calls may be in flight: doubles with every round trip until the server first refuses (slow start), then is
 * cut at a refusal and grows by one a round trip (additive increase, multiplicative decrease: D.-M. Chiu, R. Jain,
 * "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance", 1989). A cut takes half the share of
 * calls that are refused: half of all where every call is, little where a few are (M. Alizadeh et al., "Data Center TCP
 * (DCTCP)", SIGCOMM 2010, equation 2). Refusals that come by chance, whatever is done, are answered by no cut unless they
 * double, and growth is that of slow start again.
 */
export class ConcurrencyGovernor {
  readonly #ceiling: number;
  readonly #isFixed: boolean;
  #limit: number;
  #isSlowStart = true;
  readonly #refusals = new RefusalShare();
  #credit = 0;
  #cutAtMs = Number.NEGATIVE_INFINITY;
  #refusedAt = Number.POSITIVE_INFINITY;

  /** @param ceiling most that is ever allowed. @param isFixed allows that many from the beginning and for ever */
  constructor(ceiling: number, isFixed: boolean) {
    this.#ceiling = ceiling;
    this.#isFixed = isFixed;
    this.#limit = isFixed ? ceiling : Math.min(FIRST_IN_FLIGHT, ceiling);
  }

  /** Calls that may be in flight, from 1. */
  get limit(): number {
    return this.#limit;
  }

  /** A call was answered. Growth is earned only while the limit is really used. @param inFlight most calls at a time of late */
  answered(inFlight: number): void {
    this.#count(false);
    if (this.#limit >= this.#ceiling || inFlight < this.#limit) return;
    if (this.#isSlowStart) {
      this.#limit += 1;
      return;
    }
    this.#credit += this.#limit + 1 >= this.#refusedAt ? 1 / CAUTION : 1;
    if (this.#credit < this.#limit) return;
    this.#credit = 0;
    this.#limit += 1;
    // Whoever got past the number has refuted it.
    if (this.#limit > this.#refusedAt) this.#refusedAt = Number.POSITIVE_INFINITY;
  }

  /** The server refused a call. One cut answers all refusals of calls that were made before it. */
  refused(startedMs: number, nowMs: number): void {
    this.#count(true);
    if (this.#isFixed || startedMs <= this.#cutAtMs || nowMs - this.#cutAtMs < COOL_DOWN_MS) return;
    const { recent, byChance } = this.#refusals;
    if (recent < 2 * byChance) return;
    const kept = Math.floor(this.#limit * (1 - (recent - byChance) / 2));
    // A number at which refusals come by chance is no number to keep away from.
    this.#refusedAt = byChance > 0 ? Number.POSITIVE_INFINITY : this.#limit;
    this.#limit = Math.max(1, Math.min(this.#limit - 1, kept));
    this.#isSlowStart = false;
    this.#credit = 0;
    this.#cutAtMs = nowMs;
  }

  #count(isRefused: boolean): void {
    const hasSpanEnded = this.#refusals.add(isRefused);
    if (!hasSpanEnded || this.#refusals.byChance === 0) return;
    this.#isSlowStart = true;
    this.#refusedAt = Number.POSITIVE_INFINITY;
  }
}
