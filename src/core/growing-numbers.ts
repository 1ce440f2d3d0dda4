const FIRST_CAPACITY = 256;

/** A list of numbers in a typed array that doubles when full. Unset positions hold 0. */
export class GrowingNumbers<Values extends Float64Array | Uint32Array = Float64Array> {
  readonly #make: (capacity: number) => Values;
  #values: Values;
  #length = 0;

  /** @param make an array of that many zeros, such as `(capacity) => new Float64Array(capacity)` */
  constructor(make: (capacity: number) => Values) {
    this.#make = make;
    this.#values = make(FIRST_CAPACITY);
  }

  /** One more than the last index that was set. */
  get length(): number {
    return this.#length;
  }

  /** The number at an index from 0; 0 if unset. */
  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  /** Sets the number at an index from 0. */
  set(index: number, value: number): void {
    this.#reach(index);
    this.#values[index] = value;
  }

  /** Adds to the number at an index from 0. */
  add(index: number, value: number): void {
    this.set(index, this.at(index) + value);
  }

  /** Appends a number. */
  push(value: number): void {
    this.set(this.#length, value);
  }

  /** Extends the list to at least this length, with zeros. */
  padTo(length: number): void {
    if (length > this.#length) this.#reach(length - 1);
  }

  /** The numbers so far in an array that may be longer; valid until the next change. */
  values(): Values {
    return this.#values;
  }

  #reach(index: number): void {
    if (index >= this.#values.length) {
      const larger = this.#make(Math.max(index + 1, this.#values.length * 2));
      larger.set(this.#values);
      this.#values = larger;
    }
    if (index >= this.#length) this.#length = index + 1;
  }
}

/** 8 bytes per number. */
export function growingFloats(): GrowingNumbers {
  return new GrowingNumbers((capacity) => new Float64Array(capacity));
}

/** Integers below 2³², 4 bytes each. */
export function growingUints(): GrowingNumbers<Uint32Array> {
  return new GrowingNumbers((capacity) => new Uint32Array(capacity));
}
