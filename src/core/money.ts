/**
 * Money as integer picounits (10⁻¹² of the currency's unit) in a bigint, so that sums are exact. The currency is stored
 * separately; amounts of different currencies are never added.
 */
export type Picounits = bigint;

/** Picounits in one unit of a currency. */
const PICOUNITS_PER_UNIT = 10n ** 12n;

// Bounded, because a very long run of digits takes minutes to read.
const DECIMAL = /^([+-]?)(\d{0,99})(?:\.(\d{0,99}))?(?:[eE]([+-]?\d{1,3}))?$/;
const FRACTION_DIGITS = 12;

/**
 * Parses a decimal number exactly: `"0.14985"`, `1.35`, `2e-7`. Numbers use their shortest decimal form. Digits past
 * the twelfth decimal place are rounded half away from zero (they are below a picounit).
 * @returns null if the text is not a finite decimal number, or has 100 digits or more before or after its point
 */
export function parseDecimal(value: string | number): Picounits | null {
  const text = typeof value === 'string' ? value : String(value);
  const plain = plainPicounits(text);
  if (plain !== null) return BigInt(plain);
  const match = DECIMAL.exec(text.trim());
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (match === null || whole + fraction === '') return null;
  // Nearly every cost has this form, which needs no arithmetic.
  if (exponent === '0' && fraction.length <= FRACTION_DIGITS) {
    return signed(sign, BigInt(whole + fraction.padEnd(FRACTION_DIGITS, '0')));
  }
  const shift = FRACTION_DIGITS + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounded(digits, 10n ** BigInt(-shift));
  return signed(sign, magnitude);
}

/** Plain texts with at most this many digits before the point and after it have fewer picounits than 2⁵³. */
const MOST_PLAIN_WHOLE_DIGITS = 3;
const POWERS_OF_TEN = Array.from({ length: FRACTION_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
const [CODE_OF_0, CODE_OF_9, CODE_OF_POINT] = [48, 57, 46];

/** Picounits of a short text such as `0.14985`, which nearly every cost is; null for any other, to be read in full. */
function plainPicounits(value: string): number | null {
  const point = value.indexOf('.');
  const wholeDigits = point < 0 ? value.length : point;
  const fractionDigits = point < 0 ? 0 : value.length - point - 1;
  if (wholeDigits === 0 || wholeDigits > MOST_PLAIN_WHOLE_DIGITS || fractionDigits > FRACTION_DIGITS) return null;
  let digits = 0;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code === CODE_OF_POINT && at === point) continue;
    if (code < CODE_OF_0 || code > CODE_OF_9) return null;
    digits = digits * 10 + (code - CODE_OF_0);
  }
  return digits * (POWERS_OF_TEN[FRACTION_DIGITS - fractionDigits] ?? 1);
}

/** No call costs more units of any currency, and no price is higher: a larger value is an error of its source. */
const MOST_UNITS = 10n ** 9n;

/** Parses an amount that is valid as a cost or price: from 0 to 10⁹ units; null for anything else. */
export function parseAmount(value: string | number): Picounits | null {
  const amount = parseDecimal(value);
  return amount !== null && amount >= 0n && amount <= MOST_UNITS * PICOUNITS_PER_UNIT ? amount : null;
}

function signed(sign: string, magnitude: Picounits): Picounits {
  return sign === '-' ? -magnitude : magnitude;
}

/** The quotient of non-negative amounts, rounded half up. @param divisor above 0 */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor / 2n) / divisor;
}

/** The exact decimal text of an amount, without an exponent or trailing zeros: `"0.14985"`, `"0"`, `"-3"`. */
export function formatDecimal(amount: Picounits): string {
  if (amount >= 0n && amount <= MOST_PLAIN) return plainText(Number(amount));
  const magnitude = amount < 0n ? -amount : amount;
  const whole = magnitude / PICOUNITS_PER_UNIT;
  const fraction = (magnitude % PICOUNITS_PER_UNIT).toString().padStart(FRACTION_DIGITS, '0').replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

const MOST_PLAIN = BigInt(Number.MAX_SAFE_INTEGER);
const PLAIN_PER_UNIT = Number(PICOUNITS_PER_UNIT);

/** Recent amounts and their texts, by a hash of 8 bits: costs of calls repeat, and each is written several times. */
const RECENT_BITS = 8;
const recentAmounts = new Float64Array(2 ** RECENT_BITS).fill(-1);
const recentTexts: string[] = Array.from(recentAmounts, () => '');
/** 2³² divided by the golden ratio, which spreads multiples (Knuth, The Art of Computer Programming 3, 6.4). */
const SPREAD = 0x9e3779b1;

function plainText(picounits: number): string {
  const place = Math.imul(picounits, SPREAD) >>> (32 - RECENT_BITS);
  const text = recentTexts[place];
  if (recentAmounts[place] === picounits && text !== undefined) return text;
  const made = formatPlain(picounits);
  recentAmounts[place] = picounits;
  recentTexts[place] = made;
  return made;
}

/** The same for a number of picounits that is exact, as nearly every cost is: bigints take five times as long. */
function formatPlain(picounits: number): string {
  const fraction = picounits % PLAIN_PER_UNIT;
  const whole = (picounits - fraction) / PLAIN_PER_UNIT;
  if (fraction === 0) return String(whole);
  let digits = fraction;
  let length = FRACTION_DIGITS;
  for (; digits % 10 === 0; digits /= 10) length -= 1;
  return `${whole}.${String(digits).padStart(length, '0')}`;
}

/**
 * The same number with a decimal point, as result files have it: `"0"` becomes `"0.0"`. Programs that look only at the
 * first rows of a column would take it for whole numbers, and fail at the first fraction.
 */
export function withPoint(decimal: string): string {
  return decimal.includes('.') || decimal.includes('e') ? decimal : `${decimal}.0`;
}

/** An amount with its currency. */
export interface Amount {
  readonly amount: Picounits;
  /** ISO 4217 code. */
  readonly currency: string;
}
