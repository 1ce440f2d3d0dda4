import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { readText } from './read.ts';

/** The parts of a message, read from any of the shapes that servers use. */
export interface MessageParts {
  /** Empty if it has none; null if `content` is neither text nor a list of parts, or its parts have no readable text. */
  readonly text: string | null;
  /** `function_call` or `tool_calls` as in the response; null if there are none. */
  readonly calls: JsonObject | null;
  /** The model's words of refusal; empty if there are none. */
  readonly refusal: string;
  /** Thoughts in separate fields or content parts; empty if there are none. */
  readonly thoughts: string;
}

/**
 * The content of a message that an API sends in parts of its own. @param unread parts whose content is not known: an
 * answer that has nothing else is not taken for an empty one
 */
export function contentOf(text: string, unread: readonly JsonValue[]): JsonValue {
  return text === '' && unread.length > 0 ? unread : text;
}

/** Reads a message into its parts. */
export function readMessage(message: JsonObject): MessageParts {
  const { content, refusal } = message;
  const calls = readCalls(message);
  const thoughts = readThoughts(message);
  const refused = typeof refusal === 'string' ? refusal : '';
  if (!isJsonArray(content)) return { text: plainText(content), calls, refusal: refused, thoughts };
  const parts = readParts(content);
  return {
    text: parts.text,
    calls,
    refusal: refused === '' ? parts.refusal : refused,
    thoughts: joined(thoughts, parts.thoughts),
  };
}

function plainText(content: JsonValue | undefined): string | null {
  if (content === undefined || content === null) return '';
  return typeof content === 'string' ? content : null;
}

function readCalls({ function_call: functionCall, tool_calls: toolCalls }: JsonObject): JsonObject | null {
  if (isJsonObject(functionCall)) return { function_call: functionCall };
  return isJsonArray(toolCalls) && toolCalls.length > 0 ? { tool_calls: toolCalls } : null;
}

/**
 * `reasoning_content` DeepSeek, llama.cpp and GigaChat; `reasoning` OpenRouter and newer vLLM; `thinking` Ollama. The
 * lists repeat the text of these fields in pieces, so the first field with text is enough.
 */
const THOUGHT_FIELDS = ['reasoning_content', 'reasoning', 'thinking', 'reasoning_details', 'thinking_blocks'] as const;

function readThoughts(message: JsonObject): string {
  for (const field of THOUGHT_FIELDS) {
    const value = message[field];
    if (value === undefined || value === null) continue;
    const text = textIn(value);
    if (text.trim() !== '') return text;
  }
  return '';
}

interface ContentParts {
  /** null if there is none, but parts of which none is known. */
  text: string | null;
  refusal: string;
  thoughts: string;
}

/** Mistral and Anthropic return thoughts as content parts, Gemini marks such parts, OpenAI returns refusals as parts. */
function readParts(content: readonly JsonValue[]): Readonly<ContentParts> {
  const read = { text: '', refusal: '', thoughts: '' };
  let hasUnread = false;
  for (const part of content) {
    const { kind, text } = readPart(part);
    hasUnread ||= text === null;
    read[kind] += text ?? '';
  }
  return hasUnread && read.text === '' && read.refusal === '' ? { ...read, text: null } : read;
}

/** @returns `text` null if it cannot be read */
function readPart(part: JsonValue): { readonly kind: PartKind; readonly text: string | null } {
  if (part === null || typeof part === 'string') return { kind: 'text', text: part ?? '' };
  if (!isJsonObject(part)) return { kind: 'text', text: null };
  const kind = kindOf(part);
  if (kind !== 'text') return { kind, text: textIn(part) };
  const { type, text = null } = part;
  // An empty one of a known type is no unknown one.
  return { kind, text: text === null && type === 'text' ? '' : readText(text) };
}

type PartKind = 'text' | 'refusal' | 'thoughts';

function kindOf({ type, thought }: JsonObject): PartKind {
  if (thought === true) return 'thoughts';
  switch (type) {
    case 'thinking':
    case 'reasoning':
    case 'redacted_thinking':
      return 'thoughts';
    case 'refusal':
      return 'refusal';
    default:
      return 'text';
  }
}

/** Fields that hold the text of a part, in order of preference. */
const TEXT_FIELDS = ['text', 'thinking', 'reasoning', 'summary', 'content', 'refusal'] as const;

/** No API nests deeper than this. */
const MAX_DEPTH = 4;

function textIn(value: JsonValue, depth = 0): string {
  if (typeof value === 'string') return value;
  if (depth === MAX_DEPTH) return '';
  if (isJsonArray(value)) return value.map((item) => textIn(item, depth + 1)).join('');
  if (!isJsonObject(value)) return '';
  for (const field of TEXT_FIELDS) {
    const text = textIn(value[field] ?? null, depth + 1);
    if (text !== '') return text;
  }
  return '';
}

/** Some proxies return the same thoughts twice, in a field and in parts. */
function joined(one: string, other: string): string {
  if (one === '' || other === '') return one + other;
  return one.includes(other.trim()) ? one : `${one}\n\n${other}`;
}
