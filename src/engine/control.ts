import { setMaxListeners } from 'node:events';
import type { FatalKind } from '../core/call-error.ts';
import { CallError } from '../core/call-error.ts';
import { LONGEST_TIMER_MS } from '../io/clock.ts';

/** Why a run ended before its last trial. */
export type StopReason =
  | { readonly kind: 'interrupted' }
  | { readonly kind: FatalKind | 'budget' | 'endpoint_down' | 'refused'; readonly message: string }
  | {
      /** A pause longer than the run may wait for, or a quota that is exhausted for a long time. */
      readonly kind: 'wait' | 'quota_exhausted';
      readonly message: string;
      /** When resuming makes sense, ISO 8601; absent if the server does not say. */
      readonly resumeAt?: string | undefined;
    }
  | { readonly kind: 'failed'; readonly error: unknown };

/** The two ways to end a run early: make no new calls (drain), or also end those in flight (kill). */
export class RunControl {
  readonly #drain = new AbortController();
  /** One controller per concurrent attempt, up to the highest concurrency so far. */
  readonly #controllers: AbortController[] = [];
  /** Controllers of finished attempts: creating one costs more than everything else here. */
  readonly #spare: AbortController[] = [];
  #killed = false;
  #hasCalled = false;
  /** Work in progress that ends by itself when the run is stopped. */
  #stoppable = 0;
  #reason: StopReason | null = null;

  constructor() {
    // Every waiting trial listens to it, so many listeners are not a leak.
    setMaxListeners(0, this.#drain.signal);
  }

  /** Aborts when no new call may be made. */
  get draining(): AbortSignal {
    return this.#drain.signal;
  }

  /** Why the run ends early; null if it does not. The first reason wins. */
  get reason(): StopReason | null {
    return this.#reason;
  }

  /** True once calls in flight were ended too. */
  get killed(): boolean {
    return this.#killed;
  }

  /** True once a call was made, so something may have been paid. */
  get hasCalled(): boolean {
    return this.#hasCalled;
  }

  /** True while there is work that ends by itself when the run is stopped; ending the process would cut it off. */
  get isStoppable(): boolean {
    return this.#stoppable > 0;
  }

  /** Runs work that listens to `draining` and saves what it has when that aborts. */
  async stoppable<T>(work: () => Promise<T>): Promise<T> {
    this.#stoppable += 1;
    try {
      return await work();
    } finally {
      this.#stoppable -= 1;
    }
  }

  /** Makes no new calls from here on; those in flight are kept. */
  stop(reason: StopReason): void {
    this.#reason ??= reason;
    this.#drain.abort();
  }

  /** Ends calls in flight too; their answers are lost and will be requested again. */
  kill(): void {
    this.stop({ kind: 'interrupted' });
    this.#killed = true;
    const idle = new Set(this.#spare);
    for (const controller of this.#controllers.filter((one) => !idle.has(one))) controller.abort(cancelled());
  }

  /**
   * Makes one attempt that `kill` and the time limit can end.
   * @param timeoutMs maximum duration of the attempt
   * @throws CallError `timeout` or `cancelled` if it was ended
   */
  async attempt<T>(timeoutMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#killed) throw cancelled().with({ isUnsent: true });
    this.#hasCalled = true;
    const controller = this.#spare.pop() ?? this.#newController();
    const timer = setTimeout(
      () => {
        controller.abort(new CallError('timeout', `no whole answer within ${timeoutMs / 1000} s`));
      },
      Math.min(timeoutMs, LONGEST_TIMER_MS),
    );
    try {
      return await call(controller.signal);
    } catch (error) {
      // A transport may report an ended attempt as a broken connection.
      controller.signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
      if (!controller.signal.aborted) this.#spare.push(controller);
      else this.#controllers.splice(this.#controllers.indexOf(controller), 1);
    }
  }

  #newController(): AbortController {
    const controller = new AbortController();
    this.#controllers.push(controller);
    return controller;
  }
}

function cancelled(): CallError {
  return new CallError('cancelled', 'ended by the user');
}
