import type { Clock } from '../../src/io/clock.ts';

interface Sleeper {
  readonly wakesAtMs: number;
  readonly wake: () => void;
}

/**
 * A clock that stands still while anything can go on, and then jumps to the moment at which the first sleeper wakes:
 * hours pass in milliseconds, in the same order every time. Only for code that waits for nothing but this clock.
 */
export class ManualClock implements Clock {
  #nowMs = 0;
  /** By the time of waking; among equals, who slept first is first. */
  readonly #sleepers: Sleeper[] = [];
  #isTicking = false;

  readonly elapsedMs = (): number => this.#nowMs;

  readonly date = (): Date => new Date(this.#nowMs);

  readonly sleep = (durationMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const sleeper = {
        wakesAtMs: this.#nowMs + Math.max(0, durationMs),
        wake: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = (): void => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#add(sleeper);
    });

  /** Waits without a way to be woken. */
  readonly pass = (durationMs: number): Promise<void> => this.sleep(durationMs, new AbortController().signal);

  /** Waits until a moment; does not wait where it is over. */
  readonly until = (atMs: number): Promise<void> => this.pass(atMs - this.#nowMs);

  #add(sleeper: Sleeper): void {
    const behind = this.#sleepers.findLastIndex(({ wakesAtMs }) => wakesAtMs <= sleeper.wakesAtMs);
    this.#sleepers.splice(behind + 1, 0, sleeper);
    if (this.#isTicking) return;
    this.#isTicking = true;
    // Immediates come after all promises that are settled: whatever can go on at this moment has gone on.
    setImmediate(() => this.#tick());
  }

  #tick(): void {
    const sleeper = this.#sleepers.shift();
    if (sleeper === undefined) {
      this.#isTicking = false;
      return;
    }
    this.#nowMs = Math.max(this.#nowMs, sleeper.wakesAtMs);
    sleeper.wake();
    setImmediate(() => this.#tick());
  }
}
