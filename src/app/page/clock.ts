import type { ErrorCount } from '../../core/error-tally.ts';
import type { PageClock } from '../../core/page-data.ts';
import type { Moment } from '../../store/usual-line.ts';

/** Spans at most; with more, each two become one. */
const MOST_SPANS = 120;
const FIRST_SPAN_MS = 250;

/** A time without any call that is longer lies between two sessions: by default, no wait for a server is. */
const PAUSE_MS = 600_000;

/** Places of counts that are not of errors. */
const [ANSWERS, RETRIED, BUSY_MS, FIRST_ERROR] = [0, 1, 2, 3];

/** Adds amounts of several kinds up in equal spans of time, in bounded memory however long it takes. */
class SpanSums {
  readonly fromMs: number;
  spanMs = FIRST_SPAN_MS;
  readonly #kinds: number[][];

  constructor(kinds: number, fromMs: number) {
    this.fromMs = fromMs;
    this.#kinds = Array.from({ length: kinds }, () => []);
  }

  add(kind: number, atMs: number, amount: number): void {
    // Results are in order of completion, up to small differences.
    const elapsedMs = Math.max(0, atMs - this.fromMs);
    while (elapsedMs >= this.spanMs * MOST_SPANS) this.#double();
    const [sums, span] = [this.#kinds[kind], Math.floor(elapsedMs / this.spanMs)];
    if (sums === undefined) return;
    while (sums.length <= span) sums.push(0);
    sums[span] = (sums[span] ?? 0) + amount;
  }

  /** Adds each span's part of a duration. */
  addDuration(kind: number, fromMs: number, toMs: number): void {
    // Makes room first: spans may become longer.
    this.add(kind, toMs, 0);
    const { spanMs, fromMs: zeroMs } = this;
    for (let atMs = Math.max(zeroMs, fromMs); atMs < toMs; ) {
      const endMs = Math.min(toMs, zeroMs + (Math.floor((atMs - zeroMs) / spanMs) + 1) * spanMs);
      this.add(kind, atMs, endMs - atMs);
      atMs = endMs;
    }
  }

  of(kind: number): readonly number[] {
    return this.#kinds[kind] ?? [];
  }

  #double(): void {
    this.spanMs *= 2;
    for (const sums of this.#kinds) {
      const halved = Array.from({ length: Math.ceil(sums.length / 2) }, (_, index) => {
        return (sums[2 * index] ?? 0) + (sums[2 * index + 1] ?? 0);
      });
      sums.splice(0, sums.length, ...halved);
    }
  }
}

/** The time in which calls were made. */
class Busy {
  readonly #fromMs: number;
  #toMs: number;
  #pausedMs = 0;

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
    this.#toMs = fromMs;
  }

  /** @returns the same time on the clock of the run, which stands still in pauses */
  add({ fromMs, toMs }: Interval): Interval {
    const idleMs = fromMs - this.#toMs;
    if (idleMs > PAUSE_MS) this.#pausedMs += idleMs;
    this.#toMs = Math.max(this.#toMs, toMs);
    return { fromMs: fromMs - this.#pausedMs, toMs: toMs - this.#pausedMs };
  }

  get figures(): Pick<PageClock, 'tookMs' | 'pausedMs'> {
    const pausedMs = Math.round(this.#pausedMs);
    return { tookMs: Math.round(this.#toMs - this.#fromMs) - pausedMs, pausedMs };
  }
}

/**
 * When answers and errors of a run came, and how long its calls took.
 * @param batches of the journal, in order of completion; @param errors the run's reasons
 * @returns null if there are none
 */
export async function readClock(
  batches: AsyncIterable<readonly Moment[]>,
  errors: readonly ErrorCount[],
): Promise<PageClock | null> {
  let tally: Tally | null = null;
  for await (const batch of batches) {
    for (const moment of batch) {
      const toMs = Date.parse(moment.at);
      if (Number.isNaN(toMs) || moment.status === 'skipped') continue;
      const fromMs = toMs - (moment.latencyMs ?? 0);
      tally ??= { sums: new SpanSums(FIRST_ERROR + errors.length, fromMs), busy: new Busy(fromMs) };
      addMoment(tally, moment, errors, { fromMs, toMs });
    }
  }
  return tally === null ? null : clockOf(tally, errors);
}

interface Tally {
  readonly sums: SpanSums;
  readonly busy: Busy;
}

interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

function addMoment(
  { sums, busy }: Tally,
  { judgeOf, attempts, error }: Moment,
  errors: readonly ErrorCount[],
  interval: Interval,
): void {
  const { fromMs, toMs } = busy.add(interval);
  // Answers from the cache had no call.
  if (attempts > 0) sums.addDuration(BUSY_MS, fromMs, toMs);
  if (attempts > 1) sums.add(RETRIED, toMs, attempts - 1);
  if (judgeOf !== undefined) return;
  const reason = error === null ? -1 : reasonOf(error, errors);
  if (error === null) sums.add(ANSWERS, toMs, 1);
  else if (reason >= 0) sums.add(FIRST_ERROR + reason, toMs, 1);
}

function clockOf({ sums, busy }: Tally, errors: readonly ErrorCount[]): PageClock {
  const { fromMs, spanMs } = sums;
  return {
    fromMs,
    spanMs,
    answers: sums.of(ANSWERS),
    errors: errors.map((_, place) => sums.of(FIRST_ERROR + place)),
    inFlight: sums.of(BUSY_MS).map((busyMs) => Math.round((10 * busyMs) / spanMs) / 10),
    retried: sums.of(RETRIED),
    ...busy.figures,
  };
}

/** Messages of one reason differ in numbers and ids only: those of the same code that share the longest beginning. */
function reasonOf({ errorCode, errorMessage }: NonNullable<Moment['error']>, errors: readonly ErrorCount[]): number {
  let [found, longest] = [-1, -1];
  for (const [index, { code, reason }] of errors.entries()) {
    if (code !== errorCode) continue;
    const length = commonLength(reason, errorMessage);
    if (length > longest) [found, longest] = [index, length];
  }
  return found;
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
