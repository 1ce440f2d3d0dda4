import type { Clock } from '../io/clock.ts';
import { ConcurrencyGovernor } from './governor.ts';
import { MINUTE_MS } from './rate-page.ts';
import type { RateEnd, Rates } from './rates.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Settings of an account. */
interface AccountSettings {
  /** Most requests in flight. */
  readonly concurrency: number;
  /** True keeps `concurrency` fixed, whatever the server says. */
  readonly isFixed: boolean;
  /** Limits of requests and tokens per minute; null means no limit. */
  readonly rates: Rates | null;
  readonly clock: Clock;
  /** Called with the number of calls allowed in flight whenever it changes. */
  readonly onConcurrency?: (limit: number) => void;
}

/** How a call ended, from the point of view of its account. */
export type CallEnd =
  | { readonly kind: 'answered'; readonly tokens: number | null; readonly pauseMs: number }
  /** 429, or 503 and 529 (`isOverload`): the account must slow down. */
  | { readonly kind: 'refused'; readonly pauseMs: number; readonly isOverload?: boolean }
  /**
   * The call failed. `isCounted`: the server may have spent tokens anyway. `isLost`: the server itself did not answer,
   * so the request may still arrive later.
   */
  | { readonly kind: 'failed'; readonly isCounted: boolean; readonly isLost?: boolean }
  /** The call was admitted but never sent. */
  | { readonly kind: 'not_made' };

/** One call's slot in an account. */
export interface Permit {
  /** Call once, when the call has ended. */
  leave(end: CallEnd): void;
}

/** A learned pace adds this margin to a minute, because calls do not arrive at the same spacing at which they leave. */
const LEARNED_MINUTE_MS = MINUTE_MS + 1000;
/** How often to check whether calls of other processes have ended. */
const LOOK_AGAIN_MS = 250;
/** A pause this long indicates a limit per minute; its value can be learned from the number of calls admitted. */
const TELLING_PAUSE_MS = 5000;
const RELAXATION = 0.9;

/**
 * State shared by all calls to one endpoint with one key: pace, pauses and calls in flight. First come, first served.
 */
export class Account {
  readonly #settings: AccountSettings;
  readonly #governor: ConcurrencyGovernor;
  readonly #accepted = new SlidingWindow(MINUTE_MS);
  /** Learned interval between two calls; 0 if nothing was learned. */
  #spacingMs = 0;
  #calmSinceMs = 0;
  /** Calls admitted in the minute before a rate limit refusal; null until a refusal comes with a long pause. */
  #letIn: number | null = null;
  #toldConcurrency: number;
  #nextStartMs = 0;
  #pausedUntilMs = 0;
  #inFlight = 0;
  /** Most calls in flight since the allowed number last changed. */
  #peakInFlight = 0;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** Ends the sleep of the first call in the queue; null while none is asleep. */
  #wake: AbortController | null = null;

  constructor(settings: AccountSettings) {
    this.#settings = settings;
    this.#governor = new ConcurrencyGovernor(settings.concurrency, settings.isFixed);
    this.#toldConcurrency = this.#governor.limit;
  }

  /** Calls allowed in flight now. */
  get concurrency(): number {
    return this.#governor.limit;
  }

  /** Calls in flight now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** False if a call with this many tokens can never be admitted. */
  admits(tokens: number): boolean {
    return this.#settings.rates?.admits(tokens) ?? true;
  }

  /** Takes a slot if one is free now and no call is waiting; otherwise null. @param tokens as of `enter` */
  tryEnter(tokens: number): Permit | null {
    return this.#waiting === 0 && this.#waitMs(tokens) === 0 ? this.#admit(tokens) : null;
  }

