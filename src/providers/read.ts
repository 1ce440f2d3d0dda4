import { type Picounits, parseAmount, parseDecimal } from '../core/money.ts';
import { printable } from '../core/plain-text.ts';
import { isTokenBound, isTokenCount } from '../core/usage.ts';

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

/** A count of tokens; null for anything that is none, see `isTokenCount`. */
export function readCount(value: unknown): number | null {
  return isTokenCount(value) ? value : null;
}

/** The most tokens that a model holds, also where it is given as text; null for what bounds nothing, such as 0 and −1. */
export function readCapacity(value: unknown): number | null {
  const capacity = readNumber(value);
  return isTokenBound(capacity) ? capacity : null;
}

/** A decimal amount given as number or text, exact; null for anything else. An account's balance may be below zero. */
export function readSignedAmount(value: unknown): Picounits | null {
  return typeof value === 'string' || typeof value === 'number' ? parseDecimal(value) : null;
}

/** What a call cost or a price is: a decimal amount from 0 to 10⁹ units, given as number or text; null for anything else. */
export function readAmount(value: unknown): Picounits | null {
  return typeof value === 'string' || typeof value === 'number' ? parseAmount(value) : null;
}

/** Response headers as undici gives them: names in lower case. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The first value of a header; null where it is absent. */
export function headerText(headers: ResponseHeaders, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}
