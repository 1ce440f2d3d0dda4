import { TextDecoder } from 'node:util';
import { likelyEncoding, looksLikeText, utf16WithoutMark } from './likely-encoding.ts';

/** Where bytes stop being valid text. */
interface InvalidTextPlace {
  /** Offset in the whole input of the first byte that cannot be decoded; null if the encoding does not report it. */
  readonly byteOffset: number | null;
  /** Line of that byte, from 1. */
  readonly line: number;
  /** The encoding that was tried, by its WHATWG name. */
  readonly encoding: string;
  /** The encoding that the bytes look like, by its WHATWG name; null if none is likely. */
  readonly likely: string | null;
  /** False for bytes that are hardly text in any encoding; default true. */
  readonly isText?: boolean;
}

/** Bytes that are not valid in the encoding they were read with. */
export class InvalidTextError extends Error {
  readonly byteOffset: number | null;
  readonly line: number;
  readonly encoding: string;
  readonly likely: string | null;
  readonly isText: boolean;

  constructor(place: InvalidTextPlace) {
    super(`line ${place.line} is not ${place.encoding}`);
    this.name = 'InvalidTextError';
    this.byteOffset = place.byteOffset;
    this.line = place.line;
    this.encoding = place.encoding;
    this.likely = place.likely;
    this.isText = place.isText ?? true;
  }
}

/** A name that is not a known encoding. */
export class UnknownEncodingError extends Error {
  readonly label: string;

  constructor(label: string, cause: unknown) {
    super(`unknown encoding "${label}"`, { cause });
    this.name = 'UnknownEncodingError';
    this.label = label;
  }
}

interface BlockDecoder {
  decode(block: Uint8Array): string;
  /** @returns what was still held back; @throws InvalidTextError if the input ends inside a character */
  end(): string;
}

interface ByteOrderMark {
  readonly encoding: string;
  readonly bytes: readonly number[];
}

const REPLACEMENT = '\uFFFD';

/** Byte order marks by the encoding they announce (https://encoding.spec.whatwg.org/#bom-sniff). */
const BYTE_ORDER_MARKS: readonly ByteOrderMark[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];

const LONGEST_MARK_BYTES = 3;

/**
 * Decodes bytes block by block, without the byte order mark. A byte order mark decides the encoding, as in the WHATWG
 * decode algorithm; without one it is `encoding`, or UTF-8 if that is null. Nothing is replaced silently.
 * @throws UnknownEncodingError if `encoding` is not a WHATWG label
 * @throws InvalidTextError if bytes are not valid in the encoding, or seem to be UTF-16 without a byte order mark
 */
export async function* decodeText(
  blocks: AsyncIterable<Uint8Array>,
  encoding: string | null,
): AsyncGenerator<string, void, undefined> {
  const named = encoding === null ? 'utf-8' : canonicalEncoding(encoding);
  let decoder: BlockDecoder | null = null;
  let head: Uint8Array = new Uint8Array(0);
  for await (const block of blocks) {
    if (decoder !== null) {
      yield decoder.decode(block);
      continue;
    }
    head = Buffer.concat([head, block]);
    if (head.length < LONGEST_MARK_BYTES) continue;
    decoder = decoderFor(head, named);
    yield decoder.decode(head.subarray(markBytes(head)));
  }
  if (decoder === null) {
    decoder = decoderFor(head, named);
    yield decoder.decode(head.subarray(markBytes(head)));
  }
  yield decoder.end();
}

/**
 * A whole file's text, without the byte order mark, which decides the encoding; default UTF-8.
 * @throws InvalidTextError if the bytes are not valid in that encoding
 */
export function decodeWhole(bytes: Uint8Array): string {
  const decoder = decoderFor(bytes, 'utf-8');
  return decoder.decode(bytes.subarray(markBytes(bytes))) + decoder.end();
}

/**
 * The WHATWG name of an encoding: `cp1251` → `windows-1251`.
 * @throws UnknownEncodingError if the label is unknown
 */
function canonicalEncoding(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    throw new UnknownEncodingError(label, error);
  }
}

function markOf(head: Uint8Array): ByteOrderMark | undefined {
  return BYTE_ORDER_MARKS.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
}

function markBytes(head: Uint8Array): number {
  return markOf(head)?.bytes.length ?? 0;
}

function decoderFor(head: Uint8Array, named: string): BlockDecoder {
  const encoding = markOf(head)?.encoding ?? named;
  const wide = markOf(head) === undefined && encoding === 'utf-8' ? utf16WithoutMark(head) : null;
  // Its zero bytes are valid UTF-8, which nobody means.
  if (wide !== null) throw new InvalidTextError({ byteOffset: head.indexOf(0), line: 1, encoding, likely: wide });
  if (encoding === 'utf-8') return new Utf8Decoder(markBytes(head));
  return encoding.startsWith('utf-16') ? new Utf16Decoder(encoding, markBytes(head)) : new NamedDecoder(encoding);
}

/** Strict UTF-8. Characters cut at the end of a block are held back here, so that a bad byte's offset is exact. */
class Utf8Decoder implements BlockDecoder {
  readonly #strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #held: Uint8Array = new Uint8Array(0);
  #byteOffset: number;
  #line = 1;

  constructor(byteOffset: number) {
    this.#byteOffset = byteOffset;
  }

  decode(block: Uint8Array): string {
    const bytes = this.#held.length === 0 ? block : Buffer.concat([this.#held, block]);
    const cut = wholeCharactersBytes(bytes);
    this.#held = Uint8Array.from(bytes.subarray(cut));
    const whole = bytes.subarray(0, cut);
    const text = this.#decodeWhole(whole);
    this.#byteOffset += whole.length;
    this.#line += countNewlines(text);
    return text;
  }

