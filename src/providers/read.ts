import { type Picounits, parseDecimal } from '../core/money.ts';
import { printable } from '../core/printable.ts';

/** A text, or null for anything else. */
export function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A text that people are shown, on one line and without what a terminal would obey; null for anything else. */
export function readLine(value: unknown): string | null {
  return typeof value === 'string' ? printable(value) : null;
}

/** A finite number, also where it is given as text; null for anything else. */
export function readNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A count of tokens: a whole number from 0; null for anything else. */
export function readCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** A decimal amount given as number or text, exact; null for anything else. An account's balance may be below zero. */
export function readSignedAmount(value: unknown): Picounits | null {
  return typeof value === 'string' || typeof value === 'number' ? parseDecimal(value) : null;
}

/** A decimal amount that cannot be below zero, such as a cost; null for anything else. */
export function readAmount(value: unknown): Picounits | null {
  const amount = readSignedAmount(value);
  return amount !== null && amount >= 0n ? amount : null;
}
