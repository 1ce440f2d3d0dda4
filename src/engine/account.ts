import type { Clock } from './clock.ts';
import { ConcurrencyGovernor } from './governor.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Limits of an account; null where there is none. */
export interface AccountLimits {
  /** Most requests in any 60 s. */
  readonly rpm: number | null;
  /** Most tokens, prompt and completion, in any 60 s. */
  readonly tpm: number | null;
  /** Most requests in flight. */
  readonly concurrency: number;
  /** True keeps to `concurrency` whatever the server says. */
  readonly isFixed: boolean;
}

/** How a call ended, as far as its account is concerned. */
export type CallEnd =
  | { readonly kind: 'answered'; readonly tokens: number | null; readonly pauseMs: number }
  /** 429, or 503 and 529 (`isOverload`): the account is to slow down. */
  | { readonly kind: 'refused'; readonly pauseMs: number; readonly isOverload?: boolean }
  /** It failed; `isCounted` where the server may have spent tokens all the same. */
  | { readonly kind: 'failed'; readonly isCounted: boolean };

/** A place among the calls of an account. */
export interface Permit {
  /** To be called once, when the call has ended. */
  leave(end: CallEnd): void;
}

const MINUTE_MS = 60_000;
/** Calls do not arrive in the spacing in which they leave: windows are kept this much longer than the server's. */
const SLACK_MS = 1000;
const WINDOW_MS = MINUTE_MS + SLACK_MS;
/** Tokens are spread: a new call waits while the last sixth of a minute has spent a sixth of a minute's tokens. */
const SPREAD = 6;
/** A pause this long speaks of a limit per minute, whose height can be learned from what was let in. */
const TELLING_PAUSE_MS = 5000;
const RELAXATION = 0.9;

/** What all calls of one endpoint and key share: pace, pauses and the number in flight. First come, first served. */
export class Account {
  readonly #clock: Clock;
  readonly #limits: AccountLimits;
  readonly #governor: ConcurrencyGovernor;
  readonly #tokens: SlidingWindow | null;
  readonly #spread: SlidingWindow | null;
  readonly #accepted = new SlidingWindow(Number.POSITIVE_INFINITY, MINUTE_MS);
  readonly #onConcurrency: (limit: number) => void;
  /** Between two calls, by --rpm alone. */
  readonly #ownSpacingMs: number;
  /** Between two calls, by --rpm and what was learned. */
  #spacingMs: number;
  #calmSinceMs = 0;
  /** Calls let in within the minute before a telling refusal; null while nobody was sent away for long. */
  #letIn: number | null = null;
  #toldConcurrency: number;
  #nextStartMs = 0;
  #pausedUntilMs = 0;
  #inFlight = 0;
  /** Most calls in flight since the number that may be was last changed. */
  #peakInFlight = 0;
  #heldTokens = 0;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** Ends the sleep of the first in the queue; null while nobody sleeps. */
  #wake: AbortController | null = null;

  /** @param onConcurrency told whenever the number of calls that may be in flight changes */
  constructor(limits: AccountLimits, clock: Clock, onConcurrency: (limit: number) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onConcurrency = onConcurrency;
    this.#governor = new ConcurrencyGovernor(limits.concurrency, limits.isFixed);
    this.#ownSpacingMs = limits.rpm === null ? 0 : WINDOW_MS / limits.rpm;
    this.#spacingMs = this.#ownSpacingMs;
    this.#toldConcurrency = this.#governor.limit;
    this.#tokens = limits.tpm === null ? null : new SlidingWindow(limits.tpm, WINDOW_MS);
    this.#spread = limits.tpm === null ? null : new SlidingWindow(Math.max(1, limits.tpm / SPREAD), WINDOW_MS / SPREAD);
  }

  /** Calls that may be in flight now. */
  get concurrency(): number {
    return this.#governor.limit;
  }

  /** Calls in flight now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** False where a call of so many tokens can never be let in. */
  admits(tokens: number): boolean {
    return this.#limits.tpm === null || tokens <= this.#limits.tpm;
  }

