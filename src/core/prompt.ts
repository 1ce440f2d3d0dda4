import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import type { Row } from './row.ts';

/** A chat message in the API's format: `role`, `content` and any other fields. */
export type Message = JsonObject & { readonly role: string };

/** A named template that turns a row into messages. */
export interface Prompt {
  /** Name in the result files: the file's name, `p1`, `p2`, …, or the name of the source column. */
  readonly name: string;
  /** The template's own text, or its source; part of a run's identity. */
  readonly template: string;
  /** Columns that it reads, as far as the text shows. */
  readonly variables: readonly string[];
  /** True if files go with its messages: what it asks depends on more than templates and rows. */
  readonly attaches?: boolean | undefined;
  /** @throws PromptError or DatasetError if the row lacks a name in the template */
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

/** Keys of a message under which some providers accept files. */
const FILE_KEYS = ['attachments', 'images', 'audio', 'files'];

/**
 * Non-text content of messages, such as `image_url`. Its tokens cannot be counted from its text: an address of 60 bytes
 * may be an image of 1,000 tokens. null if there is only text.
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
