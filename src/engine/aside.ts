/** Waits without its place in a pool, which another item takes meanwhile. */
export type StepAside = (wait: () => Promise<void>) => Promise<void>;

/** For whoever has no place to give away. */
export const stayInPlace: StepAside = (wait) => wait();

/** At most so many at a time give their places away, so that no more than that are under way beside a pool's own. */
const MOST_ASIDE = 10;

/** Those that have stepped aside. */
export class Bystanders {
  #count = 0;

  /** Waits aside where there is room for one more, else in its place. */
  async wait(stepAside: StepAside, wait: () => Promise<void>): Promise<void> {
    if (this.#count >= MOST_ASIDE) return wait();
    this.#count += 1;
    try {
      await stepAside(wait);
    } finally {
      this.#count -= 1;
    }
  }
}
