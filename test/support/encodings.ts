import { TextDecoder } from 'node:util';

/** The bytes of a text in a single-byte encoding; a character that it lacks becomes `?`. */
export function encoded(text: string, encoding: string): Buffer {
  const decoder = new TextDecoder(encoding);
  const byteOf = new Map(
    Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte), { stream: true }), byte]),
  );
  return Buffer.from(Array.from(text, (character) => byteOf.get(character) ?? 0x3f));
}
