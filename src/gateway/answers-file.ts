import { createReadStream } from 'node:fs';
import { ConfigError, formatPlace } from '../core/errors.ts';
import { isDeeperThan, isJsonObject, type JsonObject, MAX_LEVELS } from '../core/json.ts';
import { decodeText } from '../io/decode.ts';
import { splitLines, type TextLine } from '../io/lines.ts';
import { describeTextFault } from '../io/text-file.ts';
import { AnswerBook, type ScriptedAnswer } from './answers.ts';

const READ_BYTES = 256 * 1024;

const HINT =
  'a line is {"prompt": …, "output": …} with, as needed, contains instead of prompt, model, temperature, function_call, tool_calls, ' +
  'finish_reason and usage {prompt_tokens, completion_tokens}';

/**
 * Reads recorded answers from a JSONL file, line by line; empty lines are skipped.
 * @throws ConfigError if the file cannot be read or a line (named as file:line) is not a valid answer
 */
export async function loadAnswers(file: string, signal?: AbortSignal): Promise<AnswerBook> {
  const book = new AnswerBook();
  for await (const { text, line } of readLines(file, signal)) {
    if (text.trim() !== '') book.add(parseAnswer(text, formatPlace({ file, line })));
  }
  return book;
}

async function* readLines(file: string, signal: AbortSignal | undefined): AsyncGenerator<TextLine> {
  const blocks: AsyncIterable<Uint8Array> = createReadStream(file, {
    highWaterMark: READ_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    // Not node:readline: it also ends lines at U+2028, which JSON texts may contain.
    yield* splitLines(decodeText(blocks, null));
  } catch (cause) {
    signal?.throwIfAborted();
    const fault = describeTextFault(cause, file);
    if (fault !== null) throw new ConfigError(fault.message, { hint: fault.hint, cause });
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): ConfigError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ConfigError(`${file}: the file of answers cannot be read: ${why}`, { hint: 'check the path', cause });
}

function parseAnswer(text: string, place: string): ScriptedAnswer {
  const line = parseLine(text, place);
  const usage = optional(line, 'usage', place, isJsonObject) ?? {};
  const content = optional(line, 'output', place, isText);
  const calls = readCalls(line, place);
  if (content === null && Object.keys(calls).length === 0) throw wrong(place, 'output is missing, and so is any call');
  const asked = {
    prompt: optional(line, 'prompt', place, isText),
    contains: optional(line, 'contains', place, isText),
  };
  const model = optional(line, 'model', place, isText);
  if (asked.prompt === null && asked.contains === null && model === null) throw wrong(place, 'prompt is missing');
  return {
    ...asked,
    model,
    temperature: optional(line, 'temperature', place, isNumber),
    content,
    calls,
    finishReason: optional(line, 'finish_reason', place, isText) ?? usualFinish(calls),
    promptTokens: optional(usage, 'prompt_tokens', place, isCount),
    completionTokens: optional(usage, 'completion_tokens', place, isCount),
  };
}

function parseLine(text: string, place: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${place}: the line is not JSON`, { hint: HINT, cause });
  }
  if (!isJsonObject(value)) throw wrong(place, 'the line is not a JSON object');
  if (isDeeperThan(value, MAX_LEVELS)) throw wrong(place, `the line is nested more than ${MAX_LEVELS} levels deep`);
  return value;
}

function readCalls(line: JsonObject, place: string): JsonObject {
  const functionCall = optional(line, 'function_call', place, isJsonObject);
  const toolCalls = optional(line, 'tool_calls', place, isList);
  return {
    ...(functionCall === null ? {} : { function_call: functionCall }),
    ...(toolCalls === null ? {} : { tool_calls: toolCalls }),
  };
}

function usualFinish(calls: JsonObject): string {
  if ('tool_calls' in calls) return 'tool_calls';
  return 'function_call' in calls ? 'function_call' : 'stop';
}

type Check<Value> = (value: unknown) => value is Value;

function optional<Value>(object: JsonObject, key: string, place: string, check: Check<Value>): Value | null {
  const value: unknown = object[key];
  if (value === undefined || value === null) return null;
  if (!check(value)) throw wrong(place, `${key} cannot be ${JSON.stringify(value).slice(0, 60)}`);
  return value;
}

function wrong(place: string, what: string): ConfigError {
  return new ConfigError(`${place}: ${what}`, { hint: HINT });
}

const isText: Check<string> = (value) => typeof value === 'string';
const isNumber: Check<number> = (value) => typeof value === 'number';
const isCount: Check<number> = (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isList: Check<readonly JsonObject[]> = (value): value is readonly JsonObject[] =>
  Array.isArray(value) && value.length > 0 && value.every(isJsonObject);
