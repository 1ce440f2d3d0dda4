import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  parseOutsideJson,
} from '../../core/json.ts';
import type { Message } from '../../core/prompt.ts';
import { readText } from '../read.ts';

/** A part of a message's content, with the part as it was given. */
export type ContentPart =
  | { readonly kind: 'text'; readonly text: string; readonly part: JsonObject }
  | {
      readonly kind: 'data';
      /** Such as `image/png`. */
      readonly mediaType: string;
      /** Base64. */
      readonly data: string;
      /** null if the file has none. */
      readonly name: string | null;
      readonly part: JsonObject;
    }
  | { readonly kind: 'address'; readonly url: string; readonly part: JsonObject }
  /** A file that was uploaded before. */
  | { readonly kind: 'stored'; readonly id: string; readonly part: JsonObject }
  /** Nothing that OpenAI's API knows; it may be a part in an API's own format. */
  | { readonly kind: 'other'; readonly part: JsonObject };

/** The content of a message as parts; blank texts are left out, because some APIs refuse them. */
export function contentParts({ content, cache_control: mark }: Message): readonly ContentPart[] {
  if (typeof content === 'string') {
    const part = { type: 'text', text: content, ...(mark === undefined ? {} : { cache_control: mark }) };
    return content.trim() === '' ? [] : [{ kind: 'text', text: content, part }];
  }
  return listOf(content).flatMap((part) => {
    const read = typeof part === 'string' ? textPart(part) : isJsonObject(part) ? readPart(part) : null;
    return read === null || (read.kind === 'text' && read.text.trim() === '') ? [] : [read];
  });
}

function textPart(text: string): ContentPart {
  return { kind: 'text', text, part: { type: 'text', text } };
}

function readPart(part: JsonObject): ContentPart {
  const { type, text, image_url: image, file, input_audio: audio } = part;
  if (typeof text === 'string' && (type === undefined || type === 'text' || type === 'input_text')) {
    return { kind: 'text', text, part };
  }
  const url = type === 'image_url' ? readText(isJsonObject(image) ? image['url'] : image) : null;
  if (url !== null) return readAddress(url, null, part);
  if (type === 'file' && isJsonObject(file)) return readFile(file, part);
  if (type === 'input_audio' && isJsonObject(audio)) {
    const { data, format } = audio;
    if (typeof data === 'string' && typeof format === 'string') {
      return { kind: 'data', mediaType: `audio/${format}`, data, name: null, part };
    }
  }
  return { kind: 'other', part };
}

const DATA_ADDRESS = /^data:([\w.+-]+\/[\w.+-]+)(?:;[^,;]*)*;base64,/;

function readAddress(url: string, name: string | null, part: JsonObject): ContentPart {
  const head = DATA_ADDRESS.exec(url);
  if (head?.[1] !== undefined) return { kind: 'data', mediaType: head[1], data: url.slice(head[0].length), name, part };
  return url.startsWith('data:') ? { kind: 'other', part } : { kind: 'address', url, part };
}

function readFile({ file_data: data, file_id: id, filename }: JsonObject, part: JsonObject): ContentPart {
  if (typeof data === 'string') return readAddress(data, readText(filename), part);
  return typeof id === 'string' ? { kind: 'stored', id, part } : { kind: 'other', part };
}

/** A call that a model made. */
export interface MadeCall {
  readonly id: string;
  readonly name: string;
  readonly args: JsonObject;
  /** Google's signature of the thoughts before the call; absent if there is none. */
  readonly thoughtSignature?: string;
}

/** The id of the calls of `function_call`, which have none. */
const FUNCTION_CALL_ID = 'call_function';

/** The calls in an assistant's message: `tool_calls`, or the older `function_call`. */
export function madeCalls({ tool_calls: calls, function_call: call }: Message): readonly MadeCall[] {
  if (isJsonObject(call)) return readCall(FUNCTION_CALL_ID, call, undefined);
  return listOf(calls).flatMap((each) => {
    if (!isJsonObject(each) || !isJsonObject(each['function'])) return [];
    return readCall(readText(each['id']) ?? FUNCTION_CALL_ID, each['function'], each['extra_content']);
  });
}

function readCall(
  id: string,
  { name, arguments: text }: JsonObject,
  extra: JsonValue | undefined,
): readonly MadeCall[] {
  if (typeof name !== 'string') return [];
  const args = typeof text === 'string' ? parseOutsideJson(text) : text;
  const google = isJsonObject(extra) ? extra['google'] : undefined;
  const thoughtSignature = isJsonObject(google) ? readText(google['thought_signature']) : null;
  const call = { id, name, args: isJsonObject(args) ? args : {} };
  return [thoughtSignature === null ? call : { ...call, thoughtSignature }];
}

/** The id of the call that a message of the role `tool` or `function` answers. */
export function answeredCallId({ tool_call_id: id }: Message): string {
  return readText(id) ?? FUNCTION_CALL_ID;
}

/** True for instructions, which some APIs take apart from the messages. */
export function isInstruction({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

/** True for the result of a call. */
export function isCallResult({ role }: Message): boolean {
  return role === 'tool' || role === 'function';
}

/** A tool of a request. */
export type GivenTool =
  /** Name, description, parameters and strictness of a function, and the tool that it is in. */
  | { readonly kind: 'function'; readonly definition: JsonObject; readonly tool: JsonObject }
  /** Nothing that OpenAI's API knows; it may be a tool in an API's own format. */
  | { readonly kind: 'other'; readonly tool: JsonValue };

/** The tools of `tools`, then those of the older `functions`. */
export function givenTools({ tools, functions }: JsonObject): readonly GivenTool[] {
  const own = listOf(tools).map((tool): GivenTool => {
    const definition = isJsonObject(tool) && tool['type'] === 'function' ? tool['function'] : null;
    const isFunction = isJsonObject(tool) && isJsonObject(definition);
    return isFunction ? { kind: 'function', definition, tool } : { kind: 'other', tool };
  });
  const older = listOf(functions).map(
    (tool): GivenTool =>
      isJsonObject(tool) ? { kind: 'function', definition: tool, tool: {} } : { kind: 'other', tool },
  );
  return [...own, ...older];
}

/** Which tool a model is to call: one of three words, or a function by its name. */
export type CallChoice = 'auto' | 'none' | 'required' | { readonly name: string };

/** Reads `tool_choice`, or the older `function_call`; null for anything else, such as an API's own format. */
export function callChoice(choice: JsonValue | undefined): CallChoice | null {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice;
  if (!isJsonObject(choice)) return null;
  // `{"type": "function", "function": {"name"}}`; `function_call` has the name alone.
  const named = choice['type'] === 'function' ? choice['function'] : choice['type'] === undefined ? choice : null;
  const name = isJsonObject(named) ? readText(named['name']) : null;
  return name === null ? null : { name };
}

/** `stop` as a list. */
export function stopTexts(stop: JsonValue): readonly JsonValue[] {
  return isJsonArray(stop) ? stop : [stop];
}

/** The schema of `response_format` with the type `json_schema`; null for any other. */
export function responseSchema(format: JsonValue | undefined): JsonObject | null {
  if (!isJsonObject(format) || format['type'] !== 'json_schema') return null;
  const { json_schema: named, schema } = format;
  const own = isJsonObject(named) ? named['schema'] : schema;
  return isJsonObject(own) ? own : null;
}
