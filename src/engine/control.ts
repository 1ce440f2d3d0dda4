import { setMaxListeners } from 'node:events';
import type { FatalKind } from '../core/call-error.ts';
import { CallError } from '../core/call-error.ts';
import { LONGEST_TIMER_MS } from '../io/clock.ts';

/** Why a run ended before its last trial. */
export type StopReason =
  | { readonly kind: 'interrupted' }
  | { readonly kind: FatalKind | 'budget' | 'endpoint_down' | 'refused'; readonly message: string }
  | {
      /** A pause longer than the run is to wait for, or a quota that is used up for a long time. */
      readonly kind: 'wait' | 'quota_exhausted';
      readonly message: string;
      /** When resuming is worth while, ISO 8601; absent where the server does not say. */
      readonly resumeAt?: string | undefined;
    }
  | { readonly kind: 'failed'; readonly error: unknown };

/** The two ways in which a run is ended early: no new calls (drain), or end those in flight too (kill). */
export class RunControl {
  readonly #drain = new AbortController();
  /** Of all attempts, as many as were ever under way at a time. */
  readonly #controllers: AbortController[] = [];
  /** Those of attempts that are over: making a controller costs more than all else that is done here. */
  readonly #spare: AbortController[] = [];
  #killed = false;
  #hasCalled = false;
  /** Work under way that ends by itself when the run is stopped. */
  #stoppable = 0;
  #reason: StopReason | null = null;

  constructor() {
    // Every trial that waits listens to it, which is no leak.
    setMaxListeners(0, this.#drain.signal);
  }

  /** Aborts when no new call may be made. */
  get draining(): AbortSignal {
    return this.#drain.signal;
  }

  /** Why the run ends early; null while it does not. The first reason stays. */
  get reason(): StopReason | null {
    return this.#reason;
  }

  /** True once calls in flight were ended too. */
  get killed(): boolean {
    return this.#killed;
  }

  /** True once a call was made: something may have been paid. */
  get hasCalled(): boolean {
    return this.#hasCalled;
  }

  /** True while work is under way that ends by itself when the run is stopped: ending the process would cut it off. */
  get isStoppable(): boolean {
    return this.#stoppable > 0;
  }

  /** Does work that listens to `draining` and puts away what it has when that aborts. */
  async stoppable<T>(work: () => Promise<T>): Promise<T> {
    this.#stoppable += 1;
    try {
      return await work();
    } finally {
      this.#stoppable -= 1;
    }
  }

  /** No new calls from here on; those in flight are kept. */
  stop(reason: StopReason): void {
    this.#reason ??= reason;
    this.#drain.abort();
  }

  /** Ends calls in flight too; their answers are lost and will be asked for again. */
  kill(): void {
    this.stop({ kind: 'interrupted' });
    this.#killed = true;
    const idle = new Set(this.#spare);
    for (const controller of this.#controllers.filter((one) => !idle.has(one))) controller.abort(cancelled());
  }

  /**
   * Makes one attempt that `kill` and the time limit can end.
   * @param timeoutMs longest duration of the attempt
   * @throws CallError `timeout` or `cancelled` where it was ended
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
      // A transport may take its being ended for a broken connection.
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
