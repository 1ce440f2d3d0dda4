import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import type { Message } from './prompt.ts';

/** Kinds of files that go with messages, as people read them. */
export type AttachedKind = 'image' | 'pdf';

/** A file that goes with a message. Its content is read when the message is sent, and must be the same then. */
export interface AttachedFile {
  readonly kind: AttachedKind;
  /** As it was given: a path relative to the folder of the dataset or of the prompt. */
  readonly name: string;
  /** Where it is, without links. */
  readonly path: string;
  /** Such as `image/png`, by its content. */
  readonly mediaType: string;
  readonly bytes: number;
  /** SHA-256 of its content, hexadecimal. */
  readonly sha256: string;
}

/** Only what this module has marked is read from the disk: no JSON of a dataset can be taken for it. */
const files = new WeakMap<JsonObject, AttachedFile>();

/** The part of a message's content that stands for a file: its content's digest, so that equal files are equal parts. */
export function attachedPart(file: AttachedFile): JsonObject {
  const { kind, mediaType, bytes, sha256 } = file;
  const part = { type: kind, media_type: mediaType, bytes, sha256 };
  files.set(part, file);
  return part;
}

/** The file that a part stands for; undefined for any other value. */
export function attachedFile(part: JsonValue): AttachedFile | undefined {
  return isJsonObject(part) ? files.get(part) : undefined;
}

/** True if a file goes with one of the messages. */
export function hasAttached(messages: readonly Message[]): boolean {
  return messages.some(
    ({ content }) => isJsonArray(content) && content.some((part) => attachedFile(part) !== undefined),
  );
}

/** `[image cat.png, 34 KB]`: a file in place of its content. @param bytes its size; null if it is not known */
export function attachedText({ kind, name }: Pick<AttachedFile, 'kind' | 'name'>, bytes: number | null): string {
  return `[${kind} ${name}${bytes === null ? '' : `, ${sizeText(bytes)}`}]`;
}

/** True if a text, or a line of it, is such a place of a file. */
export function showsAttached(text: string): boolean {
  return /^\[(?:image|pdf|audio|video|file),? [^\n]+\]$/m.test(text);
}

/**
 * `[image, 70 bytes]`, `[image https://example.org/cat.png]`: a part of a message in place of the content or address
 * that it carries, in any API's form; null for a part that carries neither.
 */
export function carriedText(part: JsonObject): string | null {
  const carried = carriedIn(part);
  if (carried === null) return null;
  const { mediaType, bytes, address } = carried;
  const kind = kindOf(`${mediaType} ${typeof part['type'] === 'string' ? part['type'] : ''}`);
  return bytes === null ? `[${kind} ${address}]` : `[${kind}, ${sizeText(bytes)}]`;
}

const KINDS = ['pdf', 'image', 'audio', 'video'] as const;

function kindOf(said: string): string {
  return KINDS.find((kind) => said.includes(kind)) ?? 'file';
}

interface Carried {
  readonly mediaType: string;
  /** null if there is an address instead. */
  readonly bytes: number | null;
  readonly address: string;
}

const DATA_ADDRESS = /^data:([^;,]*)(?:;[^;,]*)*?(;base64)?,/;
const BASE64 = /^[\w+/-]+={0,2}$/;
const DATA_KEYS: ReadonlySet<string> = new Set(['data', 'file_data']);
const TYPE_KEYS = ['media_type', 'mime_type', 'mimeType', 'format'] as const;

/** The first content or address in a part, at any depth. */
function carriedIn(part: JsonObject): Carried | null {
  for (const [key, value] of Object.entries(part)) {
    if (isJsonObject(value)) {
      const inner = carriedIn(value);
      if (inner !== null) return { ...inner, mediaType: `${inner.mediaType} ${key}` };
    }
    if (typeof value !== 'string' || key === 'text') continue;
    const [head = null, mediaType = '', isBase64] = DATA_ADDRESS.exec(value) ?? [];
    if (head !== null) {
      const rest = value.length - head.length;
      return { mediaType, bytes: isBase64 === undefined ? rest : decodedBytes(value, rest), address: '' };
    }
    if (DATA_KEYS.has(key) && BASE64.test(value) && !typeIn(part).startsWith('text')) {
      return { mediaType: typeIn(part), bytes: decodedBytes(value, value.length), address: '' };
    }
    if (/^https?:\/\/\S+$/.test(value)) return { mediaType: key, bytes: null, address: value };
  }
  return null;
}

function typeIn(part: JsonObject): string {
  return TYPE_KEYS.map((key) => part[key]).find((value) => typeof value === 'string') ?? '';
}

/** Size of what base64 encodes. @param length of its encoding */
function decodedBytes(text: string, length: number): number {
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  return Math.floor((length * 3) / 4) - padding;
}

/** The same messages with the names and sizes of files in their place. */
export function withAttachedShown(messages: readonly Message[]): readonly Message[] {
  return messages.map((message) => {
    const { content } = message;
    return isJsonArray(content) ? { ...message, content: content.map(shownPart) } : message;
  });
}

function shownPart(part: JsonValue): JsonValue {
  const file = attachedFile(part);
  return file === undefined ? part : { type: 'text', text: attachedText(file, file.bytes) };
}

/** `34 KB`; a KB is 1,024 bytes. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${Math.ceil(kilobytes)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
