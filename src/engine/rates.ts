import type { Clock } from '../io/clock.ts';
import type { RateBook } from './rate-book.ts';
import { type RatePage, SPREAD } from './rate-page.ts';

/** Limits in any minute; null where there is none. */
interface RateLimits {
  /** Most requests. */
  readonly rpm: number | null;
  /** Most tokens, prompt and completion. */
  readonly tpm: number | null;
}

/** What limits need beside their figures. */
interface RateSettings {
  readonly limits: RateLimits;
  readonly book: RateBook;
  readonly clock: Clock;
  /** Longest duration of a call, in milliseconds. */
  readonly longestCallMs: number;
}

/** How a call that was let in counts from its end on. */
export type RateEnd =
  /** The server has seen it. */
  | { readonly kind: 'arrived'; readonly tokens: SpentTokens }
  /** It was given up without an answer: the server may have seen it, or may see it yet. */
  | { readonly kind: 'lost'; readonly tokens: SpentTokens }
  /** It was never sent. */
  | { readonly kind: 'not_made' };

/** Tokens that an answer reports; `held` where nothing is known, which counts all that was held for the call. */
type SpentTokens = number | 'held';

/** Requests and tokens a minute, such that no minute at the server holds more, whatever stalls on the way there. */
export class Rates {
  readonly #settings: RateSettings;
  /** How many times their estimate calls were seen to spend, at most. */
  #factor = 1;

  constructor(settings: RateSettings) {
    this.#settings = settings;
  }

  /** True where the ends of calls that this process does not see may let a call in. */
  get isShared(): boolean {
    return this.#settings.book.isShared;
  }

  /** True where the end of a call may let another one in at once. */
  get limitsTokens(): boolean {
    return this.#settings.limits.tpm !== null;
  }

  /** False where a call of so many tokens can never be let in. */
  admits(tokens: number): boolean {
    const { tpm } = this.#settings.limits;
    return tpm === null || tokens <= tpm;
  }

  /**
   * Lets a call in where there is room for it.
   * @param tokens estimate of what it spends at most
   * @returns 0 where it is let in; else milliseconds until there may be room, Infinity where calls have to end first
   */
  enter(tokens: number): number {
    const { book, clock, longestCallMs } = this.#settings;
    return book.update((page) => {
      const nowMs = clock.elapsedMs();
      page.settle(nowMs);
      const waitMs = this.#waitMs(page, tokens, nowMs);
      if (waitMs > 0) return waitMs;
      this.#space(page, nowMs);
      page.hold(book.me.id, book.me.owner, { tokens, factor: this.#factor, untilMs: nowMs + longestCallMs });
      return 0;
    });
  }

  /** Counts a call that was let in as ended. @param held what it was let in with */
  leave(held: number, end: RateEnd): void {
    const { book, clock } = this.#settings;
    book.update((page) => {
      page.release(book.me.id, held);
      if (end.kind === 'not_made') return;
      const tokens = end.tokens === 'held' ? Math.ceil(held * this.#factor) : end.tokens;
      this.#learn(page, held, tokens);
      if (end.kind === 'lost') page.lost(clock.elapsedMs(), 1, tokens);
      else page.arrived(clock.elapsedMs(), 1, tokens);
    });
  }

  #waitMs(page: RatePage, tokens: number, nowMs: number): number {
    const { rpm, tpm } = this.#settings.limits;
    let waitMs = 0;
    if (rpm !== null) {
      // What another process left there may be of another pace, or of a clock that began anew.
      waitMs = Math.min(page.nextStartMs - nowMs, page.longestMs / rpm);
      const most = rpm - page.inFlight('calls') - 1;
      waitMs = Math.max(waitMs, page.msUntilAtMost(most, 'calls', { span: 'window', nowMs }));
    }
    if (tpm === null) return waitMs;
    // A call that spends more than was estimated must still come in, if only alone.
    const need = Math.min(tpm, Math.ceil(tokens * this.#factor));
    const most = tpm - page.inFlight('tokens') - need;
    return Math.max(
      waitMs,
      page.msUntilAtMost(most, 'tokens', { span: 'window', nowMs }),
      // Else a minute's tokens would be spent in its first seconds, and all calls would wait for its end together.
      page.msUntilAtMost(Math.max(0, tpm / SPREAD - 1), 'tokens', { span: 'recent', nowMs }),
    );
  }

  /** The next call comes in an even step after this one, reckoned from when this one was due: timers are late. */
  #space(page: RatePage, nowMs: number): void {
    const { rpm } = this.#settings.limits;
    if (rpm === null) return;
    const lateMs = nowMs - page.nextStartMs;
    const dueMs = lateMs >= 0 && lateMs <= page.lateMs ? page.nextStartMs : nowMs;
    page.nextStartMs = dueMs + page.longestMs / rpm;
  }

  #learn(page: RatePage, held: number, spent: number): void {
    if (held === 0 || spent <= held * this.#factor) return;
    this.#factor = spent / held;
    page.raise(this.#settings.book.me.id, this.#factor);
  }
}
