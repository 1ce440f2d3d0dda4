import { lastHanNumber, plainNumbers, resultPart } from './number-text.ts';
import { MAX_DIGITS, negated, parsePlain, quotientOf, type Rational, sumOf } from './rational.ts';

/** The decimal separator if digits alone do not decide: `1,234` is 1234 with a point, 1.234 with a comma. */
export type DecimalSign = 'point' | 'comma';

/** A number with its unit. */
export interface Quantity {
  readonly value: Rational;
  /** True if a percent sign or word follows it. */
  readonly isPercent: boolean;
  /** True for a multiple of π, whose factor `value` is. */
  readonly isOfPi: boolean;
}

/** The result: a number, or why there is none. */
export type NumberFound = Quantity | 'none' | 'too long';

/** Longest piece of text that is read as one number. */
const MAX_LENGTH = 2 * MAX_DIGITS;
/** Spaces between thousands: plain, no-break, figure, thin, narrow no-break. */
const SPACES = ' \u00a0\u2007\u2009\u202f';
const SEPARATORS = new Set(`.,'’_${SPACES}`);
/** Minus sign and the dashes used in its place. */
const MINUS = new Set('-\u2212\u2013\ufe63\uff0d');
const CURRENCY = /^\p{Sc}$/u;
const WORD = /^[\p{L}\p{M}]$/u;
/** A sign after one of these joins two words or numbers, as in 10–15 and x-5. */
const JOINED = /^[\p{L}\p{M}\p{N}%)\]}]$/u;
/** A currency code written before an amount without a space. */
const CURRENCY_CODE = /(?:^|[^\p{L}])(?:USD|EUR|RUB|GBP|CNY|KZT|BYN|JPY|CHF|US)$/u;

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/**
 * The last number of a text, in English or Russian style, without currency and units: a decimal, a fraction (`3/2`, `1
 * 1/2`, `½`, `\\frac{3}{2}`), a power of ten or a multiple of π. If the text marks its result by `\\boxed{…}` or
 * `####`, the last number of that part. Digits may be of any script. The text is scanned from its end, in linear time.
 */
export function lastNumber(text: string, decimalSign: DecimalSign = 'point'): NumberFound {
  const part = resultPart(text);
  const nearEnd = part.length > 2 * TAIL ? lastNearEnd(part, decimalSign) : 'none';
  if (nearEnd !== 'none') return nearEnd;
  const plain = plainNumbers(part);
  const found = lastIn(plain, decimalSign);
  const han = found === 'none' ? lastHanNumber(plain) : null;
  return han === null ? found : { value: { numerator: BigInt(han), denominator: 1n }, isPercent: false, isOfPi: false };
}

/**
 * Length of the last part of a long text that is read first, up to its last digit: rewriting all of it takes longer.
 */
const TAIL = 100_000;
const DIGIT = /[\p{Nd}\p{Cs}\u00bc-\u00be\u2150-\u215eπ]/u;

function lastNearEnd(text: string, decimalSign: DecimalSign): NumberFound {
  let end = text.length;
  while (end > 0 && !DIGIT.test(text.charAt(end - 1))) end -= 1;
  const tail = text.slice(Math.max(0, end - TAIL), end + TAIL);
  // A number at its beginning may be cut.
  return lastIn(plainNumbers(tail), decimalSign, TAIL / 2);
}

/** @param least position before which no number may end */
function lastIn(text: string, decimalSign: DecimalSign, least = 0): NumberFound {
  let at = text.length - 1;
  for (;;) {
    while (at >= least && !isDigit(text, at) && text.charAt(at) !== PI) at -= 1;
    if (at < least) return 'none';
    if (text.charAt(at) === PI) return multipleOfPi(text, at);
    const start = startOfRun(text, at);
    if (at - start >= MAX_LENGTH) return 'too long';
    const found = readRun(text, { start, end: at + 1 }, decimalSign);
    if (found !== null) return found;
    at = start - 1;
  }
}

const PI = 'π';
const ONE: Rational = { numerator: 1n, denominator: 1n };
const FACTOR = /(?:^|[^\p{L}\p{N}.,])([-\u2212]?)(\d{0,30}(?:\.\d{1,30})?)\s?$/u;

