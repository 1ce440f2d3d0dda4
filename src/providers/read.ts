import { type Picounits, parseAmount, parseDecimal } from '../core/money.ts';
import { printable } from '../core/plain-text.ts';
import { isTokenBound, isTokenCount } from '../core/usage.ts';

/** A text, or null for anything else. */
export function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A text to show to people, on one line and without terminal control characters; null for anything else. */
export function readLine(value: unknown): string | null {
  return typeof value === 'string' ? printable(value) : null;
}

/** A finite number, possibly given as text; null for anything else. */
export function readNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A token count; null for anything else, see `isTokenCount`. */
export function readCount(value: unknown): number | null {
  return isTokenCount(value) ? value : null;
}

/**
 * A model's maximum number of tokens, possibly given as text; null for a value that bounds nothing, such as 0 and −1.
 */
export function readCapacity(value: unknown): number | null {
  const capacity = readNumber(value);
  return isTokenBound(capacity) ? capacity : null;
}

/** A decimal amount given as number or text, exact; null for anything else. An account's balance may be negative. */
export function readSignedAmount(value: unknown): Picounits | null {
  return typeof value === 'string' || typeof value === 'number' ? parseDecimal(value) : null;
}

/** A cost or a price: a decimal amount from 0 to 10⁹ units, given as number or text; null for anything else. */
export function readAmount(value: unknown): Picounits | null {
  return typeof value === 'string' || typeof value === 'number' ? parseAmount(value) : null;
}
