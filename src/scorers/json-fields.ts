import { isJsonArray, isJsonObject, type JsonValue } from '../core/json.ts';
import type { UnnamedScore } from '../core/scorer.ts';
import { parseWrittenJson } from '../core/written-json.ts';
import { areSameNumber, isNumber, type WrittenNumber } from '../core/written-number.ts';
import { defineScorer, NOTHING_EXPECTED, unscored, verdict } from './definition.ts';
import { jsonOptions, scoreJson } from './json-scorer.ts';
import { normalisationOptions, normaliser } from './normalise.ts';
import { distance, isAtMost, parsePlain } from './rational.ts';

/** The share of fields equal to those of the expected JSON. */
export const jsonFields = defineScorer({
  name: 'json-fields',
  title: 'every field of the expected JSON is the same in the answer; else the share of fields that are',
  argument: 'fields',
  options: (z) => ({
    fields: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe('only these keys of the expected object, as a list or separated by commas'),
    extra: z
      .enum(['ignore', 'count'])
      .optional()
      .describe('whether fields that are not expected count as wrong ones; default ignore'),
    tolerance: z.number().min(0).optional().describe('most that a number may differ; default 0'),
    ...jsonOptions(z),
    ...normalisationOptions(z),
  }),
  withoutOptions: {},
  create({ fields, extra = 'ignore', tolerance = 0, whole, repair, ...given }) {
    const fold = normaliser(given, { trim: true });
    const keys = typeof fields === 'string' ? fields.split(',').map((key) => key.trim()) : fields;
    const compare: Comparison = {
      keys: keys ?? null,
      isSame: sameLeaf(fold, tolerance),
      countsExtra: extra === 'count',
    };
    return {
      needsExpected: true,
      score({ output, expected }) {
        if (expected === null) return NOTHING_EXPECTED;
        const wanted = parseWrittenJson(expected);
        if (wanted === undefined) return unscored('the expected answer is no JSON');
        return scoreJson(output, { whole, repair }, (value) => compareFields(value, wanted, compare));
      },
    };
  },
});

type Leaf = string | number | WrittenNumber | boolean | null;

interface Comparison {
  /** Keys of the expected object that count; null for all. */
  readonly keys: readonly string[] | null;
  readonly isSame: (found: Leaf | undefined, wanted: Leaf) => boolean;
  readonly countsExtra: boolean;
}

function sameLeaf(fold: (text: string) => string, tolerance: number): Comparison['isSame'] {
  return (found, wanted) => {
    if (typeof found === 'string' && typeof wanted === 'string') return fold(found) === fold(wanted);
    if (!isNumber(found) || !isNumber(wanted)) return found === wanted;
    return areSameNumber(found, wanted) || (tolerance > 0 && isNear(found, wanted, tolerance));
  };
}

/** Exactly: 0.3 and 0.31 are 0.01 apart. Numbers of more than 100 digits are compared as doubles. */
function isNear(found: number | WrittenNumber, wanted: number | WrittenNumber, tolerance: number): boolean {
  const [one, other, most] = [found, wanted, tolerance].map((number) => parsePlain(String(number)));
  if (one && other && most) return isAtMost(distance(one, other), most);
  return Math.abs(Number(found) - Number(wanted)) <= tolerance;
}

/** Hand-written expected answers are never nested deeper, and longer paths would fill the memory. */
const MAX_DEPTH = 100;
/** Maximum number of expected members of objects and arrays. */
const MAX_MEMBERS = 200_000;

interface Pair {
  readonly path: readonly string[];
  /** undefined if the answer has nothing there. */
  readonly found: JsonValue | undefined;
  readonly wanted: JsonValue;
}

function compareFields(value: JsonValue, expected: JsonValue, { keys, isSame, countsExtra }: Comparison): UnnamedScore {
  const wrong: string[] = [];
  let [fields, extra, seen] = [0, 0, 0];
  const open: Pair[] = [{ path: [], found: value, wanted: expected }];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const { path, found, wanted } = pair;
    if (path.length > MAX_DEPTH) return unscored('the expected JSON is nested more than 100 deep');
    seen += sizeOf(wanted);
    if (seen > MAX_MEMBERS) return unscored('the expected JSON has more than 200,000 members');
    const counted = path.length === 0 ? keys : null;
    const members = membersOf(wanted, counted);
    if (members === null || (members.size === 0 && counted === null)) {
      fields += 1;
      if (!isSame(leafOf(found), leafOf(wanted) ?? null)) wrong.push(path.join('.'));
      continue;
    }
    const own = areAlike(found, wanted) ? membersOf(found, counted) : null;
    for (const [key, member] of members) open.push({ path: [...path, key], found: own?.get(key), wanted: member });
    if (!countsExtra || own === null) continue;
    for (const [key, member] of own) if (!members.has(key)) extra += countLeaves(member);
  }
  return scoreFields({ wrong: wrong.reverse(), fields, extra });
}

interface Counts {
  /** Paths of the expected fields that are wrong or missing. */
  readonly wrong: readonly string[];
  readonly fields: number;
  /** Fields that are not expected. */
  readonly extra: number;
}

function scoreFields({ wrong, fields, extra }: Counts): UnnamedScore {
  const whole = fields + extra;
  if (whole === 0) return unscored('the expected JSON has none of the fields');
  const right = fields - wrong.length;
  if (right === whole) return verdict(true);
  const reasons = [
    ...(wrong.length === 0 ? [] : [`wrong: ${wrong.slice(0, 5).join(', ')}`]),
    ...(extra === 0 ? [] : [`not expected: ${extra}`]),
  ];
  return { value: right / whole, explanation: reasons.join('; ') };
}

function sizeOf(value: JsonValue): number {
  return isJsonArray(value) ? value.length : isJsonObject(value) ? Object.keys(value).length : 0;
}

/** The members of an object or array by key or index; null for other values. */
function membersOf(
  value: JsonValue | undefined,
  keys: readonly string[] | null,
): ReadonlyMap<string, JsonValue> | null {
  if (!isJsonArray(value) && !isJsonObject(value)) return null;
  return new Map(Object.entries(value).filter(([key]) => keys?.includes(key) ?? true));
}

function areAlike(a: JsonValue | undefined, b: JsonValue): boolean {
  return isJsonArray(a) === isJsonArray(b);
}

/** A value compared as a whole; objects and arrays are then empty ones or not a match. */
function leafOf(value: JsonValue | undefined): Leaf | undefined {
  if (!isJsonArray(value) && !isJsonObject(value)) return value;
  return Object.keys(value).length > 0 ? undefined : isJsonArray(value) ? '[]' : '{}';
}

function countLeaves(root: JsonValue): number {
  let count = 0;
  const open: JsonValue[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const members = isJsonArray(value) || isJsonObject(value) ? Object.values(value) : [];
    if (members.length === 0) count += 1;
    for (const member of members) open.push(member);
  }
  return count;
}