/** `π`, `2π`, `-π`: the factor before the sign, and the divisor after it. */
function multipleOfPi(text: string, at: number): NumberFound {
  const [matched, sign = '', digits = ''] = FACTOR.exec(text.slice(Math.max(0, at - 70), at)) ?? [];
  if (matched === undefined) return 'none';
  const factor = digits === '' ? ONE : parsePlain(digits);
  const [, divisor] = /^\s?\/\s?(\d{1,30})(?![\d/])/.exec(text.slice(at + 1, at + 40)) ?? [];
  const below = divisor === undefined ? ONE : parsePlain(divisor);
  const value = factor === null || below === null ? null : quotientOf(factor, below);
  if (value === null) return 'none';
  return { value: sign === '' ? value : negated(value), isPercent: false, isOfPi: true };
}

/** Start of the digits and separators that end at `last`; at most MAX_LENGTH before it. */
function startOfRun(text: string, last: number): number {
  let start = last;
  const least = Math.max(0, last - MAX_LENGTH);
  while (start > least) {
    const isJoined = SEPARATORS.has(text.charAt(start - 1)) && start > 1 && isDigit(text, start - 2);
    if (isDigit(text, start - 1)) start -= 1;
    else if (isJoined) start -= 2;
    else break;
  }
  return start;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The number at the end of a run of digits and separators; null if its digits belong to a word, as in H2. */
function readRun(text: string, { start, end }: Span, decimalSign: DecimalSign): NumberFound | null {
  const run = text.slice(start, end);
  const { plain, length } = splitRun(run, decimalSign);
  let from = end - length;
  const isWhole = from === start;
  const before = text.slice(Math.max(0, from - 8), from);
  const ofPi = isWhole && /π\s?\/\s?$/.test(before) ? multipleOfPi(text, text.lastIndexOf(PI, from)) : null;
  if (ofPi !== null) return ofPi;
  const exponent = isWhole && /[eE][-+\u2212]?$/.test(before) ? withExponent(text, from, plain) : null;
  if (exponent !== null) return quantityOf(exponent, text, end);
  if (isWhole && isPartOfWord(before)) return null;
  let number = plain;
  // `.5` is a number, `v.5` and `..5` are not.
  if (/(?:^|[^\p{L}\p{N}.])\.$/u.test(before) && !number.includes('.')) {
    number = `.${number}`;
    from -= 1;
  }
  const last = parsePlain(number);
  if (last === null) return 'too long';
  const fraction = isWhole && !/^\s?\/\s?\d/.test(text.slice(end, end + 3)) ? asFraction(text, from, last) : null;
  const { value, at } = fraction ?? { value: last, at: from };
  return quantityOf(isNegative(text, at) ? negated(value) : value, text, end);
}

const PERCENT = /^\s{0,3}(?:[%\u066a\uff05]|(?:percent|per cent|pct|процент\p{L}*|проц\.)(?![\p{L}]))/iu;

function quantityOf(value: Rational, text: string, end: number): Quantity {
  return { value, isPercent: PERCENT.test(text.slice(end, end + 16)), isOfPi: false };
}

const ABOVE = /(?:^|[^\d/.,\p{L}])(\d{1,40}(?:\.\d{1,40})?)\s?\/\s?$/u;
const WHOLE = /(?:^|[^\d/.,\p{L}])(\d{1,9})[ \u00a0\u202f]$/u;

/** `3/2` and `1 1/2`, with their start; null if no fraction ends here. Two slashes mean a date. */
function asFraction(
  text: string,
  from: number,
  divisor: Rational,
): { readonly value: Rational; readonly at: number } | null {
  const [, above] = ABOVE.exec(text.slice(Math.max(0, from - 90), from)) ?? [];
  if (above === undefined) return null;
  const dividend = parsePlain(above);
  const value = dividend === null ? null : quotientOf(dividend, divisor);
  if (dividend === null || value === null) return null;
  const at = text.lastIndexOf(above, from - 1);
  const [, whole] = WHOLE.exec(text.slice(Math.max(0, at - 12), at)) ?? [];
  const isProper = value.numerator < value.denominator && !above.includes('.');
  const units = whole === undefined || !isProper ? null : parsePlain(whole);
  if (whole === undefined || units === null) return { value, at };
  return { value: sumOf(units, value), at: text.lastIndexOf(whole, at - 1) };
}

function isPartOfWord(before: string): boolean {
  const last = [...before].at(-1);
  return last !== undefined && WORD.test(last) && !CURRENCY_CODE.test(before);
}

const MANTISSA = /(?:^|[^\p{L}\p{M}\p{N}.,])([-\u2212]?\d{1,30}(?:[.,]\d{1,30})?)[eE]([-+\u2212]?)$/u;

/** `1.5e3`: the digits found are an exponent; null if they are not. */
function withExponent(text: string, from: number, exponent: string): Rational | null {
  const before = text.slice(Math.max(0, from - 70), from);
  const [, mantissa, sign = ''] = MANTISSA.exec(before) ?? [];
  if (mantissa === undefined || exponent.length > 2) return null;
  return parsePlain(`${mantissa}e${sign}${exponent}`.replace(',', '.').replaceAll('\u2212', '-'));
}

/** Whether a minus stands before the number, or before the currency sign in front of it. */
function isNegative(text: string, from: number): boolean {
  let at = from - 1;
  if (at >= 0 && CURRENCY.test(text.charAt(at))) at -= 1;
  if (at < 0 || !MINUS.has(text.charAt(at))) return false;
  const before = Array.from(text.slice(Math.max(0, at - 2), at)).at(-1);
  return before === undefined || !JOINED.test(before);
}

interface Split {
  /** The number with a decimal point and without other separators. */
  readonly plain: string;
  /** How much of the run, from its end, belongs to this number. */
  readonly length: number;
}

const GROUPED = new RegExp(
  // Thousands in groups of three with one kind of separator, then decimals after another one; no first group begins
  // with 0.
  `([1-9]\\d{0,2}(?:([,.'’_]|[${SPACES}])\\d{3})(?:\\2\\d{3})*)(?:([.,])(\\d+))?$`,
);
const SINGLE = /(\d+)(?:([.,])(\d+))?$/;

/**
 * Finds the number at the end of a run, which may be the last of several: in `1, 2 or 3` they are separate, `2,3,4` is
 * one run.
 */
function splitRun(run: string, decimalSign: DecimalSign): Split {
  return splitGrouped(run, decimalSign) ?? splitSingle(run);
}

function splitGrouped(run: string, decimalSign: DecimalSign): Split | null {
  const [matched, groups = '', separator = '', mark = '', decimals = ''] = GROUPED.exec(run) ?? [];
  if (matched === undefined || mark === separator) return null;
  // Digits directly before it mean that its first group has more than three; a separator there means a list.
  const before = run.length - matched.length - 1;
  const isInList = !SPACES.includes(separator) && run.charAt(before) === separator;
  if (isInList || isDigit(run, before)) return null;
  const isOneGroup = groups.indexOf(separator) === groups.lastIndexOf(separator);
  const isAlone = mark === '' && isOneGroup && matched.length === run.length;
  // A single group of three may be decimals: 1.234, and 1,234 if the comma is the decimal separator.
  if (isAlone && separator === (decimalSign === 'point' ? '.' : ',')) return null;
  const whole = groups.replaceAll(separator, '');
  return { plain: decimals === '' ? whole : `${whole}.${decimals}`, length: matched.length };
}

/**
 * Without groups: decimals after the only point or comma; with several, as in 1.2.3, the last part is a separate
 * number.
 */
function splitSingle(run: string): Split {
  const [matched = run, whole = run, mark = '', decimals = ''] = SINGLE.exec(run) ?? [];
  const before = run.charAt(run.length - matched.length - 1);
  if (mark === '') return { plain: whole, length: whole.length };
  if (before === mark) return { plain: decimals, length: decimals.length };
  return { plain: `${whole}.${decimals}`, length: matched.length };
}
