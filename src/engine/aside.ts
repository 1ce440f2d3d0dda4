/** Lets an item wait outside its slot in a pool, so that another item can use the slot. */
export type StepAside = (wait: () => Promise<void>) => Promise<void>;

/** For callers that have no slot to give up. */
export const stayInPlace: StepAside = (wait) => wait();

/** At most this many items give up their slots at a time, so no more than that run in addition to the pool's own. */
const MOST_ASIDE = 10;

/** Items that have stepped aside. */
export class Bystanders {
  #count = 0;

  /** Waits aside if there is room for one more, otherwise in its slot. */
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
