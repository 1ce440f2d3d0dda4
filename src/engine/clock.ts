import { setTimeout as delay } from 'node:timers/promises';

/** Time as the engine sees it; a parameter, so that its users decide what time is. */
export interface Clock {
  /** Monotonic milliseconds, for durations. */
  readonly elapsedMs: () => number;
  /** Wall clock, for records. */
  readonly date: () => Date;
  /** Waits; ends early, without an error, when the signal aborts. */
  readonly sleep: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  elapsedMs: () => performance.now(),
  date: () => new Date(),
  sleep: (durationMs, signal) => delay(durationMs, undefined, { signal }).catch(() => undefined),
};
