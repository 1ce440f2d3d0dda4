const WINDOW_MS = 60_000;
const COMPACT_FROM = 4096;

/** The times of the calls in the last 60 seconds: a call that is exactly 60 s old has left. */
export class SlidingWindow {
  #timesMs: number[] = [];
  #oldest = 0;

  /** Calls in the 60 s that end now. Times never go backwards. */
  count(nowMs: number): number {
    while ((this.#timesMs[this.#oldest] ?? Number.POSITIVE_INFINITY) <= nowMs - WINDOW_MS) this.#oldest++;
    if (this.#oldest >= COMPACT_FROM && this.#oldest * 2 >= this.#timesMs.length) {
      this.#timesMs = this.#timesMs.slice(this.#oldest);
      this.#oldest = 0;
    }
    return this.#timesMs.length - this.#oldest;
  }

  /** Adds a call at the current time. */
  add(nowMs: number): void {
    this.#timesMs.push(nowMs);
  }

  /** Time until the oldest call leaves the window, in milliseconds; 0 if there is none. */
  msUntilNextLeaves(nowMs: number): number {
    const oldest = this.#timesMs[this.#oldest];
    return oldest === undefined ? 0 : oldest + WINDOW_MS - nowMs;
  }
}

/** How many calls an endpoint admits; null for no limit. */
interface LimitSettings {
  /** Calls in any 60 s. */
  readonly maxRpm: number | null;
  /** Concurrent calls. */
  readonly maxInFlight: number | null;
}

/** Whether a call is admitted. */
type Admission =
  | { readonly status: 'admitted' }
  | { readonly status: 'too_many_per_minute'; readonly retryAfterMs: number }
  | { readonly status: 'too_many_in_flight' };

/** What the limits have seen. */
export interface LimitWitness {
  readonly inFlight: number;
  /** Maximum concurrent calls. */
  readonly maxInFlight: number;
  /** Maximum calls admitted within any 60 s. */
  readonly maxPerWindow: number;
}

/** Admits or refuses calls, and records their maximum. */
export class CallLimits {
  readonly #settings: LimitSettings;
  readonly #window = new SlidingWindow();
  #inFlight = 0;
  #maxInFlight = 0;
  #maxPerWindow = 0;

  constructor(settings: LimitSettings) {
    this.#settings = settings;
  }

  /** An admitted call must `leave` once. A refused one does not count. */
  enter(nowMs: number): Admission {
    const { maxRpm, maxInFlight } = this.#settings;
    const inWindow = this.#window.count(nowMs);
    if (maxInFlight !== null && this.#inFlight >= maxInFlight) return { status: 'too_many_in_flight' };
    if (maxRpm !== null && inWindow >= maxRpm) {
      return { status: 'too_many_per_minute', retryAfterMs: this.#window.msUntilNextLeaves(nowMs) };
    }
    this.#window.add(nowMs);
    this.#inFlight++;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    this.#maxPerWindow = Math.max(this.#maxPerWindow, inWindow + 1);
    return { status: 'admitted' };
  }

  /** An admitted call has ended. */
  leave(): void {
    this.#inFlight--;
  }

  /** What was seen since the start or the last `forgetMost`. */
  witness(): LimitWitness {
    return { inFlight: this.#inFlight, maxInFlight: this.#maxInFlight, maxPerWindow: this.#maxPerWindow };
  }

  /** Resets the maxima; calls in flight and in the window stay, so that no limit can be bypassed. */
  forgetMost(nowMs: number): void {
    this.#maxInFlight = this.#inFlight;
    this.#maxPerWindow = this.#window.count(nowMs);
  }
}
