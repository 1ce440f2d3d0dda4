import { RefusalShare } from './refusal-share.ts';

/** Initial number of calls in flight, if it adapts. */
export const FIRST_IN_FLIGHT = 8;
const COOL_DOWN_MS = 1000;
/**
 * Near the number at which the server last refused, growth slows by this factor: each refusal there is a wasted call.
 */
const CAUTION = 10;

/**
 * Decides how many calls may be in flight. The number doubles with every round trip until the server first refuses
 * (slow start). After that it is cut at a refusal and grows by one per round trip (additive increase, multiplicative
 * decrease: D.-M. Chiu, R. Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance", 1989). A
 * cut takes half the share of refused calls: half of all if every call is refused, little if a few are (M. Alizadeh et
 * al., "Data Center TCP (DCTCP)", SIGCOMM 2010, equation 2). Random refusals, which occur at any concurrency, cause no
 * cut unless they double, and growth returns to slow start.
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

  /** @param ceiling maximum that is ever allowed. @param isFixed always allows that many */
  constructor(ceiling: number, isFixed: boolean) {
    this.#ceiling = ceiling;
    this.#isFixed = isFixed;
    this.#limit = isFixed ? ceiling : Math.min(FIRST_IN_FLIGHT, ceiling);
  }

  /** Calls allowed in flight, at least 1. */
  get limit(): number {
    return this.#limit;
  }

  /**
   * Records an answered call. The number grows only while it is fully used. @param inFlight recent maximum of
   * concurrent calls
   */
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
    // A concurrency above the suspected limit proves that the limit is higher.
    if (this.#limit > this.#refusedAt) this.#refusedAt = Number.POSITIVE_INFINITY;
  }

  /** Records a refused call. One cut covers all refusals of calls made before it. */
  refused(startedMs: number, nowMs: number): void {
    this.#count(true);
    if (this.#isFixed || startedMs <= this.#cutAtMs || nowMs - this.#cutAtMs < COOL_DOWN_MS) return;
    const { recent, byChance } = this.#refusals;
    if (recent < 2 * byChance) return;
    const kept = Math.floor(this.#limit * (1 - (recent - byChance) / 2));
    // Random refusals say nothing about the number at which they occur, so it is not avoided.
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
