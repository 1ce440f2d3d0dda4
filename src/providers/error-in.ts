import type { JsonObject, JsonValue } from '../core/json.ts';
import { readReason } from './read.ts';

/**
 * The error that a body or an event reports, in place of an answer or beside one; null if it reports none. With good
 * answers gateways send null, "", false, {} or an object whose members are all empty.
 */
export function errorIn(body: JsonObject): JsonValue | null {
  const { error = null } = body;
  if (saysAnything(error)) return error;
  return body['object'] === 'error' || body['type'] === 'error' ? body : null;
}

/** True for a value with any text, number or truth in it. */
export function saysAnything(value: JsonValue): boolean {
  if (typeof value === 'string') return readReason(value) !== null;
  if (typeof value === 'object' && value !== null) return Object.values(value).some(saysAnything);
  return value === true || (typeof value === 'number' && value !== 0);
}
