import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, listOf } from '../../core/json.ts';
import type { Message } from '../../core/prompt.ts';
import { readText } from '../read.ts';

/** The messages of a request: leading system messages are instructions, the others items of the input. */
export function toInput(messages: readonly Message[]): JsonObject {
  const at = messages.findIndex(({ role, content }) => role !== 'system' || typeof content !== 'string');
  const first = at === -1 ? messages.length : at;
  const instructions = messages.slice(0, first).map(({ content }) => readText(content) ?? '');
  const input = messages.slice(first).flatMap(toItems);
  return { ...(first === 0 ? {} : { instructions: instructions.join('\n\n') }), input };
}

/** One message: its text, and the calls that it makes. */
function toItems(message: Message): readonly JsonObject[] {
  const { role, content = null, tool_calls: calls, function_call: call } = message;
  // Results of the older `functions` have no id, only the name of the function.
  if (role === 'tool' || role === 'function') {
    const id = message['tool_call_id'] ?? message['name'] ?? '';
    return [{ type: 'function_call_output', call_id: id, output: toContent(content, role) }];
  }
  const made = [...listOf(calls), ...(isJsonObject(call) ? [{ id: call['name'] ?? '', function: call }] : [])];
  const isEmpty = content === null || content === '';
  const text = isEmpty && made.length > 0 ? [] : [{ role, content: toContent(content ?? '', role) }];
  return [...text, ...made.flatMap(toCallItem)];
}

function toCallItem(call: JsonValue): readonly JsonObject[] {
  if (!isJsonObject(call) || !isJsonObject(call['function'])) return [];
  const { name = '', arguments: given = '' } = call['function'];
  return [{ type: 'function_call', call_id: call['id'] ?? '', name, arguments: given }];
}

function toContent(content: JsonValue, role: string): JsonValue {
  return isJsonArray(content) ? content.map((part) => toPart(part, role)) : (content ?? '');
}

/** A part of another kind stays as it is: it may already be one of this API. */
function toPart(part: JsonValue, role: string): JsonValue {
  if (typeof part === 'string') return { type: textType(role), text: part };
  if (!isJsonObject(part)) return part;
  switch (part['type']) {
    case 'text':
      return { ...part, type: textType(role) };
    case 'image_url': {
      const { image_url: image } = part;
      if (!isJsonObject(image)) return { type: 'input_image', image_url: image ?? null };
      const { url = null, detail } = image;
      return { type: 'input_image', image_url: url, ...(detail === undefined ? {} : { detail }) };
    }
    case 'file':
      return isJsonObject(part['file']) ? { type: 'input_file', ...part['file'] } : part;
    default:
      return part;
  }
}

function textType(role: string): string {
  return role === 'assistant' ? 'output_text' : 'input_text';
}

const INCLUDED_LOGPROBS = 'message.output_text.logprobs';

/** Request fields besides model, input and temperature, from the names of chat completions to those of this API. */
export function toResponseFields(params: JsonObject): JsonObject {
  const {
    max_tokens: bound,
    max_completion_tokens: newerBound = bound,
    response_format: format,
    verbosity,
    reasoning_effort: effort,
    tools,
    functions,
    tool_choice: choice,
    function_call: call = choice,
    logprobs,
    stream_options: _usageAlwaysComes,
    ...others
  } = params;
  const text = { ...toFormat(format), ...(verbosity === undefined ? {} : { verbosity }) };
  const given = [...listOf(tools), ...listOf(functions).map((one) => ({ type: 'function', function: one }))];
  const isLogged = logprobs === true;
  return {
    ...(newerBound === undefined ? {} : { max_output_tokens: newerBound }),
    ...(given.length === 0 ? {} : { tools: given.map(toTool) }),
    ...(call === undefined ? {} : { tool_choice: toChoice(call) }),
    ...others,
    ...(isLogged ? { include: [...listOf(others['include']), INCLUDED_LOGPROBS] } : {}),
    ...joined('text', text, others),
    ...joined('reasoning', effort === undefined ? {} : { effort }, others),
  };
}

/** An object that is also given under its own name: what is written there counts. */
function joined(name: string, made: JsonObject, { [name]: given }: JsonObject): JsonObject {
  const own = isJsonObject(given) ? given : {};
  const all = { ...made, ...own };
  return Object.keys(all).length === 0 ? {} : { [name]: all };
}

function toFormat(format: JsonValue | undefined): JsonObject {
  if (format === undefined || format === null) return {};
  if (!isJsonObject(format) || !isJsonObject(format['json_schema'])) return { format };
  return { format: { type: 'json_schema', ...format['json_schema'] } };
}

/** Here functions are strict unless said otherwise, in chat completions they are not. */
function toTool(tool: JsonValue): JsonValue {
  if (!isJsonObject(tool) || !isJsonObject(tool['function'])) return tool;
  return { type: 'function', strict: false, ...tool['function'] };
}

function toChoice(choice: JsonValue): JsonValue {
  if (!isJsonObject(choice)) return choice;
  const name = readText(isJsonObject(choice['function']) ? choice['function']['name'] : choice['name']);
  return name === null ? choice : { type: 'function', name };
}
