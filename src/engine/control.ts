import { setMaxListeners } from 'node:events';
import type { FatalKind } from '../core/call-error.ts';
import { CallError } from '../core/call-error.ts';
import { LONGEST_TIMER_MS, systemClock } from '../io/clock.ts';

/** Why a run ended before its last trial. */
export type StopReason =
  | { readonly kind: 'interrupted' }
  | {
      readonly kind: FatalKind | 'budget' | 'endpoint_down' | 'refused' | 'batch' | 'queue' | 'callback';
      readonly message: string;
    }
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
  /** One per concurrent attempt, up to the highest concurrency so far. */
  readonly #attempts: Attempt[] = [];
  /** Those that have ended: creating one, with its signal, costs more than everything else here. */
  readonly #idle: Attempt[] = [];
  /** Ends the attempts that are too late; null while none is due. */
  #timer: NodeJS.Timeout | null = null;
  /** When it fires, in monotonic milliseconds. */
  #timerMs = Infinity;
  #killed = false;
  readonly #kill = new AbortController();
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

  /** True once no new call may be made. For code that runs for every call: asking a signal takes ten times as long. */
  get isDraining(): boolean {
    return this.#reason !== null;
  }

  /** Why the run ends early; null if it does not. The first reason wins. */
  get reason(): StopReason | null {
    return this.#reason;
  }

  /** True once calls in flight were ended too. */
  get killed(): boolean {
    return this.#killed;
  }

  /** Aborts when calls in flight are ended too. */
  get killing(): AbortSignal {
    return this.#kill.signal;
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
    for (const attempt of this.#attempts) if (attempt.isRunning) attempt.abort(cancelled());
    this.#kill.abort();
  }

  /**
   * Begins an attempt that `kill` and the time limit can end. Its owner must end it.
   * @param timeoutMs maximum duration of the attempt
   * @throws CallError `cancelled` after `kill`
   */
  begin(timeoutMs: number): Attempt {
    if (this.#killed) throw cancelled().with({ isUnsent: true });
    this.#hasCalled = true;
    const attempt = this.#idle.pop() ?? this.#newAttempt();
    attempt.start(timeoutMs, systemClock.elapsedMs());
    if (attempt.endsMs < this.#timerMs) this.#setTimer(attempt.endsMs);
    return attempt;
  }

  #newAttempt(): Attempt {
    const attempt = new Attempt((ended) => this.#ended(ended));
    this.#attempts.push(attempt);
    return attempt;
  }

  #ended(attempt: Attempt): void {
    if (!attempt.isAborted) this.#idle.push(attempt);
    else this.#attempts.splice(this.#attempts.indexOf(attempt), 1);
    if (this.#idle.length === this.#attempts.length) this.#clearTimer();
  }

  /** One timer for all attempts: it is set for the first one that may be too late, and most have ended by then. */
  #setTimer(endsMs: number): void {
    this.#clearTimer();
    this.#timerMs = endsMs;
    const leftMs = Math.max(0, endsMs - systemClock.elapsedMs());
    this.#timer = setTimeout(() => this.#endLate(), Math.min(leftMs, LONGEST_TIMER_MS));
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerMs = Infinity;
  }

  #endLate(): void {
    const nowMs = systemClock.elapsedMs();
    this.#clearTimer();
    let nextMs = Infinity;
    for (const attempt of this.#attempts) {
      if (!attempt.isRunning || attempt.isAborted) continue;
      if (attempt.endsMs > nowMs) nextMs = Math.min(nextMs, attempt.endsMs);
      else attempt.abort(new CallError('timeout', `no whole answer within ${attempt.timeoutMs / 1000} s`));
    }
    if (nextMs < Infinity) this.#setTimer(nextMs);
  }
}

/** One attempt at a time, with a signal that ends it. */
export class Attempt {
  readonly #controller = new AbortController();
  readonly #onEnd: (attempt: Attempt) => void;
  #isRunning = false;
  #isAborted = false;
  #timeoutMs = 0;
  #endsMs = Infinity;

  /** @param onEnd called each time an attempt has ended */
  constructor(onEnd: (attempt: Attempt) => void) {
    this.#onEnd = onEnd;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get isAborted(): boolean {
    return this.#isAborted;
  }

  /** Its maximum duration. */
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** When it is too late, in monotonic milliseconds. */
  get endsMs(): number {
    return this.#endsMs;
  }

  start(timeoutMs: number, nowMs: number): void {
    this.#isRunning = true;
    this.#timeoutMs = timeoutMs;
    this.#endsMs = nowMs + timeoutMs;
  }

  abort(reason: CallError): void {
    this.#isAborted = true;
    this.#controller.abort(reason);
  }

  /**
   * Why it failed: a transport may report an ended attempt as a broken connection. One that calls it ended knows what
   * became of the call. @param error that it threw
   */
  failure(error: unknown): unknown {
    if (error instanceof CallError && error.kind === 'cancelled') return error;
    const reason: unknown = this.signal.reason;
    return reason ?? error;
  }

  /** Call this once it is over. */
  end(): void {
    this.#isRunning = false;
    this.#onEnd(this);
  }
}

function cancelled(): CallError {
  return new CallError('cancelled', 'ended by the user');
}
