import { isJsonArray, isJsonObject, type JsonValue, parseJson } from '../core/json.ts';
import { type JsonPiece, jsonPieces, nextBracket } from './json-pieces.ts';

/** Longest text that is repaired. */
const MAX_REPAIRED = 1_000_000;
// White space before the end stays in the body: looking for it at every place would take quadratic time.
const FENCE = /(?:^|\n)[ \t]*(?:```|~~~)[^\n`]*\n([^]*?)(?:```|~~~)/g;
const MAX_FENCES = 100;

/**
 * The JSON of an answer: the whole of it, else the first code fence that holds JSON, else the longest object or array
 * between other text that is no part of a larger one, cut or broken. Time is in proportion to the text.
 * @returns undefined where there is none
 */
export function findJson(text: string): JsonValue | undefined {
  const whole = parseJson(text);
  return whole === undefined ? (inFence(text) ?? inProse(text)) : whole;
}

function inFence(text: string): JsonValue | undefined {
  for (const body of fences(text)) {
    const value = parseJson(body);
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

function inProse(text: string): JsonValue | undefined {
  let best: JsonValue | undefined;
  let longest = 0;
  let value: JsonValue | undefined;
  const isJson = ({ start, end }: JsonPiece): boolean => {
    value = parseJson(text.slice(start, end));
    return value !== undefined;
  };
  for (const { start, end } of jsonPieces(text, isJson)) {
    if (end - start <= longest) continue;
    longest = end - start;
    best = value;
  }
  return best;
}

/**
 * The same for JSON that models write almost: single quotes, comments, commas too many, an end that is missing.
 * What stands from the first bracket on, in the first code fence that has one, else in the text, is repaired.
 * @returns undefined where there is none, it cannot be repaired, or is longer than 1,000,000 characters
 */
export async function repairJson(text: string): Promise<JsonValue | undefined> {
  const source = [...fences(text), text].find((part) => nextBracket(part, 0) !== -1);
  if (source === undefined) return undefined;
  const from = nextBracket(source, 0);
  const last = Math.max(source.lastIndexOf('}'), source.lastIndexOf(']'));
  const { jsonrepair } = await import('jsonrepair');
  // What follows the last bracket is prose, unless the end itself is missing.
  for (const end of last > from ? [last + 1, source.length] : [source.length]) {
    const value = tryRepair(jsonrepair, source.slice(from, end));
    // Prose can be "repaired" to a text; only objects and arrays are what was meant.
    if (isJsonObject(value) || isJsonArray(value)) return value;
  }
  return undefined;
}

function tryRepair(repair: (text: string) => string, text: string): JsonValue | undefined {
  if (text.length > MAX_REPAIRED) return undefined;
  try {
    return parseJson(repair(text));
  } catch {
    return undefined;
  }
}
