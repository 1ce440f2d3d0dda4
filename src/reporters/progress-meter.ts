import { formatDuration } from '../core/duration-text.ts';
import { spentOf } from '../core/paid.ts';
import { cutShort, oneLine } from '../core/plain-text.ts';
import type { Result } from '../core/result.ts';
import { Tally } from '../core/totals.ts';
import { formatCosts, formatCount, formatTokens } from './format.ts';

/** A pause that a server imposes on calls. */
export interface ShownPause {
  /** Monotonic milliseconds at which calls resume. */
  readonly untilMs: number;
  /** Why, in a few words. */
  readonly reason: string;
}

const LONGEST_REASON = 60;
/** After this long without a result, a run in a pause counts as only waiting. */
const IDLE_AFTER_MS = 1000;

/** Counts what a session has done since its start, and forecasts the remaining time. */
export class Meter {
  #tally = new Tally();
  readonly #elapsedMs: () => number;
  #pace: Pace;
  #trials = 0;
  #alreadyDone = 0;
  #done = 0;
  #lastResultMs = 0;
  #pause: ShownPause | null = null;

  /** @param elapsedMs monotonic milliseconds */
  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
    this.#pace = new Pace(0);
  }

  /** A current pause continues: calls about answers go to the same servers. */
  start(trials: number, alreadyDone: number): void {
    const nowMs = this.#elapsedMs();
    this.#pace = new Pace(nowMs);
    this.#lastResultMs = nowMs;
    this.#trials = trials;
    this.#alreadyDone = alreadyDone;
    this.#done = 0;
    this.#tally = new Tally();
  }

  add(result: Result): void {
    this.#tally.add(result);
    this.#count();
  }

  addJudged(asked: readonly Result[]): void {
    for (const result of asked) this.#tally.add(result);
    this.#count();
  }

  #count(): void {
    this.#done += 1;
    this.#lastResultMs = this.#elapsedMs();
  }

  /** Of several pauses the one that ends last counts. */
  pause(pause: ShownPause): void {
    const current = this.#currentPause(this.#elapsedMs());
    if (current === null || current.untilMs <= pause.untilMs) this.#pause = pause;
  }

  /** When the current pause ends; null if there is none. */
  get pausedUntilMs(): number | null {
    return this.#currentPause(this.#elapsedMs())?.untilMs ?? null;
  }

  get value(): number {
    return this.#alreadyDone + this.#done;
  }

  /**
   * `120/400 · 34.5/s · 12,345 tokens · 1.23 ₽ · 0 errored · 8.1 s left`; with `waiting 28 s: rate limit (429)` in
   * place of the pace during a pause without results. @param isWaiting true shows the current pause even if results
   * came just now
   */
  describe(isWaiting = false): string {
    const nowMs = this.#elapsedMs();
    this.#pace.note(nowMs, this.#done);
    const totals = this.#tally.totals();
    const { tokens, unknownTokens, errored } = totals;
    const { costs, unknownCosts } = spentOf(totals);
    const pause = this.#currentPause(nowMs);
    const waits = pause !== null && (isWaiting || nowMs - this.#lastResultMs >= IDLE_AFTER_MS);
    return [
      `${formatCount(this.value)}/${formatCount(this.#trials)}`,
      waits ? describePause(pause, nowMs) : `${this.#pace.perSecond(nowMs, this.#done).toFixed(1)}/s`,
      `${formatTokens(tokens.prompt + tokens.completion, unknownTokens)} tokens`,
      formatCosts(costs, unknownCosts),
      `${formatCount(errored)} errored`,
      `${this.#describeLeft(nowMs, pause)} left`,
    ].join(' · ');
  }

  #currentPause(nowMs: number): ShownPause | null {
    return this.#pause === null || this.#pause.untilMs <= nowMs ? null : this.#pause;
  }

  /** The rest of the pause, and then the remaining trials at the recent pace, which includes time in pauses. */
  #describeLeft(nowMs: number, pause: ShownPause | null): string {
    const pauseEndMs = pause?.untilMs ?? nowMs;
    const perSecond = this.#pace.perSecond(pauseEndMs, this.#done);
    if (perSecond > 0) {
      return formatDuration(pauseEndMs - nowMs + ((this.#trials - this.value) / perSecond) * 1000);
    }
    return pause === null ? '–' : `over ${formatWait(pauseEndMs - nowMs)}`;
  }
}

function describePause({ untilMs, reason }: ShownPause, nowMs: number): string {
  return `waiting ${formatWait(untilMs - nowMs)}: ${cutShort(oneLine(reason), LONGEST_REASON)}`;
}

/** Whole seconds, rounded up so that a wait does not seem over early: `28 s`, `2 min 5 s`. */
function formatWait(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1000);
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** Servers limit requests per minute: over less than that, a pace reflects a burst or a pause. */
const SPAN_MS = 60_000;
/** Results needed to measure a pace; with fewer in a minute it looks back further. */
const ENOUGH_RESULTS = 20;
const MARK_INTERVAL_MS = 1000;
const MOST_MARKS = 600;

interface Mark {
  readonly atMs: number;
  /** Results so far. */
  readonly done: number;
}

/** The recent pace of results. */
class Pace {
  #marks: Mark[];

  constructor(startedMs: number) {
    this.#marks = [{ atMs: startedMs, done: 0 }];
  }

  /** Records the progress of the run, at most once a second. */
  note(nowMs: number, done: number): void {
    if (nowMs - (this.#marks.at(-1)?.atMs ?? 0) < MARK_INTERVAL_MS) return;
    this.#marks.push({ atMs: nowMs, done });
    // Old records need not be exact to the second.
    if (this.#marks.length > MOST_MARKS) {
      this.#marks = this.#marks.filter((_, index) => index % 2 === 0 || index > MOST_MARKS / 2);
    }
  }

  /**
   * Results per second over the minute that ends at `untilMs`. With too few results it uses twice, four times, … as
   * long, back to the beginning. The end may be in the future: no results are expected until then.
   */
  perSecond(untilMs: number, done: number): number {
    const [first] = this.#marks;
    for (let spanMs = SPAN_MS; ; spanMs *= 2) {
      const since = this.#marks.findLast(({ atMs }) => atMs <= untilMs - spanMs) ?? first;
      if (since === undefined) return 0;
      const count = done - since.done;
      if (count >= ENOUGH_RESULTS || since === first) return (count / Math.max(1, untilMs - since.atMs)) * 1000;
    }
  }
}
