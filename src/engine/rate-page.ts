import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../core/json.ts';
import { type Owner, parseOwner } from '../io/process-owner.ts';

/** Length of the windows that limits apply to. */
export const MINUTE_MS = 60_000;

/**
 * A window is divided into this many parts: calls that ended within one part are a single entry, however many there
 * were.
 */
const PARTS = 600;
/** Token use is spread out: the last sixth of a window is checked separately. */
export const SPREAD = 6;
const VERSION = 1;

/** What a limit can apply to. */
export type Counted = 'calls' | 'tokens';

/** Calls that ended within the whole window, or within its last sixth. */
export type Span = 'window' | 'recent';

interface Ended {
  /** Index of the part at whose end these calls count as arrived. */
  readonly part: number;
  calls: number;
  tokens: number;
}

/** The calls of one process that are in flight. */
interface InFlight {
  readonly owner: Owner;
  calls: number;
  /** As estimated before the calls. */
  tokens: number;
  /** Highest observed ratio of actual to estimated tokens, at least 1. */
  factor: number;
  /** Latest time at which the last of them ends. */
  untilMs: number;
}

/** A process with calls in flight. */
interface RateUser {
  readonly id: string;
  readonly owner: Owner;
  readonly untilMs: number;
}

/** An admitted call. */
interface HeldCall {
  /** Estimated tokens. */
  readonly tokens: number;
  /** Highest observed ratio of actual to estimated tokens, at least 1. */
  readonly factor: number;
  /** Latest time at which it ends. */
  readonly untilMs: number;
}

/**
 * The calls of one account that a server may count within one window: those in flight, and those that ended within the
 * last window. A request arrives at an unknown time between sending and answer. So a call is admitted only if calls in
 * flight and calls that ended within the last window leave room for it. Then no window at the server can exceed the
 * limit; without that condition, some order of arrivals breaks it.
 *
 * Times are rounded up to the next part and kept one part longer, to allow for clock differences. Memory is bounded by
 * the number of parts. All times are in milliseconds of the clock that the account's processes share.
 */
export class RatePage {
  readonly windowMs: number;
  /** The earliest time of the next call, so that calls are evenly spaced. */
  nextStartMs = 0;
  readonly #partMs: number;
  /** By part, the oldest first. */
  #ended: Ended[] = [];
  /** By process id. */
  readonly #inFlight = new Map<string, InFlight>();

  /** @param windowMs length of the windows in which calls are counted */
  constructor(windowMs: number) {
    this.windowMs = windowMs;
    this.#partMs = windowMs / PARTS;
  }

  /** Maximum time for which an ended call may count; two calls under a limit of n are one n-th of it apart. */
  get longestMs(): number {
    return this.windowMs + 2 * this.#partMs;
  }

  /** How late a timer may be before the next call is no longer scheduled from the time when it was due. */
  get lateMs(): number {
    return this.#partMs;
  }

  /** True if nothing counts. */
  get isEmpty(): boolean {
    return this.#ended.length === 0 && this.#inFlight.size === 0;
  }

