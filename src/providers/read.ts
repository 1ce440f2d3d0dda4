import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { type Picounits, parseAmount, parseDecimal } from '../core/money.ts';
import { printable } from '../core/plain-text.ts';
import { isTokenBound, isTokenCount } from '../core/usage.ts';

/** A text, or null for anything else. */
export function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** What servers send where there is no reason yet: a null of their language as text, or the default of Google's enums. */
const NO_REASON = /^(?:null|none|undefined|\w*_unspecified)?$/i;

/** Why an answer ended, or was blocked; null for a blank text, a placeholder, and anything but a text. */
export function readReason(value: unknown): string | null {
  return typeof value === 'string' && (value === 'stop' || !NO_REASON.test(value.trim())) ? value : null;
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

/** The choice numbered 0, else the one that comes first; null if there is none. */
export function firstOf(choices: JsonValue | undefined): JsonObject | null {
  if (choices === undefined || !isJsonArray(choices)) return null;
  const [first] = choices;
  if (choices.length === 1) return isJsonObject(first) ? first : null;
  const choice = choices.find((each) => isJsonObject(each) && each['index'] === 0) ?? first;
  return isJsonObject(choice) ? choice : null;
}
