import type { CallErrorKind } from '../core/call-error.ts';

/** Nothing but failures for so long, and so many of them, is an endpoint that is down. */
const DOWN_AFTER_MS = 30_000;
const DOWN_AFTER_FAILURES = 10;

/** Tells an endpoint that is down from one that fails now and then. */
export class EndpointHealth {
  #failingSinceMs: number | null = null;
  #failures = 0;

  /** The endpoint said something that only a working one says, be it a refusal. */
  alive(): void {
    this.#failingSinceMs = null;
    this.#failures = 0;
  }

  /** @returns true where the endpoint is to be taken for down */
  failed(kind: CallErrorKind, nowMs: number): boolean {
    if (!isOutage(kind)) {
      this.alive();
      return false;
    }
    this.#failingSinceMs ??= nowMs;
    this.#failures += 1;
    return this.verdictMs(nowMs) === 0;
  }

  /** Milliseconds until it is to be taken for down unless it answers; null while too few calls have failed for that. */
  verdictMs(nowMs: number): number | null {
    if (this.#failingSinceMs === null || this.#failures < DOWN_AFTER_FAILURES) return null;
    return Math.max(0, this.#failingSinceMs + DOWN_AFTER_MS - nowMs);
  }
}

function isOutage(kind: CallErrorKind): boolean {
  return kind === 'network' || kind === 'timeout' || kind === 'server_error' || kind === 'overloaded';
}
