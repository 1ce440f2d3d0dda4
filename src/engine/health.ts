import type { CallErrorKind } from '../core/call-error.ts';

/** Nothing but failures for so long, and so many of them, is an endpoint that is down. */
const DOWN_AFTER_MS = 30_000;
const DOWN_AFTER_FAILURES = 10;
/**
 * Of so many trials that began after the last answer. Those that began before it may be what is wrong: rows that a server
 * is too slow for, or breaks at, come to hold every place while the others pass by.
 */
const DOWN_AFTER_TRIALS = 5;

/** A call that failed. */
export interface FailedCall {
  readonly kind: CallErrorKind;
  /** When it had failed, in monotonic milliseconds. */
  readonly nowMs: number;
  /** When the first call of its trial began. */
  readonly trialStartedMs: number;
  /** Calls of its trial so far, this one among them. */
  readonly attempts: number;
}

/** Tells an endpoint that is down from one that fails now and then, or for some rows. */
export class EndpointHealth {
  #aliveAtMs: number | null = null;
  #failingSinceMs: number | null = null;
  #failures = 0;
  #newTrials = 0;

  /** The endpoint said something that only a working one says, be it a refusal. */
  alive(nowMs: number): void {
    this.#aliveAtMs = nowMs;
    this.#failingSinceMs = null;
    this.#failures = 0;
    this.#newTrials = 0;
  }

  /** @returns true where the endpoint is to be taken for down */
  failed({ kind, nowMs, trialStartedMs, attempts }: FailedCall): boolean {
    if (!isOutage(kind)) {
      this.alive(nowMs);
      return false;
    }
    this.#failingSinceMs ??= nowMs;
    this.#failures += 1;
    if (attempts === 1 && (this.#aliveAtMs === null || trialStartedMs > this.#aliveAtMs)) this.#newTrials += 1;
    return this.verdictMs(nowMs) === 0 && (this.#aliveAtMs === null || this.#newTrials >= DOWN_AFTER_TRIALS);
  }

  /** True where so many calls have failed that it may be down. */
  get isSuspect(): boolean {
    return this.#failures >= DOWN_AFTER_FAILURES;
  }

  /** Milliseconds until it may be taken for down unless it answers; null while too few calls have failed for that. */
  verdictMs(nowMs: number): number | null {
    if (this.#failingSinceMs === null || !this.isSuspect) return null;
    return Math.max(0, this.#failingSinceMs + DOWN_AFTER_MS - nowMs);
  }
}

function isOutage(kind: CallErrorKind): boolean {
  return kind === 'network' || kind === 'timeout' || kind === 'server_error' || kind === 'overloaded';
}
