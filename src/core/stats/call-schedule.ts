/** How calls run concurrently. */
export interface Schedule {
  /** Maximum number of calls in flight, at least 1. */
  readonly concurrency: number;
  /** Initial number of calls in flight, at least 1; while that many are in flight, each answer allows one more. */
  readonly firstConcurrency: number;
}

/** Result of a schedule, in the unit of the calls' durations. */
interface Scheduled {
  /** From the start of the first call to the last answer. */
  readonly span: number;
  /** Total duration of all calls. */
  readonly work: number;
}

/**
 * Schedules calls, each as soon as there is room for it.
 * @param durationOf the next call's duration, from 0
 */
export function schedule(calls: number, durationOf: () => number, options: Schedule): Scheduled {
  const ends = new EarliestFirst(Math.min(calls, options.concurrency));
  let limit = Math.min(options.firstConcurrency, options.concurrency);
  let [begun, now, work] = [0, 0, 0];
  while (begun < calls || ends.size > 0) {
    for (; begun < calls && ends.size < limit; begun++) {
      const duration = durationOf();
      work += duration;
      ends.push(now + duration);
    }
    const isFull = ends.size >= limit;
    now = ends.pop();
    if (isFull && limit < options.concurrency) limit += 1;
  }
  return { span: now, work };
}

/** A binary heap of times. */
class EarliestFirst {
  readonly #times: Float64Array;
  size = 0;

  constructor(room: number) {
    this.#times = new Float64Array(room);
  }

  push(time: number): void {
    let at = this.size++;
    for (let above = (at - 1) >> 1; at > 0 && this.#at(above) > time; above = (at - 1) >> 1) {
      this.#times[at] = this.#at(above);
      at = above;
    }
    this.#times[at] = time;
  }

  /** The earliest; 0 if there is none. */
  pop(): number {
    const earliest = this.#at(0);
    this.size = Math.max(0, this.size - 1);
    const last = this.#at(this.size);
    let at = 0;
    for (let below = 1; below < this.size; below = 2 * at + 1) {
      const earlier = below + 1 < this.size && this.#at(below + 1) < this.#at(below) ? below + 1 : below;
      if (last <= this.#at(earlier)) break;
      this.#times[at] = this.#at(earlier);
      at = earlier;
    }
    this.#times[at] = last;
    return earliest;
  }

  #at(index: number): number {
    return this.#times[index] ?? 0;
  }
}
