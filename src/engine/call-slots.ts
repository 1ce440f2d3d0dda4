/**
 * Slots for the calls of an endpoint that are in flight. A trial that waits for a retry holds no slot, so it does not
 * block other trials. First come, first served.
 */
export class CallSlots {
  #places: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param places at least 1 */
  constructor(places: number) {
    this.#places = places;
  }

  /** Changes the number of slots; calls in flight beyond it continue. */
  resize(places: number): void {
    this.#places = places;
    this.#fill();
  }

  /** Takes a slot, to be released when the call ends. Returns a promise only if none is free. */
  take(): Promise<void> | undefined {
    if (this.#taken >= this.#places) {
      return new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#taken += 1;
    return undefined;
  }

  /** Releases a slot. */
  leave(): void {
    this.#taken -= 1;
    this.#fill();
  }

  /** A waiting call gets its slot immediately, so no later call can take it. */
  #fill(): void {
    while (this.#taken < this.#places) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#taken += 1;
      next();
    }
  }
}
