const FIRST_CAPACITY = 1024;

/** A list of numbers in a typed array that doubles when it is full. */
export class GrowingNumbers<Values extends Float64Array | Uint32Array> {
  readonly #make: (capacity: number) => Values;
  #values: Values;
  #length = 0;

  /** @param make an array of that many zeros, such as `(capacity) => new Float64Array(capacity)` */
  constructor(make: (capacity: number) => Values) {
    this.#make = make;
    this.#values = make(FIRST_CAPACITY);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = this.#make(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** Makes the list at least so long, with zeros. */
  padTo(length: number): void {
    while (this.#length < length) this.push(0);
  }

  /** The numbers so far in an array that may be longer; valid until the next `push`. */
  values(): Values {
    return this.#values;
  }
}

/** 8 bytes a number. */
export function growingFloats(): GrowingNumbers<Float64Array> {
  return new GrowingNumbers((capacity) => new Float64Array(capacity));
}

/** Whole numbers below 2³², 4 bytes each. */
export function growingUints(): GrowingNumbers<Uint32Array> {
  return new GrowingNumbers((capacity) => new Uint32Array(capacity));
}
