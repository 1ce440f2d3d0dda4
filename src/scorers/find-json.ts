import { isJsonArray, isJsonObject, type JsonValue, parseJson, parseOutsideJson, TOO_DEEP } from '../core/json.ts';
import { parseWrittenJson, withWritten } from '../core/written-json.ts';
import { type JsonPiece, jsonPieces, nextBracket } from './json-pieces.ts';
import { mendJson } from './mend-json.ts';

// White space before the end stays in the body: checking for it at every position would take quadratic time.
const FENCE = /(?:^|\n)[ \t]*(?:```|~~~)[^\n`]*\n([^]*?)(?:```|~~~)/g;
const MAX_FENCES = 100;

/**
 * The JSON of an answer: all of it, else the first code fence that holds JSON, else the longest object or array within
 * other text. A fragment of a larger, truncated or broken one does not count. Numbers are as written. Linear time.
 * @returns undefined if there is none, TOO_DEEP if the whole is nested too deeply
 */
export function findJson(text: string): JsonValue | typeof TOO_DEEP | undefined {
  // Parts of too deeply nested JSON are not the answer.
  const whole = wholeJson(text);
  return whole === undefined ? (inFence(text) ?? inProse(text)) : whole;
}

/** The value of an answer that is JSON as a whole, with numbers as written; TOO_DEEP if it is nested too deeply. */
export function wholeJson(text: string): JsonValue | typeof TOO_DEEP | undefined {
  const value = parseOutsideJson(text);
  return value === undefined || value === TOO_DEEP ? value : withWritten(value, text);
}

function inFence(text: string): JsonValue | undefined {
  for (const body of fences(text)) {
    const value = parseWrittenJson(body);
    if (value !== undefined) return value;
  }
  return undefined;
}

function fences(text: string): readonly string[] {
  if (!text.includes('```') && !text.includes('~~~')) return [];
  const found: string[] = [];
  for (const [, body = ''] of text.matchAll(FENCE)) {
    found.push(body);
    if (found.length === MAX_FENCES) break;
  }
  return found;
}

/** Maximum number of parts tried without success: each that is not JSON takes as long as some hundred characters. */
const MAX_FAILED = 20_000;
const LIKE_JSON = /\{\s*["}]|\[\s*(?:["{[\]\d-]|true|false|null)/y;

function inProse(text: string): JsonValue | undefined {
  let best: JsonValue | undefined;
  let [from, longest] = [0, 0];
  let value: JsonValue | undefined;
  let failed = 0;
  const isJson = ({ start, end }: JsonPiece): boolean => {
    LIKE_JSON.lastIndex = start;
    const isTried = failed < MAX_FAILED && LIKE_JSON.test(text);
    value = isTried ? parseJson(text.slice(start, end)) : undefined;
    if (isTried && value === undefined) failed += 1;
    return value !== undefined;
  };
  for (const { start, end } of jsonPieces(text, isJson)) {
    if (end - start <= longest) continue;
    [from, longest] = [start, end - start];
    best = value;
  }
  return best === undefined ? undefined : withWritten(best, text.slice(from, from + longest));
}

/**
 * The same for almost valid JSON from models: single quotes, comments, extra commas, a missing end. It repairs the text
 * from the first bracket on, in the first code fence that has one, else in the whole text.
 * @returns undefined if there is none, or it cannot be repaired
 */
export function repairJson(text: string): JsonValue | undefined {
  const source = [...fences(text), text].find((part) => nextBracket(part, 0) !== -1);
  if (source === undefined) return undefined;
  const from = nextBracket(source, 0);
  const last = Math.max(source.lastIndexOf('}'), source.lastIndexOf(']'));
  // Text after the last bracket is prose, unless the end itself is missing.
  for (const end of last > from ? [last + 1, source.length] : [source.length]) {
    const value = mendJson(source.slice(from, end));
    // Prose can be "repaired" to a string; only objects and arrays are accepted.
    if (isJsonObject(value) || isJsonArray(value)) return value;
  }
  return undefined;
}
