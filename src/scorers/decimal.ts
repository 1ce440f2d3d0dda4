/** A decimal number, exact: `digits` × 10^−`scale`. */
export interface Decimal {
  readonly digits: bigint;
  /** Digits after the decimal point, from 0. */
  readonly scale: number;
}

/** More digits than this are no figure that anybody compares, and take long to reckon with. */
export const MAX_DIGITS = 100;

const PLAIN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * Reads `1234.5`, `-.5` or `1.2e-7`.
 * @returns null where the text is no such number, or has more than MAX_DIGITS digits
 */
export function parsePlain(text: string): Decimal | null {
  if (text.length > MAX_DIGITS + 6) return null;
  const [matched, sign = '', whole = '', fraction = '', exponent = '0'] = PLAIN.exec(text) ?? [];
  if (matched === undefined || whole + fraction === '' || whole.length + fraction.length > MAX_DIGITS) return null;
  const magnitude = BigInt(whole + fraction);
  const digits = sign === '-' ? -magnitude : magnitude;
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** The digits that a number has at a scale that is not below its own. */
function digitsAt({ digits, scale }: Decimal, wanted: number): bigint {
  return scale === wanted ? digits : digits * 10n ** BigInt(wanted - scale);
}

/** Whether two numbers are the same, whatever their trailing zeros. */
export function areEqual(a: Decimal, b: Decimal): boolean {
  return a.scale === b.scale ? a.digits === b.digits : distance(a, b).digits === 0n;
}

/** How far apart two numbers are, from 0. */
export function distance(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const difference = digitsAt(a, scale) - digitsAt(b, scale);
  return { digits: magnitudeOf(difference), scale };
}

/** The product of two numbers without regard to their signs. */
export function productOf(a: Decimal, b: Decimal): Decimal {
  return { digits: magnitudeOf(a.digits * b.digits), scale: a.scale + b.scale };
}

/** Whether a number is at most another. */
export function isAtMost(a: Decimal, limit: Decimal): boolean {
  const scale = Math.max(a.scale, limit.scale);
  return digitsAt(a, scale) <= digitsAt(limit, scale);
}

function magnitudeOf(digits: bigint): bigint {
  return digits < 0n ? -digits : digits;
}
