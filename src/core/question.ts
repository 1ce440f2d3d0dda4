import { attachedFile, attachedText, carriedText } from './attached.ts';
import { isJsonArray, isJsonObject, type JsonValue } from './json.ts';
import type { Message } from './prompt.ts';
import { jsonText } from './written-json.ts';

/** Between two messages. */
const GAP = '\n\n';

/** Messages as text for people: a single user message as it is, else each message after its role. */
export function questionText(messages: readonly Message[]): string {
  const [only, ...others] = messages;
  if (only !== undefined && only.role === 'user' && others.length === 0) return messageText(only);
  return messages.map((message) => `${message.role}: ${messageText(message)}`).join(GAP);
}

/** Calls, and parts that are neither text nor files, are shown as JSON. */
function messageText({ role: _role, content, ...others }: Message): string {
  const text = contentText(content);
  const calls = others['tool_calls'] ?? others['function_call'];
  return calls === undefined ? text : [text, jsonText(calls)].filter((part) => part !== '').join('\n');
}

function partText(part: JsonValue): string {
  const file = attachedFile(part);
  if (file !== undefined) return attachedText(file, file.bytes);
  if (!isJsonObject(part)) return plainText(part);
  return typeof part['text'] === 'string' ? part['text'] : (carriedText(part) ?? jsonText(part));
}

/** The content of a message as text for people: the text of its parts, and files by kind and size. */
export function contentText(content: JsonValue | undefined): string {
  return isJsonArray(content) ? content.map(partText).join('\n') : plainText(content);
}

function plainText(content: JsonValue | undefined): string {
  if (content === undefined || content === null) return '';
  return typeof content === 'string' ? content : jsonText(content);
}
