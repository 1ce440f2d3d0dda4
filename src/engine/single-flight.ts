import type { Completion } from '../core/completion.ts';
import type { Result } from '../core/result.ts';

/** After this many calls for one request without an answer, the waiting trials make their own calls. */
const MOST_FAILURES = 2;

/** What to do for a trial. */
interface Flown {
  /** Makes its call. */
  readonly lead: () => Promise<Result | null>;
  /** Builds its result from the answer to another trial with the same request. */
  readonly share: (completion: Completion) => Result;
}

interface Flight {
  /** The call that the others wait for; null if none is in progress. */
  leading: Promise<Result | null> | null;
  failures: number;
  trials: number;
}

/**
 * Requests in flight, by response cache key: equal requests are made once and share the answer. Only answers are
 * shared: if a call gives none, the next trial makes its own while the others wait.
 */
export class SingleFlight {
  readonly #flights = new Map<string, Flight>();

  /** @returns null if the run ended before there was a result. @throws what a call threw, to all that wait for it */
  async fly(key: string, { lead, share }: Flown): Promise<Result | null> {
    const flight = this.#join(key);
    try {
      while (flight.leading !== null && flight.failures < MOST_FAILURES) {
        const result = await flight.leading;
        if (result?.status === 'completed') return share(result.completion);
      }
      return await (flight.failures < MOST_FAILURES ? this.#lead(flight, lead) : lead());
    } finally {
      flight.trials -= 1;
      if (flight.trials === 0) this.#flights.delete(key);
    }
  }

  #join(key: string): Flight {
    const flight = this.#flights.get(key) ?? { leading: null, failures: 0, trials: 0 };
    this.#flights.set(key, flight);
    flight.trials += 1;
    return flight;
  }

  /** By the time a waiting trial checks, the call has failed and another one is in progress. */
  #lead(flight: Flight, lead: Flown['lead']): Promise<Result | null> {
    const leading = lead().then((result) => {
      if (result?.status === 'completed') return result;
      flight.failures += 1;
      flight.leading = null;
      return result;
    });
    flight.leading = leading;
    return leading;
  }
}
