import type { Completion } from '../core/completion.ts';
import type { Result } from '../core/result.ts';

/** So many calls for one request that give no answer: those that still wait then go each for itself. */
const MOST_FAILURES = 2;

/** What is done for a trial. */
interface Flown {
  /** Makes its call. */
  readonly lead: () => Promise<Result | null>;
  /** Makes its result of the answer to another trial that asks the same. */
  readonly share: (completion: Completion) => Result;
}

interface Flight {
  /** The call that the others wait for; null where none is under way. */
  leading: Promise<Result | null> | null;
  failures: number;
  trials: number;
}

/**
 * Requests in flight, by the key that the response cache has for them: equal ones are made once, and all get that
 * answer. No answer is shared but an answer: where a call gives none, the next trial makes its own while the others wait.
 */
export class SingleFlight {
  readonly #flights = new Map<string, Flight>();

  /** @returns null where the run ended before there was a result. @throws what a call threw, to all that wait for it */
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

  /** Whoever waits finds the call failed, and another one under way, by the time it looks. */
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