  end(): string {
    if (this.#held.length > 0) throw this.#invalid(this.#byteOffset, this.#line, this.#held);
    return '';
  }

  #decodeWhole(bytes: Uint8Array): string {
    try {
      return this.#strict.decode(bytes);
    } catch {
      const { offset, before } = firstBadByte(bytes);
      throw this.#invalid(this.#byteOffset + offset, this.#line + countNewlines(before), bytes);
    }
  }

  #invalid(byteOffset: number, line: number, bytes: Uint8Array): InvalidTextError {
    const place = { byteOffset, line, encoding: 'utf-8' };
    return new InvalidTextError({ ...place, likely: likelyEncoding(bytes), isText: looksLikeText(bytes) });
  }
}

/** Strict UTF-16: a half of a surrogate pair is no character, while U+FFFD is one. What a block's end cuts is held back. */
class Utf16Decoder implements BlockDecoder {
  readonly #encoding: string;
  readonly #decoder: TextDecoder;
  /** Place of the more significant byte in a code unit. */
  readonly #highByte: 0 | 1;
  #held: Uint8Array = new Uint8Array(0);
  #byteOffset: number;
  #line = 1;

  constructor(encoding: string, byteOffset: number) {
    this.#encoding = encoding;
    this.#decoder = new TextDecoder(encoding, { ignoreBOM: true });
    this.#highByte = encoding === 'utf-16le' ? 1 : 0;
    this.#byteOffset = byteOffset;
  }

  decode(block: Uint8Array): string {
    const bytes = this.#held.length === 0 ? block : Buffer.concat([this.#held, block]);
    const units = bytes.length - (bytes.length % 2);
    const isCut = units > 0 && isHighSurrogate(this.#unitAt(bytes, units - 2));
    const cut = isCut ? units - 2 : units;
    this.#held = Uint8Array.from(bytes.subarray(cut));
    const text = this.#decodeWhole(bytes.subarray(0, cut));
    this.#byteOffset += cut;
    this.#line += countNewlines(text);
    return text;
  }

  end(): string {
    if (this.#held.length > 0) throw this.#invalid(0, '');
    return '';
  }

  /** What is no character becomes U+FFFD, one for each code unit. */
  #decodeWhole(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes);
    for (let at = text.indexOf(REPLACEMENT); at >= 0; at = text.indexOf(REPLACEMENT, at + 1)) {
      const isGenuine = this.#unitAt(bytes, 2 * at) === REPLACEMENT.charCodeAt(0);
      if (!isGenuine) throw this.#invalid(2 * at, text.slice(0, at));
    }
    return text;
  }

  #unitAt(bytes: Uint8Array, offset: number): number {
    return ((bytes[offset + this.#highByte] ?? 0) << 8) | (bytes[offset + 1 - this.#highByte] ?? 0);
  }

  #invalid(offset: number, before: string): InvalidTextError {
    const line = this.#line + countNewlines(before);
    return new InvalidTextError({
      byteOffset: this.#byteOffset + offset,
      line,
      encoding: this.#encoding,
      likely: null,
    });
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** Any other encoding, decoded by the platform. Of these only gb18030 has a U+FFFD of its own, which is refused too. */
class NamedDecoder implements BlockDecoder {
  readonly #encoding: string;
  readonly #decoder: TextDecoder;
  #line = 1;

  constructor(encoding: string) {
    this.#encoding = encoding;
    this.#decoder = new TextDecoder(encoding, { ignoreBOM: true });
  }

  decode(block: Uint8Array): string {
    // Always as a stream: for a single call, Node 20 decodes windows-1252 as Latin-1 (U+0080 for €).
    return this.#checked(this.#decoder.decode(block, { stream: true }));
  }

  end(): string {
    return this.#checked(this.#decoder.decode());
  }

  #checked(text: string): string {
    const bad = text.indexOf(REPLACEMENT);
    if (bad >= 0) {
      const line = this.#line + countNewlines(text.slice(0, bad));
      throw new InvalidTextError({ byteOffset: null, line, encoding: this.#encoding, likely: null });
    }
    this.#line += countNewlines(text);
    return text;
  }
}

/** Bytes up to the last complete character; the rest needs the next block. */
function wholeCharactersBytes(bytes: Uint8Array): number {
  const end = bytes.length;
  for (let index = end - 1; index >= Math.max(0, end - 3); index--) {
    const byte = bytes[index] ?? 0;
    if ((byte & 0xc0) !== 0x80) return index + sequenceBytes(byte) > end ? index : end;
  }
  return end;
}

function sequenceBytes(leadByte: number): number {
  if (leadByte >= 0xf0) return 4;
  if (leadByte >= 0xe0) return 3;
  return leadByte >= 0xc0 ? 2 : 1;
}

/** The first byte that is not UTF-8 and the text before it; a genuine U+FFFD is skipped. */
function firstBadByte(bytes: Uint8Array): { readonly offset: number; readonly before: string } {
  const loose = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let offset = 0;
  let seen = 0;
  for (let at = loose.indexOf(REPLACEMENT); at >= 0; at = loose.indexOf(REPLACEMENT, at + 1)) {
    offset += Buffer.byteLength(loose.slice(seen, at));
    seen = at;
    const isGenuine = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!isGenuine) break;
  }
  return { offset, before: loose.slice(0, seen) };
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
