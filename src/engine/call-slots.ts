/**
 * Places for the calls of an endpoint that are in flight. A trial that waits to be tried again holds none, so that it
 * keeps no other trial from its call. First come, first served.
 */
export class CallSlots {
  #places: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param places from 1 */
  constructor(places: number) {
    this.#places = places;
  }

  /** Changes how many there are; calls that are in flight beyond that go on. */
  resize(places: number): void {
    this.#places = places;
    this.#fill();
  }

  /** Takes a place, to be left when the call is over. A promise only where none is free. */
  take(): Promise<void> | undefined {
    if (this.#taken >= this.#places) {
      return new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#taken += 1;
    return undefined;
  }

  /** Gives a place back. */
  leave(): void {
    this.#taken -= 1;
    this.#fill();
  }

  /** Who is let in here has its place at once: nobody who comes now can take it. */
  #fill(): void {
    while (this.#taken < this.#places) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#taken += 1;
      next();
    }
  }
}
