import { isJsonObject, type JsonObject, type JsonValue, objectOf } from '../../core/json.ts';
import type { Message } from '../../core/prompt.ts';
import type { CompletionRequest } from '../../core/provider.ts';
import { isTokenBound } from '../../core/usage.ts';
import {
  answeredCallId,
  type ContentPart,
  callChoice,
  contentParts,
  type GivenTool,
  givenTools,
  isCallResult,
  isInstruction,
  madeCalls,
  responseSchema,
  stopTexts,
} from './chat-message.ts';

/** `max_tokens` of a request that bounds its answer by no field: the API takes no request without it. */
export const ANTHROPIC_MAX_TOKENS = 4096;

/** The body of a request to `POST /v1/messages`. Source: `MessageCreateParamsBase` of @anthropic-ai/sdk 1.14.0. */
export function anthropicBody(
  { model, messages, temperature, params }: CompletionRequest,
  isStreaming: boolean,
): JsonObject {
  const system = systemOf(messages);
  return {
    model,
    max_tokens: maxTokensOf(params),
    ...(system === null ? {} : { system }),
    messages: turnsOf(messages),
    ...(temperature === null ? {} : { temperature }),
    ...fieldsOf(params),
    ...(isStreaming ? { stream: true } : {}),
  };
}

function maxTokensOf({ max_tokens: own, max_completion_tokens: newer }: JsonObject): number {
  if (isTokenBound(own)) return own;
  return isTokenBound(newer) ? newer : ANTHROPIC_MAX_TOKENS;
}

/** Instructions are a field of their own: one text, or blocks if one of them is marked for the cache. */
function systemOf(messages: readonly Message[]): JsonValue | null {
  const parts = messages.filter(isInstruction).flatMap(contentParts);
  if (parts.length === 0) return null;
  const isPlain = parts.every((each) => each.kind === 'text' && each.part['cache_control'] === undefined);
  if (!isPlain) return parts.map(blockOf);
  return parts.map((each) => (each.kind === 'text' ? each.text : '')).join('\n\n');
}

function turnsOf(messages: readonly Message[]): readonly JsonObject[] {
  const turns: JsonObject[] = [];
  let results: JsonObject[] = [];
  for (const message of messages) {
    if (isInstruction(message)) continue;
    if (!isCallResult(message)) {
      results = [];
      turns.push(turnOf(message));
      continue;
    }
    // The results of all calls of one message belong into one message.
    if (results.length === 0) turns.push({ role: 'user', content: results });
    results.push(resultOf(message));
  }
  return turns;
}

function turnOf(message: Message): JsonObject {
  const { role, content, cache_control: mark } = message;
  const calls = madeCalls(message);
  if (typeof content === 'string' && calls.length === 0 && mark === undefined) return { role, content };
  const used = calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: args }));
  return { role, content: [...contentParts(message).map(blockOf), ...used] };
}

function resultOf(message: Message): JsonObject {
  const { content } = message;
  const blocks = typeof content === 'string' ? content : contentParts(message).map(blockOf);
  return { type: 'tool_result', tool_use_id: answeredCallId(message), content: blocks };
}

/** A content block; a part that OpenAI's API does not know is a block already. */
function blockOf(given: ContentPart): JsonObject {
  const { kind, part } = given;
  const { cache_control: mark } = part;
  const marked = mark === undefined ? {} : { cache_control: mark };
  switch (kind) {
    case 'text':
      return { type: 'text', text: given.text, ...marked };
    case 'address':
      return { type: 'image', source: { type: 'url', url: given.url }, ...marked };
    case 'stored':
      return { type: 'document', source: { type: 'file', file_id: given.id }, ...marked };
    case 'data':
      return dataBlock(given, marked);
    case 'other':
      return part;
  }
}

function dataBlock(given: ContentPart & { readonly kind: 'data' }, marked: JsonObject): JsonObject {
  const { mediaType, data, name, part } = given;
  const title = name === null ? {} : { title: name };
  if (mediaType.startsWith('image/')) {
    return { type: 'image', source: { type: 'base64', media_type: mediaType, data }, ...marked };
  }
  if (mediaType === 'application/pdf') {
    return { type: 'document', source: { type: 'base64', media_type: mediaType, data }, ...title, ...marked };
  }
  if (mediaType !== 'text/plain') return part;
  const text = Buffer.from(data, 'base64').toString('utf8');
  return { type: 'document', source: { type: 'text', media_type: mediaType, data: text }, ...title, ...marked };
}

/** Fields that are written elsewhere, or under another name. */
const RENAMED: ReadonlySet<string> = new Set([
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'output_config',
  'user',
  'metadata',
]);

function fieldsOf(params: JsonObject): JsonObject {
  const fields: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(params)) if (!RENAMED.has(name)) fields[name] = value;
  const { stop = null, user = null, metadata } = params;
  if (stop !== null) fields['stop_sequences'] = stopTexts(stop);
  const tools = givenTools(params).map(toolOf);
  if (tools.length > 0) fields['tools'] = tools;
  const choice = toolChoiceOf(params);
  if (choice !== null) fields['tool_choice'] = choice;
  // Efforts begin at `low`; thinking is switched off by a field of its own.
  if (params['reasoning_effort'] === 'none') fields['thinking'] ??= { type: 'disabled' };
  const output = outputConfigOf(params);
  if (output !== null) fields['output_config'] = output;
  if (user !== null) fields['metadata'] = { ...objectOf(metadata), user_id: user };
  else if (metadata !== undefined) fields['metadata'] = metadata;
  return fields;
}

/** `strict` is the same field with both APIs; the schema of an argument's object is required here. */
function toolOf(given: GivenTool): JsonValue {
  if (given.kind === 'other') return given.tool;
  const { parameters, strict, ...named } = given.definition;
  const { cache_control: mark } = given.tool;
  return {
    ...named,
    input_schema: isJsonObject(parameters) ? parameters : { type: 'object', properties: {} },
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...(mark === undefined ? {} : { cache_control: mark }),
  };
}

function toolChoiceOf(params: JsonObject): JsonValue | null {
  const { tool_choice: newer, function_call: older, parallel_tool_calls: isParallel } = params;
  const given = newer ?? older ?? null;
  const choice = given === null ? null : (nativeChoice(given) ?? given);
  // Without a choice, tools are called as the model decides.
  if (isParallel !== false) return choice;
  const base = choice ?? { type: 'auto' };
  return isJsonObject(base) && base['type'] !== 'none' ? { ...base, disable_parallel_tool_use: true } : base;
}

function nativeChoice(given: JsonValue): JsonObject | null {
  const choice = callChoice(given);
  if (choice === null) return null;
  if (typeof choice === 'object') return { type: 'tool', name: choice.name };
  return { type: choice === 'required' ? 'any' : choice };
}

/** The user's own `output_config` wins over what is made of OpenAI's names. */
function outputConfigOf(params: JsonObject): JsonObject | null {
  const { response_format: format, reasoning_effort: effort = null, output_config: own } = params;
  const schema = responseSchema(format);
  const config = {
    ...(schema === null ? {} : { format: { type: 'json_schema', schema } }),
    ...(effort === null || effort === 'none' ? {} : { effort }),
    ...objectOf(own),
  };
  return Object.keys(config).length === 0 ? null : config;
}
