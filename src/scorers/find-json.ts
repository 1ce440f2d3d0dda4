import { isJsonArray, isJsonObject, type JsonValue, parseJson, parseOutsideJson, type TOO_DEEP } from '../core/json.ts';

/** Most characters of prose that are looked through for brackets, again from each; no other is tried after them. */
const MAX_SCANNED = 4_000_000;
/** Longest text that is repaired. */
const MAX_REPAIRED = 1_000_000;
// White space before the end stays in the body: looking for it at every place would take quadratic time.
const FENCE = /(?:^|\n)[ \t]*(?:```|~~~)[^\n`]*\n([^]*?)(?:```|~~~)/g;
const MAX_FENCES = 100;

/**
 * The JSON of an answer: the whole of it, else the first code fence that holds JSON, else the longest object or array
 * between other text. Time is in proportion to the text.
 * @returns undefined where there is none, TOO_DEEP where the whole is nested too deeply
 */
export function findJson(text: string): JsonValue | typeof TOO_DEEP | undefined {
  // Parts of JSON that is nested too deeply are not what was answered.
  const whole = parseOutsideJson(text);
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
  let best: { readonly value: JsonValue; readonly length: number } | undefined;
  let scanned = 0;
  let at = nextBracket(text, 0);
  while (at !== -1 && scanned < MAX_SCANNED) {
    const end = closingBracket(text, at);
    scanned += (end === -1 ? text.length : end) - at;
    const value = end === -1 ? undefined : parseJson(text.slice(at, end + 1));
    if (value !== undefined && end - at > (best?.length ?? 0)) best = { value, length: end - at };
    at = nextBracket(text, value === undefined ? at + 1 : end + 1);
  }
  return best?.value;
}

const BRACKET = /[[{]/g;

function nextBracket(text: string, from: number): number {
  BRACKET.lastIndex = from;
  return BRACKET.exec(text)?.index ?? -1;
}

const STRUCTURE = /["[\]{}]/g;
const STRING_REST = /[^"\\]*(?:\\[^][^"\\]*)*"/y;

/** Where the bracket is closed that is opened there; -1 where it never is. */
function closingBracket(text: string, open: number): number {
  let depth = 0;
  STRUCTURE.lastIndex = open;
  for (let found = STRUCTURE.exec(text); found !== null; found = STRUCTURE.exec(text)) {
    const [sign] = found;
    if (sign === '"') {
      STRING_REST.lastIndex = STRUCTURE.lastIndex;
      if (!STRING_REST.test(text)) return -1;
      STRUCTURE.lastIndex = STRING_REST.lastIndex;
    } else depth += sign === '{' || sign === '[' ? 1 : -1;
    if (depth === 0) return found.index;
  }
  return -1;
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
