import { setTimeout as delay } from 'node:timers/promises';

/** Time source of the engine; a parameter, so that callers control time. */
export interface Clock {
  /** Monotonic milliseconds, for durations; the same for all processes of a machine that share an account's limits. */
  readonly elapsedMs: () => number;
  /** Wall clock, for records. */
  readonly date: () => Date;
  /** Waits; ends early, without an error, if the signal aborts. */
  readonly sleep: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

/** A longer timer fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Where `performance` began on the clock of `hrtime`, which counts from boot. */
const BEGAN_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** The machine's own clock. */
export const systemClock: Clock = {
  // Not the wall clock, which can be changed, and not `performance` alone, which restarts with every process.
  elapsedMs: () => BEGAN_MS + performance.now(),
  date: () => new Date(),
  sleep: async (durationMs, signal) => {
    let leftMs = durationMs;
    do {
      await delay(Math.min(leftMs, LONGEST_TIMER_MS), undefined, { signal }).catch(() => undefined);
      leftMs -= LONGEST_TIMER_MS;
    } while (leftMs > 0 && !signal.aborted);
  },
};

let lastMs = Number.NaN;
let lastText = '';

/** A time as ISO 8601, in UTC. Many calls end in one millisecond, and its text is the dearest part of their record. */
export function isoText(date: Date): string {
  const ms = date.getTime();
  if (ms !== lastMs) [lastMs, lastText] = [ms, date.toISOString()];
  return lastText;
}
