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

/** Readings of both clocks, of which the closest counts. */
const READINGS = 10;

/**
 * Where `performance` began on the clock of `hrtime`, which counts from boot. On a busy machine a process may be halted
 * between two readings, and be late by that for good: another that shares an account's limits would then always be
 * first.
 */
const BEGAN_MS = beganMs(() => Number(process.hrtime.bigint()) / 1e6);

/** @param bootMs milliseconds since boot */
export function beganMs(bootMs: () => number): number {
  let [began, leastGap] = [0, Number.POSITIVE_INFINITY];
  for (let reading = 0; reading < READINGS; reading++) {
    const before = bootMs();
    const now = performance.now();
    const gap = bootMs() - before;
    if (gap < leastGap) [began, leastGap] = [before + gap / 2 - now, gap];
  }
  return began;
}

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
