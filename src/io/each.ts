/**
 * The items of batches, one by one, for `for await`, which asks for one at a time. It costs a third of a generator that
 * yields every item, which counts where there is little else to do for each.
 */
export function each<T>(batches: AsyncGenerator<Iterable<T>>): AsyncIterableIterator<T> {
  return new Each(batches);
}

class Each<T> implements AsyncIterableIterator<T> {
  readonly #batches: AsyncGenerator<Iterable<T>>;
  #items: Iterator<T> = [].values();

  constructor(batches: AsyncGenerator<Iterable<T>>) {
    this.#batches = batches;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    try {
      const item = this.#items.next();
      return item.done === true ? this.#nextBatch() : Promise.resolve(item);
    } catch (error) {
      return this.#fail(error);
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#items = [].values();
    await this.#batches.return(undefined);
    return { done: true, value: undefined };
  }

  async #nextBatch(): Promise<IteratorResult<T, undefined>> {
    const batch = await this.#batches.next();
    if (batch.done === true) return { done: true, value: undefined };
    this.#items = batch.value[Symbol.iterator]();
    return this.next();
  }

  /** Lets the batches close what they read. */
  async #fail(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }
}
