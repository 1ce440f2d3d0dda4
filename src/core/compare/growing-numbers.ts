const FIRST_CAPACITY = 256;

/** A list of numbers that grows, 8 bytes each. Places that were never set hold 0. */
export class GrowingNumbers {
  #values = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  /** One more than the last place that was set. */
  get length(): number {
    return this.#length;
  }

  /** The number at a place from 0; 0 where none was set. */
  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  /** Sets the number at a place from 0. */
  set(index: number, value: number): void {
    this.#reach(index);
    this.#values[index] = value;
  }

  /** Adds to the number at a place from 0. */
  add(index: number, value: number): void {
    this.#reach(index);
    this.#values[index] = (this.#values[index] ?? 0) + value;
  }

  /** Appends a number. */
  push(value: number): void {
    this.set(this.#length, value);
  }

  /** What is there now, not copied. */
  view(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  #reach(index: number): void {
    if (index >= this.#values.length) {
      const grown = new Float64Array(Math.max(index + 1, this.#values.length * 2));
      grown.set(this.#values);
      this.#values = grown;
    }
    if (index >= this.#length) this.#length = index + 1;
  }
}
