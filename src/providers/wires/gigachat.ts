import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../core/json.ts';
import type { Message } from '../../core/prompt.ts';
import { chatWire, OLDER_BOUND, renamed } from '../chat-dialect.ts';
import { readCount, readText } from '../read.ts';
import { readStreamedAnswer } from '../streamed-answer.ts';

const NONE_SUCH = 'leave it out: GigaChat does not have it';
const CANNOT_FORCE =
  'name the function that is to be called, or give auto: GigaChat calls no function of its choice by force';

/**
 * GigaChat's chat completions: functions instead of tools, their arguments as objects, and a flat schema. Sources: the
 * package ai-forever/gigachat (`models/chat.py`, `models/response_format.py`), developers.sber.ru.
 */
export const GIGACHAT_WIRE = chatWire(
  { params: toOwnParams, message: toOwnMessage, streaming: { stream: true } },
  {
    asChat,
    readStream: readStreamedAnswer,
    lacks: {
      frequency_penalty: 'use repetition_penalty',
      presence_penalty: 'use repetition_penalty',
      seed: NONE_SUCH,
      stop: NONE_SUCH,
      logprobs: NONE_SUCH,
      top_logprobs: NONE_SUCH,
      logit_bias: NONE_SUCH,
      parallel_tool_calls: NONE_SUCH,
    },
    faultIn: (name, value) =>
      name === 'tool_choice' && value === 'required' ? { what: '="required"', hint: CANNOT_FORCE } : null,
  },
);

function toOwnParams(params: JsonObject): JsonObject {
  const { tools, tool_choice: choice, response_format: format, ...others } = renamed(params, OLDER_BOUND);
  return {
    ...others,
    ...(tools === undefined ? {} : { functions: isJsonArray(tools) ? tools.map(toFunction) : tools }),
    ...(choice === undefined ? {} : { function_call: toFunctionCall(choice) }),
    ...(format === undefined ? {} : { response_format: toOwnFormat(format) }),
  };
}

function toFunction(tool: JsonValue): JsonValue {
  return isJsonObject(tool) && isJsonObject(tool['function']) ? tool['function'] : tool;
}

function toFunctionCall(choice: JsonValue): JsonValue {
  return isJsonObject(choice) && isJsonObject(choice['function']) ? choice['function'] : choice;
}

function toOwnFormat(format: JsonValue): JsonValue {
  if (!isJsonObject(format) || !isJsonObject(format['json_schema'])) return format;
  const { schema = {}, strict } = format['json_schema'];
  return { type: 'json_schema', schema, ...(strict === undefined ? {} : { strict }) };
}

/** A conversation may come from another API: its instructions, texts in parts, calls and their results. */
function toOwnMessage(message: Message): Message {
  const { role, content, tool_calls: calls, tool_call_id: _id, ...others } = message;
  const text = content === undefined ? {} : { content: plain(content) };
  if (role === 'developer') return { ...others, role: 'system', ...text };
  if (role === 'tool') return { ...others, role: 'function', ...text };
  const call = calls === undefined || !isJsonArray(calls) ? null : toFunction(calls[0] ?? null);
  const made = call ?? others['function_call'];
  return isJsonObject(made)
    ? { ...others, role, ...text, function_call: withObject(made) }
    : { ...others, role, ...text };
}

/** Only texts: anything else stays, and is refused by the API. */
function plain(content: JsonValue): JsonValue {
  if (!isJsonArray(content)) return content ?? '';
  const texts = content.map((part) => (isJsonObject(part) && part['type'] === 'text' ? readText(part['text']) : null));
  return texts.every((text) => text !== null) ? texts.join('') : content;
}

function withObject(call: JsonObject): JsonObject {
  const { arguments: given } = call;
  const parsed = typeof given === 'string' ? parseJson(given) : given;
  return isJsonObject(parsed) ? { ...call, arguments: parsed } : call;
}

function asChat(body: JsonObject): JsonObject {
  const { choices, usage } = body;
  return {
    ...body,
    ...(choices === undefined || !isJsonArray(choices) ? {} : { choices: choices.map(withTextArguments) }),
    ...(isJsonObject(usage) ? { usage: wholeUsage(usage) } : {}),
  };
}

/** OpenAI's arguments are the text of an object. */
function withTextArguments(choice: JsonValue): JsonValue {
  if (!isJsonObject(choice) || !isJsonObject(choice['message'])) return choice;
  const { message } = choice;
  const { function_call: call } = message;
  if (!isJsonObject(call) || !isJsonObject(call['arguments'])) return choice;
  return {
    ...choice,
    message: { ...message, function_call: { ...call, arguments: JSON.stringify(call['arguments']) } },
  };
}

/**
 * `total_tokens` are those that are billed, "after deducting the cached tokens (`precached_prompt_tokens`)": schema
 * `Usage` of POST /chat/completions in the API reference (developers.sber.ru, read in November 2026). In its examples
 * prompt and completion make up the total, with 37 cached tokens beside a prompt of 1. So the billed part of the prompt
 * is what the completion leaves of the total, and the cached ones come on top.
 */
function wholeUsage(usage: JsonObject): JsonObject {
  const cached = readCount(usage['precached_prompt_tokens']) ?? 0;
  const completion = readCount(usage['completion_tokens']);
  const total = readCount(usage['total_tokens']);
  const prompt = readCount(usage['prompt_tokens']);
  if (cached === 0 || completion === null || prompt === null) return usage;
  const billed = total === null || total < completion ? prompt : total - completion;
  const whole = billed + cached;
  return {
    ...usage,
    prompt_tokens: whole,
    total_tokens: whole + completion,
    prompt_tokens_details: { cached_tokens: cached },
  };
}
