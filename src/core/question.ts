import { attachedFile, attachedText } from './attached.ts';
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

/** Parts that are not text, and calls, are shown as JSON. */
function messageText({ role: _role, content, ...others }: Message): string {
  const text = isJsonArray(content) ? content.map(partText).join('\n') : contentText(content);
  const calls = others['tool_calls'] ?? others['function_call'];
  return calls === undefined ? text : [text, jsonText(calls)].filter((part) => part !== '').join('\n');
}

function partText(part: JsonValue): string {
  const file = attachedFile(part);
  if (file !== undefined) return attachedText(file, file.bytes);
  return isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : contentText(part);
}

function contentText(content: JsonValue | undefined): string {
  if (content === undefined || content === null) return '';
  return typeof content === 'string' ? content : jsonText(content);
}