  /**
   * Waits for a slot.
   * @param tokens most that the call may spend, as far as that is known
   * @returns null if the signal aborted first
   */
  enter(tokens: number, signal: AbortSignal): Promise<Permit | null> {
    if (signal.aborted) return Promise.resolve(null);
    const permit = this.tryEnter(tokens);
    if (permit !== null) return Promise.resolve(permit);
    this.#waiting += 1;
    const turn = this.#tail.then(() => this.#takeTurn(tokens, signal));
    this.#tail = turn.finally(() => {
      this.#waiting -= 1;
    });
    return turn;
  }

  async #takeTurn(tokens: number, signal: AbortSignal): Promise<Permit | null> {
    while (!signal.aborted) {
      const waitMs = this.#waitMs(tokens);
      if (waitMs === 0) return this.#admit(tokens);
      await this.#sleep(waitMs, signal);
    }
    return null;
  }

  async #sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    const waker = new AbortController();
    this.#wake = waker;
    const wake = (): void => waker.abort();
    // Not AbortSignal.any: with a signal that outlives the run, its result stays in memory as long as that signal.
    signal.addEventListener('abort', wake, { once: true });
    await this.#settings.clock.sleep(durationMs, waker.signal);
    signal.removeEventListener('abort', wake);
    this.#wake = null;
  }

  /** @returns 0 if the call is admitted now; the rates have then already counted it */
  #waitMs(tokens: number): number {
    const { clock, rates } = this.#settings;
    const nowMs = clock.elapsedMs();
    const ownMs = Math.max(this.#pausedUntilMs - nowMs, this.#nextStartMs - nowMs);
    if (ownMs > 0) return Math.min(ownMs, MINUTE_MS);
    if (rates === null) return 0;
    const waitMs = rates.enter(tokens);
    return Math.min(waitMs, rates.isShared ? LOOK_AGAIN_MS : MINUTE_MS);
  }

  #admit(tokens: number): Permit {
    const startedMs = this.#settings.clock.elapsedMs();
    this.#applyPace();
    this.#nextStartMs = Math.max(this.#nextStartMs, startedMs) + this.#spacingMs;
    this.#inFlight += 1;
    this.#peakInFlight = Math.max(this.#peakInFlight, this.#inFlight);
    return { leave: (end) => this.#leave(end, tokens, startedMs) };
  }

  #leave(end: CallEnd, held: number, startedMs: number): void {
    const nowMs = this.#settings.clock.elapsedMs();
    this.#settings.rates?.leave(held, rateEnd(end));
    switch (end.kind) {
      case 'answered':
        this.#accepted.add(1, nowMs);
        this.#relaxPace(nowMs);
        this.#governor.answered(this.#peakInFlight);
        this.#pause(end.pauseMs, nowMs);
        break;
      case 'refused':
        this.#governor.refused(startedMs, nowMs);
        // Overload says nothing about a limit per minute.
        if (end.isOverload !== true) this.#learnPace(end.pauseMs, nowMs);
        this.#pause(end.pauseMs, nowMs);
        break;
      case 'failed':
      case 'not_made':
    }
    this.#inFlight -= 1;
    if (this.#governor.limit !== this.#toldConcurrency) this.#tellConcurrency();
    // The end of a call frees its tokens at once, but its share of the requests per minute only a minute later.
    if (end.kind === 'not_made' || this.#settings.rates?.limitsTokens === true) this.#wake?.abort();
  }

  #tellConcurrency(): void {
    this.#toldConcurrency = this.#governor.limit;
    this.#peakInFlight = this.#inFlight;
    this.#settings.onConcurrency?.(this.#toldConcurrency);
  }

  #pause(pauseMs: number, nowMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + pauseMs);
  }

  /**
   * A refusal with a long pause means a limit per minute was hit: its value is the number of calls admitted in the last
   * minute. Calls in flight count as admitted until they are refused too.
   */
  #learnPace(pauseMs: number, nowMs: number): void {
    this.#calmSinceMs = nowMs;
    if (this.#settings.isFixed) return;
    if (this.#letIn !== null) this.#letIn -= 1;
    else if (pauseMs >= TELLING_PAUSE_MS) this.#letIn = this.#accepted.sum(nowMs) + this.#inFlight - 1;
  }

  /** The first call after the pause follows the learned pace. */
  #applyPace(): void {
    if (this.#letIn !== null && this.#letIn > 0)
      this.#spacingMs = Math.max(this.#spacingMs, LEARNED_MINUTE_MS / this.#letIn);
    this.#letIn = null;
  }

  /** A learned pace may be too slow: it speeds up a little after every minute without a refusal. */
  #relaxPace(nowMs: number): void {
    if (this.#spacingMs === 0 || nowMs - this.#calmSinceMs < LEARNED_MINUTE_MS) return;
    this.#calmSinceMs = nowMs;
    this.#spacingMs *= RELAXATION;
  }
}

/** Refused requests have arrived as well; APIs state that they spend no tokens. */
function rateEnd(end: CallEnd): RateEnd {
  switch (end.kind) {
    case 'answered':
      return { kind: 'arrived', tokens: end.tokens ?? 'held' };
    case 'refused':
      return { kind: 'arrived', tokens: 0 };
    case 'failed':
      return { kind: end.isLost === true ? 'lost' : 'arrived', tokens: end.isCounted ? 'held' : 0 };
    case 'not_made':
      return end;
  }
}
