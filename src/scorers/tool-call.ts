import { z } from 'zod';
import { canonicalJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../core/json.ts';
import type { Judgement } from '../core/scorer.ts';
import { defineScorer, NOTHING_EXPECTED, unjudged, verdict } from './definition.ts';

/** 1 where the answer calls a function with the right name and arguments. */
export const toolCall = defineScorer({
  name: 'tool-call',
  title: 'the answer calls a function: tool-call:<name>, else the name and arguments of the expected JSON',
  argument: 'tool',
  options: {
    tool: z.string().min(1).optional().describe('name of the function, instead of the expected answer'),
    arguments: z
      .record(z.string(), z.json())
      .optional()
      .describe('arguments that the call must have with these values; it may have others'),
    only: z.boolean().optional().describe('the call must have no other arguments, and the answer no other calls'),
  },
  create({ tool, arguments: given, only = false }) {
    const fixed = tool === undefined && given === undefined ? null : { name: tool ?? null, arguments: given ?? {} };
    return {
      needsExpected: fixed === null,
      judge({ output, expected }): Judgement {
        if (fixed === null && expected === null) return NOTHING_EXPECTED;
        const wanted = fixed ?? readWanted(expected ?? '');
        if (wanted === null) return unjudged('the expected answer is neither the name of a function nor a call');
        const calls = readCalls(output);
        if (calls.length === 0) return verdict(false, 'the answer calls nothing');
        const isRight = calls.some((call) => fits(call, wanted, only)) && (!only || calls.length === 1);
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
  /** null where they are no JSON object. */
  readonly arguments: JsonObject | null;
}

interface Wanted {
  /** null takes any function. */
  readonly name: string | null;
  readonly arguments: JsonObject;
}

const NAME = /^[\w.:-]{1,200}$/;

function readWanted(expected: string): Wanted | null {
  const value = parseJson(expected);
  if (value === undefined) return NAME.test(expected.trim()) ? { name: expected.trim(), arguments: {} } : null;
  const [call] = callsIn(value);
  return call === undefined || call.arguments === null ? null : { name: call.name, arguments: call.arguments };
}

/** The calls of an answer that is JSON with `function_call` or `tool_calls`, with or without `content`. */
function readCalls(output: string): readonly Call[] {
  if (!output.trimStart().startsWith('{')) return [];
  const value = parseJson(output);
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
  const value = typeof given === 'string' ? parseJson(given === '' ? '{}' : given) : (given ?? {});
  return isJsonObject(value) ? value : null;
}

function fits(call: Call, wanted: Wanted, isOnly: boolean): boolean {
  if (wanted.name !== null && call.name !== wanted.name) return false;
  const given = call.arguments;
  const names = Object.keys(wanted.arguments);
  if (given === null) return names.length === 0 && !isOnly;
  if (isOnly && Object.keys(given).length !== names.length) return false;
  return names.every(
    (name) => Object.hasOwn(given, name) && isSame(given[name] ?? null, wanted.arguments[name] ?? null),
  );
}

function isSame(a: JsonValue, b: JsonValue): boolean {
  try {
    return canonicalJson(a) === canonicalJson(b);
  } catch {
    // Nested too deeply to be written: nobody expects that.
    return false;
  }
}
