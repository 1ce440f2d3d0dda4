import type { Clock } from '../../src/io/clock.ts';

/** The most that passes at once: a busy machine may let a process wait for far longer. */
const LONGEST_STEP_MS = 10;
const TICK_MS = 2;

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/**
 * The machine's clock, on which time passes so many times faster; servers may go by it too. It stands still while the
 * process does: otherwise a moment without the processor would be a minute in which nothing was done.
 */
export class FastClock implements Clock {
  readonly #factor: number;
  readonly #startDate = Date.now();
  readonly #sleepers = new Set<Sleeper>();
  #passedMs = 0;
  #seenMs = performance.now();
  #ticking: NodeJS.Timeout | undefined;

  constructor(factor: number) {
    this.#factor = factor;
  }

  readonly elapsedMs = (): number => {
    const nowMs = performance.now();
    this.#passedMs += Math.min(nowMs - this.#seenMs, LONGEST_STEP_MS);
    this.#seenMs = nowMs;
    return this.#passedMs * this.#factor;
  };

  readonly date = (): Date => new Date(this.#startDate + this.elapsedMs());

  readonly sleep = (durationMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const sleeper: Sleeper = {
        untilMs: this.elapsedMs() + durationMs,
        wake: () => {
          signal.removeEventListener('abort', sleeper.wake);
          this.#sleepers.delete(sleeper);
          if (this.#sleepers.size === 0) clearInterval(this.#ticking);
          resolve();
        },
      };
      if (this.#sleepers.size === 0) this.#ticking = setInterval(() => this.#tick(), TICK_MS);
      this.#sleepers.add(sleeper);
      if (signal.aborted) sleeper.wake();
      else signal.addEventListener('abort', sleeper.wake, { once: true });
    });

  #tick(): void {
    const nowMs = this.elapsedMs();
    for (const { untilMs, wake } of this.#sleepers) if (untilMs <= nowMs) wake();
  }
}