  /** The processes with calls in flight, and the latest time at which the last of these ends. */
  users(): readonly RateUser[] {
    return [...this.#inFlight].map(([id, { owner, untilMs }]) => ({ id, owner, untilMs }));
  }

  /** Calls or estimated tokens in flight. */
  inFlight(of: Counted): number {
    let sum = 0;
    for (const held of this.#inFlight.values()) sum += of === 'calls' ? held.calls : heldTokens(held);
    return sum;
  }

  /** Milliseconds until at most `most` of the span is left; Infinity if `most` is below 0. */
  msUntilAtMost(most: number, of: Counted, { span, nowMs }: { readonly span: Span; readonly nowMs: number }): number {
    const spanMs = span === 'window' ? this.windowMs : this.windowMs / SPREAD;
    // A lost call counts as if it arrived later; for spreading tokens, it has not arrived yet.
    const lastPart = span === 'window' ? Number.POSITIVE_INFINITY : this.#partOf(nowMs);
    const first = this.#ended.findIndex(({ part }) => this.#leavesMs(part, spanMs) > nowMs);
    if (first === -1) return most < 0 ? Number.POSITIVE_INFINITY : 0;
    let excess = -most;
    for (let index = first; index < this.#ended.length; index++) {
      const entry = this.#ended[index];
      if (entry === undefined || entry.part > lastPart) break;
      excess += entry[of];
    }
    for (let index = first; excess > 0; index++) {
      const entry = this.#ended[index];
      if (entry === undefined || entry.part > lastPart) return Number.POSITIVE_INFINITY;
      excess -= entry[of];
      if (excess <= 0) return this.#leavesMs(entry.part, spanMs) - nowMs;
    }
    return 0;
  }

  /** Counts a call of a process as in flight. */
  hold(id: string, owner: Owner, { tokens, factor, untilMs }: HeldCall): void {
    const held = this.#inFlight.get(id);
    if (held === undefined) {
      this.#inFlight.set(id, { owner, calls: 1, tokens, factor, untilMs });
      return;
    }
    held.calls += 1;
    held.tokens += tokens;
    held.factor = Math.max(held.factor, factor);
    held.untilMs = Math.max(held.untilMs, untilMs);
  }

  /** From now on, counts what the process has in flight at this multiple of its estimate. */
  raise(id: string, factor: number): void {
    const held = this.#inFlight.get(id);
    if (held !== undefined) held.factor = Math.max(held.factor, factor);
  }

  /** Stops counting a call of a process as in flight. @param tokens as estimated */
  release(id: string, tokens: number): void {
    const held = this.#inFlight.get(id);
    if (held === undefined) return;
    held.calls -= 1;
    held.tokens = Math.max(0, held.tokens - tokens);
    if (held.calls <= 0) this.#inFlight.delete(id);
  }

  /** Counts calls that the server has seen by that time. */
  arrived(atMs: number, calls: number, tokens: number): void {
    this.#add(this.#partOf(atMs), calls, tokens);
  }

  /**
   * Counts calls that were abandoned at that time without an answer: a stalled server may process them within a window.
   */
  lost(atMs: number, calls: number, tokens: number): void {
    this.#add(this.#partOf(atMs + this.windowMs), calls, tokens);
  }

  /** Counts everything that a process has in flight as lost: the process ended at `nowMs` at the latest. */
  abandon(id: string, nowMs: number): void {
    const held = this.#inFlight.get(id);
    if (held === undefined) return;
    this.lost(Math.min(nowMs, held.untilMs), held.calls, heldTokens(held));
    this.#inFlight.delete(id);
  }

  /** Drops entries that have left the window. Entries with impossibly late times count as lost now. */
  settle(nowMs: number): void {
    while (this.#leavesMs(this.#ended[0]?.part ?? Number.POSITIVE_INFINITY, this.windowMs) <= nowMs)
      this.#ended.shift();
    const lastPart = this.#partOf(nowMs + this.windowMs);
    // The clock of a rebooted machine may have restarted.
    for (let last = this.#ended.at(-1); last !== undefined && last.part > lastPart; last = this.#ended.at(-1)) {
      this.#ended.pop();
      this.#add(lastPart, last.calls, last.tokens);
    }
  }

  /** The page as text that `readRatePage` can read. */
  text(): string {
    return JSON.stringify({
      version: VERSION,
      nextStartMs: this.nextStartMs,
      ended: this.#ended.flatMap(({ part, calls, tokens }) => [part, calls, tokens]),
      inFlight: [...this.#inFlight].map(([id, held]) => ({ id, ...held })),
    });
  }

  #partOf(atMs: number): number {
    return Math.floor(atMs / this.#partMs) + 1;
  }

  #leavesMs(part: number, spanMs: number): number {
    return (part + 1) * this.#partMs + spanMs;
  }

  #add(part: number, calls: number, tokens: number): void {
    const before = this.#ended.findLastIndex((entry) => entry.part <= part);
    const entry = this.#ended[before];
    if (entry === undefined || entry.part < part) {
      this.#ended.splice(before + 1, 0, { part, calls, tokens });
      return;
    }
    entry.calls += calls;
    entry.tokens += tokens;
  }

  /** @returns false if the value is not a page */
  fill(value: JsonObject): boolean {
    const { nextStartMs, ended, inFlight } = value;
    if (!isAmount(nextStartMs) || !isJsonArray(ended) || !isJsonArray(inFlight)) return false;
    this.nextStartMs = nextStartMs;
    for (let index = 0; index < ended.length; index += 3) {
      const [part, calls, tokens] = [ended[index], ended[index + 1], ended[index + 2]];
      if (!isAmount(part) || !isAmount(calls) || !isAmount(tokens)) return false;
      this.#add(part, calls, tokens);
    }
    return inFlight.every((entry) => this.#fillInFlight(entry));
  }

  #fillInFlight(value: JsonValue): boolean {
    if (!isJsonObject(value)) return false;
    const { id, owner, calls, tokens, factor, untilMs } = value;
    const known = parseOwner(owner);
    if (typeof id !== 'string' || known === null) return false;
    if (!isAmount(calls) || !isAmount(tokens) || !isAmount(factor) || !isAmount(untilMs)) return false;
    this.#inFlight.set(id, { owner: known, calls, tokens, factor, untilMs });
    return true;
  }
}

/** @returns null if the text is not a page of this version */
export function readRatePage(text: string, windowMs: number): RatePage | null {
  const value = parseJson(text);
  if (!isJsonObject(value) || value['version'] !== VERSION) return null;
  const page = new RatePage(windowMs);
  return page.fill(value) ? page : null;
}

function heldTokens({ tokens, factor }: InFlight): number {
  return Math.ceil(tokens * factor);
}

function isAmount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 0;
}
