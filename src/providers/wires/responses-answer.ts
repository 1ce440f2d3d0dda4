import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, listOf } from '../../core/json.ts';
import { THOUGHTS_SEPARATOR } from '../../core/thoughts.ts';
import { errorIn } from '../error-in.ts';
import { readReason, readText } from '../read.ts';
import { contentOf } from '../read-message.ts';

/** A response as a chat completion. Its items become one message; a failed one becomes a body with its error. */
export function readResponse(body: JsonObject): JsonObject {
  const { output, status } = body;
  if (output === undefined || !isJsonArray(output)) return body;
  const items = output.filter(isJsonObject);
  const usage = withToolCharges(body['usage'], items);
  const error = errorOf(body);
  const message = messageOf(items);
  if (error !== null) {
    // A choice with the error shows that the model had begun.
    const hasBegun = items.length > 0;
    return { ...withoutAnswer(body), usage, ...(hasBegun ? { choices: [{ index: 0, error }] } : { error }) };
  }
  const choice = { index: 0, message, finish_reason: finishReasonOf(body, message), ...logprobsOf(items) };
  const isAnswer = items.length > 0 || status === 'incomplete' || (status === 'completed' && hasTokens(usage));
  return { ...withoutAnswer(body), usage, choices: isAnswer ? [choice] : [] };
}

/** Tokens of an answer without an item are billed: it is an empty one. */
function hasTokens({ output_tokens: tokens = null }: JsonObject): boolean {
  return typeof tokens === 'number' && tokens > 0;
}

function withoutAnswer({ output: _items, error: _none, ...others }: JsonObject): JsonObject {
  return others;
}

/** A response that is still under way, or was cancelled, is no answer either. */
function errorOf(body: JsonObject): JsonValue | null {
  const error = errorIn(body);
  if (error !== null) return error;
  const { status } = body;
  if (status === undefined || status === 'completed' || status === 'incomplete') return null;
  return { message: `the response is ${readText(status) ?? 'not complete'}`, code: 'server_error' };
}

function messageOf(items: readonly JsonObject[]): JsonObject {
  const parts = items.filter(({ type }) => type === 'message').flatMap(({ content = null }) => partsOf(content));
  const texts = parts.filter(isJsonObject);
  const calls = items.flatMap(toCall);
  const refusals = texts.filter(({ type }) => type === 'refusal').map(({ refusal }) => readText(refusal) ?? '');
  const thoughts = items.filter(({ type }) => type === 'reasoning').map(thoughtsOf);
  return {
    role: 'assistant',
    content: contentOf(
      texts.map(({ type, text }) => (type === 'output_text' ? (readText(text) ?? '') : '')).join(''),
      parts.filter(isUnread),
    ),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(refusals.length === 0 ? {} : { refusal: refusals.join('') }),
    reasoning_content: thoughts.filter((text) => text !== '').join(THOUGHTS_SEPARATOR),
  };
}

function partsOf(content: JsonValue): readonly JsonValue[] {
  return isJsonArray(content) || content === null ? listOf(content) : [content];
}

function isUnread(part: JsonValue): boolean {
  if (!isJsonObject(part)) return true;
  const { type, text = '' } = part;
  return type === 'output_text' ? readText(text) === null : type !== 'refusal';
}

/** OpenAI returns a summary, if one was asked for; servers with open models return the text itself. */
function thoughtsOf({ summary, content }: JsonObject): string {
  const own = textsOf(content);
  return (own.length > 0 ? own : textsOf(summary)).join(THOUGHTS_SEPARATOR);
}

function textsOf(parts: JsonValue | undefined): readonly string[] {
  return listOf(parts).flatMap((part) => (isJsonObject(part) ? [readText(part['text']) ?? ''] : []));
}

function toCall({
  type,
  call_id: id = null,
  name = '',
  arguments: given = '',
  input = '',
}: JsonObject): readonly JsonObject[] {
  if (type === 'function_call') return [{ id, type: 'function', function: { name, arguments: given } }];
  return type === 'custom_tool_call' ? [{ id, type: 'custom', custom: { name, input } }] : [];
}

/** In the words of chat completions, which are those of the same vendor. */
function finishReasonOf({ status, incomplete_details: details }: JsonObject, message: JsonObject): string | null {
  if (status === 'incomplete') {
    const reason = isJsonObject(details) ? readReason(details['reason']) : null;
    return reason === 'max_output_tokens' ? 'length' : reason;
  }
  if (status === undefined) return null;
  return message['tool_calls'] === undefined ? 'stop' : 'tool_calls';
}

function logprobsOf(items: readonly JsonObject[]): JsonObject {
  const parts = items.flatMap(({ content }) => listOf(content)).filter(isJsonObject);
  const tokens = parts.flatMap(({ logprobs }) => listOf(logprobs));
  return tokens.length === 0 ? {} : { logprobs: { content: tokens } };
}

/** Items of calls that the caller makes, and that cost nothing by themselves. */
const OWN_CALLS: ReadonlySet<string> = new Set([
  'function_call',
  'custom_tool_call',
  'computer_call',
  'local_shell_call',
  'apply_patch_call',
]);

/** Searches and the like are charged besides the tokens, and the usage does not have them. */
function withToolCharges(usage: JsonValue | undefined, items: readonly JsonObject[]): JsonObject {
  const given = isJsonObject(usage) ? usage : {};
  const types = items.map(({ type }) => readText(type) ?? '');
  const charged = types.filter((type) => type.endsWith('_call') && !OWN_CALLS.has(type)).length;
  return charged === 0 ? given : { ...given, server_side_tool_calls: charged };
}
