import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import type { Row } from './row.ts';

/** A chat message as the API has it: `role`, `content` and whatever else the API takes. */
export type Message = JsonObject & { readonly role: string };

/** A named template that turns a row into messages. */
export interface Prompt {
  /** Name in the result files: the file's name, `p1`, `p2`, …, or the column it comes from. */
  readonly name: string;
  /** The template's own text, or what it reads; part of a run's identity. */
  readonly template: string;
  /** Columns that it reads, as far as the text tells. */
  readonly variables: readonly string[];
  /** @throws PromptError or DatasetError where the row lacks what the template names */
  render(row: Row): readonly Message[];
}

/** Kinds of content parts whose tokens are those of their text. */
const TEXT_PARTS: ReadonlySet<JsonValue> = new Set([
  'text',
  'input_text',
  'output_text',
  'refusal',
  'thinking',
  'reasoning',
]);

/** Keys of a message under which some providers take files. */
const FILE_KEYS = ['attachments', 'images', 'audio', 'files'];

/**
 * What the messages hold besides text, such as `image_url`, whose tokens no count of its text tells: an address of 60
 * bytes may be an image of 1,000 tokens. null where they are text.
 */
export function contentBeyondText(messages: readonly Message[]): string | null {
  for (const message of messages) {
    const { content } = message;
    const part = isJsonArray(content) ? content.find((one) => !isTextPart(one)) : undefined;
    if (part !== undefined)
      return isJsonObject(part) && typeof part['type'] === 'string' ? part['type'] : 'unknown part';
    const key = FILE_KEYS.find((name) => isFilled(message[name]));
    if (key !== undefined) return key;
  }
  return null;
}

function isTextPart(part: JsonValue): boolean {
  if (!isJsonObject(part)) return typeof part === 'string';
  const { type } = part;
  return type === undefined ? typeof part['text'] === 'string' : TEXT_PARTS.has(type);
}

function isFilled(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && !(isJsonArray(value) && value.length === 0);
}
