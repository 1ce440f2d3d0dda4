import type { Clock } from '../io/clock.ts';
import { ConcurrencyGovernor } from './governor.ts';
import { MINUTE_MS } from './rate-page.ts';
import type { RateEnd, Rates } from './rates.ts';
import { SlidingWindow } from './sliding-window.ts';

/** What an account goes by. */
interface AccountSettings {
  /** Most requests in flight. */
  readonly concurrency: number;
  /** True keeps to `concurrency` whatever the server says. */
  readonly isFixed: boolean;
  /** Limits of requests and tokens a minute; null where there is none. */
  readonly rates: Rates | null;
  readonly clock: Clock;
  /** Gets the number of calls that may be in flight whenever it changes. */
  readonly onConcurrency?: (limit: number) => void;
}

/** How a call ended, as far as its account is concerned. */
export type CallEnd =
  | { readonly kind: 'answered'; readonly tokens: number | null; readonly pauseMs: number }
  /** 429, or 503 and 529 (`isOverload`): the account is to slow down. */
  | { readonly kind: 'refused'; readonly pauseMs: number; readonly isOverload?: boolean }
  /**
   * It failed. `isCounted`: the server may have spent tokens all the same. `isLost`: the server itself did not answer,
   * so it may receive the request later than now.
   */
  | { readonly kind: 'failed'; readonly isCounted: boolean; readonly isLost?: boolean }
  /** It was let in and never sent. */
  | { readonly kind: 'not_made' };

/** A place among the calls of an account. */
export interface Permit {
  /** To be called once, when the call has ended. */
  leave(end: CallEnd): void;
}

/** A pace that was learned keeps this much more than a minute: calls do not arrive in the steps in which they leave. */
const LEARNED_MINUTE_MS = MINUTE_MS + 1000;
/** How often it is looked whether calls of other processes have ended. */
const LOOK_AGAIN_MS = 250;
/** A pause this long speaks of a limit per minute, whose height can be learned from what was let in. */
const TELLING_PAUSE_MS = 5000;
const RELAXATION = 0.9;

/** What all calls of one endpoint and key share: pace, pauses and the number in flight. First come, first served. */
export class Account {
  readonly #settings: AccountSettings;
  readonly #governor: ConcurrencyGovernor;
  readonly #accepted = new SlidingWindow(MINUTE_MS);
  /** Between two calls, as learned; 0 where nothing was. */
  #spacingMs = 0;
  #calmSinceMs = 0;
  /** Calls let in within the minute before a telling refusal; null while nobody was sent away for long. */
  #letIn: number | null = null;
  #toldConcurrency: number;
  #nextStartMs = 0;
  #pausedUntilMs = 0;
  #inFlight = 0;
  /** Most calls in flight since the number that may be was last changed. */
  #peakInFlight = 0;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** Ends the sleep of the first in the queue; null while nobody sleeps. */
  #wake: AbortController | null = null;

  constructor(settings: AccountSettings) {
    this.#settings = settings;
    this.#governor = new ConcurrencyGovernor(settings.concurrency, settings.isFixed);
    this.#toldConcurrency = this.#governor.limit;
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
    return this.#settings.rates?.admits(tokens) ?? true;
  }

  /** A place, where one is free at once and nobody waits; else null. @param tokens as of `enter` */
  tryEnter(tokens: number): Permit | null {
    return this.#waiting === 0 && this.#waitMs(tokens) === 0 ? this.#admit(tokens) : null;
  }

  /**
   * Waits for a place.
   * @param tokens most that the call may spend, as far as that is known
   * @returns null where the signal aborted first
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
    // Not AbortSignal.any: what it makes of a signal that outlives the run stays in memory as long as that signal.
    signal.addEventListener('abort', wake, { once: true });
    await this.#settings.clock.sleep(durationMs, waker.signal);
    signal.removeEventListener('abort', wake);
    this.#wake = null;
  }

  /** @returns 0 where a call is to be admitted at once: its rates have let it in then */
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
        // Overload says nothing of a limit per minute.
        if (end.isOverload !== true) this.#learnPace(end.pauseMs, nowMs);
        this.#pause(end.pauseMs, nowMs);
        break;
      case 'failed':
      case 'not_made':
    }
    this.#inFlight -= 1;
    if (this.#governor.limit !== this.#toldConcurrency) this.#tellConcurrency();
    // The end of a call frees tokens at once, and a place among the requests of a minute only a minute later.
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
   * Who is sent away for long has met a limit per minute: what was let in within the last minute is its height. Calls
   * in flight count as let in until they are refused too.
   */
  #learnPace(pauseMs: number, nowMs: number): void {
    this.#calmSinceMs = nowMs;
    if (this.#settings.isFixed) return;
    if (this.#letIn !== null) this.#letIn -= 1;
    else if (pauseMs >= TELLING_PAUSE_MS) this.#letIn = this.#accepted.sum(nowMs) + this.#inFlight - 1;
  }

  /** The first call after the pause goes at the pace that was learned. */
  #applyPace(): void {
    if (this.#letIn !== null && this.#letIn > 0)
      this.#spacingMs = Math.max(this.#spacingMs, LEARNED_MINUTE_MS / this.#letIn);
    this.#letIn = null;
  }

  /** A learned pace may be too slow: it is tried a little faster after every minute without a refusal. */
  #relaxPace(nowMs: number): void {
    if (this.#spacingMs === 0 || nowMs - this.#calmSinceMs < LEARNED_MINUTE_MS) return;
    this.#calmSinceMs = nowMs;
    this.#spacingMs *= RELAXATION;
  }
}

/** Refused requests have arrived as well; that they spent nothing is what APIs say of them. */
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