  /**
   * Waits for a place.
   * @param tokens most that the call may spend
   * @returns null where the signal aborted first
   */
  enter(tokens: number, signal: AbortSignal): Promise<Permit | null> {
    if (signal.aborted) return Promise.resolve(null);
    if (this.#waiting === 0 && this.#waitMs(tokens) === 0) return Promise.resolve(this.#admit(tokens));
    this.#waiting += 1;
    const turn = this.#tail.then(() => this.#takeTurn(tokens, signal));
    this.#tail = turn.finally(() => {
      this.#waiting -= 1;
    });
    return turn;
  }

  async #takeTurn(tokens: number, signal: AbortSignal): Promise<Permit | null> {
    for (let waitMs = this.#waitMs(tokens); waitMs > 0; waitMs = this.#waitMs(tokens)) {
      if (signal.aborted) return null;
      await this.#sleep(Math.min(waitMs, MINUTE_MS), signal);
    }
    return signal.aborted ? null : this.#admit(tokens);
  }

  async #sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    const waker = new AbortController();
    this.#wake = waker;
    const wake = (): void => waker.abort();
    // Not AbortSignal.any: what it makes of a signal that outlives the run stays in memory as long as that signal.
    signal.addEventListener('abort', wake, { once: true });
    await this.#clock.sleep(durationMs, waker.signal);
    signal.removeEventListener('abort', wake);
    this.#wake = null;
  }

  #waitMs(tokens: number): number {
    const nowMs = this.#clock.elapsedMs();
    return Math.max(0, this.#pausedUntilMs - nowMs, this.#nextStartMs - nowMs, this.#tokensWaitMs(tokens, nowMs));
  }

  #tokensWaitMs(tokens: number, nowMs: number): number {
    if (this.#tokens === null || this.#spread === null) return 0;
    return Math.max(this.#tokens.waitMs(tokens, this.#heldTokens, nowMs), this.#spread.waitMs(1, 0, nowMs));
  }

  #admit(tokens: number): Permit {
    const startedMs = this.#clock.elapsedMs();
    this.#applyPace();
    this.#nextStartMs = Math.max(this.#nextStartMs, startedMs) + this.#spacingMs;
    this.#heldTokens += tokens;
    this.#inFlight += 1;
    this.#peakInFlight = Math.max(this.#peakInFlight, this.#inFlight);
    return { leave: (end) => this.#leave(end, tokens, startedMs) };
  }

  #leave(end: CallEnd, held: number, startedMs: number): void {
    const nowMs = this.#clock.elapsedMs();
    this.#heldTokens -= held;
    switch (end.kind) {
      case 'answered':
        this.#spend(end.tokens ?? held, nowMs);
        this.#accepted.add(1, nowMs);
        this.#relaxPace(nowMs);
        this.#governor.answered(this.#peakInFlight);
        this.#pause(end.pauseMs, nowMs);
        break;
      case 'refused':
        this.#governor.refused(startedMs, nowMs);
        // Overload says nothing of a limit per minute.
        if (end.isOverload !== true) this.#learnPace(end.pauseMs, nowMs);
        this.#pause(end.pauseMs, nowMs);
        break;
      case 'failed':
        if (end.isCounted) this.#spend(held, nowMs);
    }
    this.#inFlight -= 1;
    if (this.#governor.limit !== this.#toldConcurrency) this.#tellConcurrency();
    this.#wake?.abort();
  }

  #tellConcurrency(): void {
    this.#toldConcurrency = this.#governor.limit;
    this.#peakInFlight = this.#inFlight;
    this.#onConcurrency(this.#toldConcurrency);
  }

  /** Tokens count from the end of their call: whenever the server counts them, it is not later. */
  #spend(tokens: number, nowMs: number): void {
    this.#tokens?.add(tokens, nowMs);
    this.#spread?.add(tokens, nowMs);
  }

  #pause(pauseMs: number, nowMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + pauseMs);
  }

  /**
   * Who is sent away for long has met a limit per minute: what was let in within the last minute is its height. Calls
   * in flight count as let in until they are refused too.
   */
  #learnPace(pauseMs: number, nowMs: number): void {
    this.#calmSinceMs = nowMs;
    if (this.#limits.isFixed) return;
    if (this.#letIn !== null) this.#letIn -= 1;
    else if (pauseMs >= TELLING_PAUSE_MS) this.#letIn = this.#accepted.sum(nowMs) + this.#inFlight - 1;
  }

  /** The first call after the pause goes at the pace that was learned. */
  #applyPace(): void {
    if (this.#letIn !== null && this.#letIn > 0) this.#spacingMs = Math.max(this.#spacingMs, WINDOW_MS / this.#letIn);
    this.#letIn = null;
  }

  /** A learned pace may be too slow: it is tried a little faster after every minute without a refusal. */
  #relaxPace(nowMs: number): void {
    if (this.#spacingMs <= this.#ownSpacingMs || nowMs - this.#calmSinceMs < WINDOW_MS) return;
    this.#calmSinceMs = nowMs;
    this.#spacingMs = Math.max(this.#ownSpacingMs, this.#spacingMs * RELAXATION);
  }
}
