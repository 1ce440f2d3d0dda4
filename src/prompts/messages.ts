import { isJsonArray, isJsonObject, type JsonValue } from '../core/json.ts';
import type { Message } from '../core/prompt.ts';

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

/** Roles by the senders that training sets name. */
const SENDERS: ReadonlyMap<string, string> = new Map([
  ['human', 'user'],
  ['user', 'user'],
  ['system', 'system'],
  ['gpt', 'assistant'],
  ['assistant', 'assistant'],
  ['chatgpt', 'assistant'],
  ['model', 'assistant'],
  ['bot', 'assistant'],
]);

/**
 * Parses an array of chat messages, in the API's format or with `from` and `value`.
 * @returns the messages, or a description of the fault
 */
export function readMessages(value: JsonValue | undefined): readonly Message[] | string {
  if (!isJsonArray(value)) return 'it is not an array of messages';
  if (value.length === 0) return 'it is an empty array';
  const messages: Message[] = [];
  for (const [index, entry] of value.entries()) {
    const message = readMessage(entry);
    if (typeof message === 'string') return `message ${index + 1} ${message}`;
    messages.push(message);
  }
  return messages;
}

function readMessage(entry: JsonValue): Message | string {
  if (!isJsonObject(entry)) return 'is not an object with role and content';
  if (typeof entry['from'] === 'string' && entry['role'] === undefined) return readTurn(entry['from'], entry['value']);
  const { role, content } = entry;
  if (typeof role !== 'string') return 'has no role';
  if (!ROLES.has(role)) return `has the role "${role}"; known are ${[...ROLES].join(', ')}`;
  if (content === undefined && entry['tool_calls'] === undefined && entry['function_call'] === undefined) {
    return 'has no content';
  }
  if (content !== undefined && content !== null && typeof content !== 'string' && !Array.isArray(content)) {
    return 'has a content that is neither text nor a list of parts';
  }
  return { ...entry, role };
}

/** A message of a training set: who it is from, and its text. */
function readTurn(from: string, value: JsonValue | undefined): Message | string {
  const role = SENDERS.get(from.toLowerCase());
  if (role === undefined) return `is from "${from}"; known are ${[...SENDERS.keys()].join(', ')}`;
  return typeof value === 'string' ? { role, content: value } : 'has no text in "value"';
}

/** True if the first message is already a system message or similar. */
export function beginsWithSystem(messages: readonly Message[]): boolean {
  const role = messages[0]?.role;
  return role === 'system' || role === 'developer';
}
