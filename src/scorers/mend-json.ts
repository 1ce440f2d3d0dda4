import { jsonrepair } from 'jsonrepair';
import { type JsonValue, MAX_LEVELS, parseJson } from '../core/json.ts';

/** Longest text that is mended: the time it takes grows with the square of some texts. */
const MAX_LENGTH = 200_000;

/**
 * The value of a text that is almost JSON: with raw line ends, a comma too many or too few, comments, keys without
 * quotes or in single ones, an end that is missing.
 * @returns undefined where it cannot be mended, is longer than 200,000 characters or opens brackets too deeply
 */
export function mendJson(text: string): JsonValue | undefined {
  if (text.length > MAX_LENGTH || isTooDeep(text)) return undefined;
  try {
    return parseJson(jsonrepair(text));
  } catch {
    return undefined;
  }
}

/** Brackets within texts are counted too: so many of them are in none that anybody wants mended. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length && depth <= MAX_LEVELS; at++) {
    const sign = text.charAt(at);
    if (sign === '{' || sign === '[') depth += 1;
    else if ((sign === '}' || sign === ']') && depth > 0) depth -= 1;
  }
  return depth > MAX_LEVELS;
}
