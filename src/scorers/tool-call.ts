import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { UnnamedScore } from '../core/scorer.ts';
import { areSameJson, parseWrittenJson, plainJson } from '../core/written-json.ts';
import { defineScorer, NOTHING_EXPECTED, unscored, verdict } from './definition.ts';

/** 1 if the answer calls a function, or each of several, with the right name and arguments. */
export const toolCall = defineScorer({
  name: 'tool-call',
  title:
    'the answer calls a function: tool-call:<name>, else the name and arguments of the expected JSON, or of each in its list',
  argument: 'tool',
  options: (z) => ({
    tool: z.string().min(1).optional().describe('name of the function, instead of the expected answer'),
    arguments: z
      .record(z.string(), z.json())
      .optional()
      .describe('arguments that the call must have with these values; it may have others'),
    only: z.boolean().optional().describe('the call must have no other arguments, and the answer no other calls'),
  }),
  withoutOptions: {},
  create({ tool, arguments: given, only = false }) {
    const fixed = tool === undefined && given === undefined ? null : [{ name: tool ?? null, arguments: given ?? {} }];
    return {
      needsExpected: fixed === null,
      score({ output, expected }): UnnamedScore {
        if (fixed === null && expected === null) return NOTHING_EXPECTED;
        const wanted = fixed ?? readWanted(expected ?? '');
        if (wanted === null) return unscored('the expected answer is neither the name of a function nor calls of some');
        const made = readCalls(output);
        // Options hold doubles: a number with more digits would equal none of them.
        const calls = fixed === null ? made : made.map(withDoubles);
        if (calls.length === 0) return verdict(false, 'the answer calls nothing');
        const isRight = areMade(wanted, calls, only) && (!only || calls.length === wanted.length);
        return verdict(
          isRight,
          `called: ${calls
            .slice(0, 3)
            .map(({ name }) => name)
            .join(', ')}`,
        );
      },
    };
  },
});

interface Call {
  readonly name: string;
  /** null if they are not a JSON object. */
  readonly arguments: JsonObject | null;
}

interface Wanted {
  /** null accepts any function. */
  readonly name: string | null;
  readonly arguments: JsonObject;
}

const NAME = /^[\w.:-]{1,200}$/;

/** Maximum number of expected calls per answer. */
const MAX_WANTED = 100;

/** The calls that a row expects: a name, a call, a list of these, or `tool_calls` as in the API. */
function readWanted(expected: string): readonly Wanted[] | null {
  const value = parseWrittenJson(expected);
  if (value === undefined) return NAME.test(expected.trim()) ? [{ name: expected.trim(), arguments: {} }] : null;
  const calls = isJsonArray(value) ? value.flatMap(callOrName) : callsIn(value);
  const expectedCount = isJsonArray(value) ? value.length : calls.length;
  const wanted = calls.flatMap(({ name, arguments: given }) => (given === null ? [] : [{ name, arguments: given }]));
  return wanted.length === expectedCount && wanted.length > 0 && wanted.length <= MAX_WANTED ? wanted : null;
}

function callOrName(value: JsonValue): readonly Call[] {
  if (typeof value !== 'string') return callsIn(value);
  return NAME.test(value) ? [{ name: value, arguments: {} }] : [];
}

/** The calls of an answer that is JSON with `function_call` or `tool_calls`, with or without `content`. */
function readCalls(output: string): readonly Call[] {
  if (!output.trimStart().startsWith('{')) return [];
  const value = parseWrittenJson(output);
  if (!isJsonObject(value)) return [];
  return isJsonObject(value['function_call']) || isJsonArray(value['tool_calls']) ? callsIn(value) : [];
}

function callsIn(value: JsonValue): readonly Call[] {
  if (!isJsonObject(value)) return [];
  const { function_call: functionCall, tool_calls: toolCalls, function: own } = value;
  if (isJsonObject(functionCall)) return callsIn(functionCall);
  if (isJsonArray(toolCalls)) return toolCalls.flatMap(callIn);
  return callIn(isJsonObject(own) ? own : value);
}

function callIn(value: JsonValue): readonly Call[] {
  if (!isJsonObject(value)) return [];
  const { function: own, name, arguments: given } = value;
  if (isJsonObject(own)) return callIn(own);
  return typeof name === 'string' ? [{ name, arguments: readArguments(given) }] : [];
}

/** The API gives arguments as JSON text; people write them as an object. */
function readArguments(given: JsonValue | undefined): JsonObject | null {
  const value = typeof given === 'string' ? parseWrittenJson(given === '' ? '{}' : given) : (given ?? {});
  return isJsonObject(value) ? value : null;
}

function withDoubles({ name, arguments: given }: Call): Call {
  const plain = given === null ? null : plainJson(given);
  return { name, arguments: isJsonObject(plain) ? plain : null };
}

/** Whether each expected call is made, by a call of its own (H. W. Kuhn, "The Hungarian Method", 1955, for pairs). */
function areMade(wanted: readonly Wanted[], calls: readonly Call[], isOnly: boolean): boolean {
  const fitting = wanted.map((one) => calls.flatMap((call, at) => (fits(call, one, isOnly) ? [at] : [])));
  /** The expected call that a call is matched with. */
  const takenFor = new Map<number, number>();
  const isFound = (one: number, tried: Set<number>): boolean => {
    for (const at of fitting[one] ?? []) {
      if (tried.has(at)) continue;
      tried.add(at);
      const other = takenFor.get(at);
      if (other !== undefined && !isFound(other, tried)) continue;
      takenFor.set(at, one);
      return true;
    }
    return false;
  };
  return wanted.every((_one, index) => isFound(index, new Set()));
}

function fits(call: Call, wanted: Wanted, isOnly: boolean): boolean {
  if (wanted.name !== null && call.name !== wanted.name) return false;
  const given = call.arguments;
  const names = Object.keys(wanted.arguments);
  if (given === null) return names.length === 0 && !isOnly;
  if (isOnly && Object.keys(given).length !== names.length) return false;
  return names.every(
    (name) => Object.hasOwn(given, name) && areSameJson(given[name] ?? null, wanted.arguments[name] ?? null),
  );
}
