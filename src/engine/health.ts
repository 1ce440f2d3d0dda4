import type { CallErrorKind } from '../core/call-error.ts';

/** An endpoint is down if nothing but failures came for this long, and this many of them. */
const DOWN_AFTER_MS = 30_000;
const DOWN_AFTER_FAILURES = 10;
/**
 * Failures must come from this many trials that began after the last answer. Older trials may themselves be the cause:
 * rows that are too slow for the server, or that crash it, end up holding every slot while other rows pass.
 */
const DOWN_AFTER_TRIALS = 5;

/** A failed call. */
export interface FailedCall {
  readonly kind: CallErrorKind;
  /** When it failed, in monotonic milliseconds. */
  readonly nowMs: number;
  /** When the first call of its trial began. */
  readonly trialStartedMs: number;
  /** Calls of its trial so far, including this one. */
  readonly attempts: number;
}

/** Distinguishes an endpoint that is down from one that fails occasionally or for some rows. */
export class EndpointHealth {
  #aliveAtMs: number | null = null;
  #failingSinceMs: number | null = null;
  #failures = 0;
  #newTrials = 0;

  /** Records a response that only a working endpoint gives, including a refusal. */
  alive(nowMs: number): void {
    this.#aliveAtMs = nowMs;
    this.#failingSinceMs = null;
    this.#failures = 0;
    this.#newTrials = 0;
  }

  /** @returns true if the endpoint should be considered down */
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

  /** True if enough calls have failed that the endpoint may be down. */
  get isSuspect(): boolean {
    return this.#failures >= DOWN_AFTER_FAILURES;
  }

  /** Milliseconds until it may be considered down unless it answers; null if too few calls have failed. */
  verdictMs(nowMs: number): number | null {
    if (this.#failingSinceMs === null || !this.isSuspect) return null;
    return Math.max(0, this.#failingSinceMs + DOWN_AFTER_MS - nowMs);
  }
}

function isOutage(kind: CallErrorKind): boolean {
  return kind === 'network' || kind === 'timeout' || kind === 'server_error' || kind === 'overloaded';
}
