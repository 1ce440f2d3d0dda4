import { jsonrepair } from 'jsonrepair';
import { type JsonValue, MAX_LEVELS } from '../core/json.ts';
import { parseWrittenJson } from '../core/written-json.ts';
import { escapeBackslashes } from './backslashes.ts';

/** Longest text that is repaired: for some texts the time grows quadratically. */
const MAX_LENGTH = 200_000;

/**
 * The value of a text that is almost JSON: with raw line breaks, extra or missing commas, comments, keys without quotes
 * or in single ones, backslashes that are not escaped, a missing end.
 * @returns numbers as written; undefined if it cannot be repaired, is longer than 200,000 characters or nests brackets too deeply
 */
export function mendJson(text: string): JsonValue | undefined {
  if (text.length > MAX_LENGTH || isTooDeep(text)) return undefined;
  try {
    return parseWrittenJson(jsonrepair(escapeBackslashes(text)));
  } catch {
    return undefined;
  }
}

/** Brackets within texts are counted too: no useful text has this many. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length && depth <= MAX_LEVELS; at++) {
    const sign = text.charAt(at);
    if (sign === '{' || sign === '[') depth += 1;
    else if ((sign === '}' || sign === ']') && depth > 0) depth -= 1;
  }
  return depth > MAX_LEVELS;
}
