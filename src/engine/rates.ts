import type { Clock } from '../io/clock.ts';
import type { RateBook } from './rate-book.ts';
import { type RatePage, SPREAD } from './rate-page.ts';

/** Limits per minute; null means no limit. */
interface RateLimits {
  /** Most requests. */
  readonly rpm: number | null;
  /** Most tokens, prompt and completion. */
  readonly tpm: number | null;
}

/** What limits need besides their values. */
interface RateSettings {
  readonly limits: RateLimits;
  readonly book: RateBook;
  readonly clock: Clock;
  /** Maximum duration of a call, in milliseconds. */
  readonly longestCallMs: number;
}

/** How an admitted call counts after it ends. */
export type RateEnd =
  /** The server has seen it. */
  | { readonly kind: 'arrived'; readonly tokens: SpentTokens }
  /** It was abandoned without an answer: the server may have seen it, or may still see it. */
  | { readonly kind: 'lost'; readonly tokens: SpentTokens }
  /** It was never sent. */
  | { readonly kind: 'not_made' };

/** Tokens that an answer reports; `held` if unknown, which counts everything held for the call. */
type SpentTokens = number | 'held';

/** Requests and tokens per minute, such that no minute at the server holds more, whatever stalls on the way. */
export class Rates {
  readonly #settings: RateSettings;
  /** Highest observed ratio of actual to estimated tokens. */
  #factor = 1;

  constructor(settings: RateSettings) {
    this.#settings = settings;
  }

  /** True if a call may be admitted when calls of other processes end. */
  get isShared(): boolean {
    return this.#settings.book.isShared;
  }

  /** True if the end of a call may admit another one at once. */
  get limitsTokens(): boolean {
    return this.#settings.limits.tpm !== null;
  }

  /** False if a call with this many tokens can never be admitted. */
  admits(tokens: number): boolean {
    const { tpm } = this.#settings.limits;
    return tpm === null || tokens <= tpm;
  }

  /**
   * Admits a call if there is room for it.
   * @param tokens upper estimate of what it spends
   * @returns 0 if it is admitted; otherwise milliseconds until there may be room, Infinity if calls must end first
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

  /** Counts an admitted call as ended. @param held what it was admitted with */
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
      // What another process left there may use another pace, or a clock that has restarted.
      waitMs = Math.min(page.nextStartMs - nowMs, page.longestMs / rpm);
      const most = rpm - page.inFlight('calls') - 1;
      waitMs = Math.max(waitMs, page.msUntilAtMost(most, 'calls', { span: 'window', nowMs }));
    }
    if (tpm === null) return waitMs;
    // A call that spends more than estimated must still be admitted, at least alone.
    const need = Math.min(tpm, Math.ceil(tokens * this.#factor));
    const most = tpm - page.inFlight('tokens') - need;
    return Math.max(
      waitMs,
      page.msUntilAtMost(most, 'tokens', { span: 'window', nowMs }),
      // Otherwise a minute's tokens would be spent in its first seconds, and all calls would wait for its end together.
      page.msUntilAtMost(Math.max(0, tpm / SPREAD - 1), 'tokens', { span: 'recent', nowMs }),
    );
  }

  /** The next call follows at an even interval after the time when this one was due, because timers are late. */
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
