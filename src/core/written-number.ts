const WHOLE = /^-?\d+$/;

/**
 * A number whose text in its file differs from what JavaScript prints for it: more digits than a double keeps, `1.10`,
 * `1e5`. Texts of it are as in the file; arithmetic, comparisons and the comparisons of templates see the number.
 */
export class WrittenNumber extends Number {
  readonly #text: string;

  /** @param text a number by the grammar of JSON */
  constructor(text: string) {
    super(text);
    this.#text = text;
  }

  override toString(): string {
    return this.#text;
  }

  // Liquid compares by these: without them an object would equal nothing.

  /** True for an equal number. */
  equals(other: unknown): boolean {
    if (!(other instanceof WrittenNumber)) return other === this.valueOf();
    const isWhole = WHOLE.test(this.#text) && WHOLE.test(other.#text);
    return isWhole ? BigInt(this.#text) === BigInt(other.#text) : other.valueOf() === this.valueOf();
  }

  /** True if this is greater. */
  gt(other: unknown): boolean {
    return this.valueOf() > Number(other);
  }

  /** True if this is greater or equal. */
  geq(other: unknown): boolean {
    return this.valueOf() >= Number(other);
  }

  /** True if this is less. */
  lt(other: unknown): boolean {
    return this.valueOf() < Number(other);
  }

  /** True if this is less or equal. */
  leq(other: unknown): boolean {
    return this.valueOf() <= Number(other);
  }
}
