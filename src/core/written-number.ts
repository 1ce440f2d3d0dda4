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
    return isNumber(other) && areSameNumber(this, other);
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

/** True for a number, as JavaScript has it or as it was written. */
export function isNumber(value: unknown): value is number | WrittenNumber {
  return typeof value === 'number' || value instanceof WrittenNumber;
}

/** True if two numbers are equal to the last of their digits: 1.10 and 1.1, but not two that only a double confuses. */
export function areSameNumber(one: number | WrittenNumber, other: number | WrittenNumber): boolean {
  if (typeof one === 'number' && typeof other === 'number') return one === other;
  return canonicalNumber(String(one)) === canonicalNumber(String(other));
}

/** The digits without zeros around them, and the power of ten behind them: one text for all spellings of a number. */
function canonicalNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE](.+))?$/.exec(text) ?? [];
  const digits = whole + fraction;
  let [start, end] = [0, digits.length];
  while (digits[start] === '0') start += 1;
  while (end > start && digits[end - 1] === '0') end -= 1;
  if (start === end) return '0';
  return `${sign}${digits.slice(start, end)}e${Number(power) - fraction.length + digits.length - end}`;
}
