/** An exact number: `numerator` / `denominator`. */
export interface Rational {
  readonly numerator: bigint;
  /** Positive. */
  readonly denominator: bigint;
}

/** Numbers with more digits are never compared in practice, and are slow to compute with. */
export const MAX_DIGITS = 100;

const PLAIN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * Parses `1234.5`, `-.5` or `1.2e-7`.
 * @returns null if the text is not such a number, or has more than MAX_DIGITS digits
 */
export function parsePlain(text: string): Rational | null {
  if (text.length > MAX_DIGITS + 6) return null;
  const [matched, sign = '', whole = '', fraction = '', exponent = '0'] = PLAIN.exec(text) ?? [];
  if (matched === undefined || whole + fraction === '' || whole.length + fraction.length > MAX_DIGITS) return null;
  const magnitude = BigInt(whole + fraction);
  const digits = sign === '-' ? -magnitude : magnitude;
  const scale = fraction.length - Number(exponent);
  return scale >= 0
    ? { numerator: digits, denominator: 10n ** BigInt(scale) }
    : { numerator: digits * 10n ** BigInt(-scale), denominator: 1n };
}

/** The quotient of two numbers; null if the divisor is 0. */
export function quotientOf(a: Rational, b: Rational): Rational | null {
  if (b.numerator === 0n) return null;
  const sign = b.numerator < 0n ? -1n : 1n;
  return { numerator: sign * a.numerator * b.denominator, denominator: a.denominator * sign * b.numerator };
}

/** The sum of two numbers. */
export function sumOf(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/** The negated number. */
export function negated({ numerator, denominator }: Rational): Rational {
  return { numerator: -numerator, denominator };
}

/** Whether two numbers are equal. */
export function areEqual(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

/** The absolute difference of two numbers. */
export function distance(a: Rational, b: Rational): Rational {
  const { numerator, denominator } = sumOf(a, negated(b));
  return { numerator: magnitudeOf(numerator), denominator };
}

/** The absolute product of two numbers. */
export function productOf(a: Rational, b: Rational): Rational {
  return { numerator: magnitudeOf(a.numerator * b.numerator), denominator: a.denominator * b.denominator };
}

/** Whether a number is at most another. */
export function isAtMost(a: Rational, limit: Rational): boolean {
  return a.numerator * limit.denominator <= limit.numerator * a.denominator;
}

function magnitudeOf(digits: bigint): bigint {
  return digits < 0n ? -digits : digits;
}
