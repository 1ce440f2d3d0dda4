import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type VocabularyTable, vocabularyTable } from './token-vocabulary.ts';

/** A vocabulary that the build keeps. */
export type VocabularyName = 'cl100k_base' | 'o200k_base';

/** Whole numbers of 32 bits before the table: of tokens, of slots, and the bytes of the longest token. */
const HEAD = 3;
const INTEGER_BYTES = Int32Array.BYTES_PER_ELEMENT;

/**
 * A vocabulary as the build writes it: the head, starts, slots and bytes of its table, as this machine has them in
 * memory. Reading it takes a hundredth of the time of compiling the module that it is made from.
 * @param tokens as of `vocabularyTable`
 */
export function vocabularyFile(tokens: readonly (string | readonly number[])[]): Buffer {
  const { bytes, starts, slots, longest } = vocabularyTable(tokens);
  const head = Int32Array.of(tokens.length, slots.length, longest);
  return Buffer.concat([head, starts, slots, bytes].map((part) => Buffer.from(part.buffer, 0, part.byteLength)));
}

/** The table in such a file. @returns null if it is none, or of a machine with another order of bytes */
export function vocabularyOf(file: Uint8Array): VocabularyTable | null {
  if (file.byteLength < HEAD * INTEGER_BYTES || file.byteOffset % INTEGER_BYTES !== 0) return null;
  const integersAt = (place: number, count: number): Int32Array =>
    new Int32Array(file.buffer, file.byteOffset + place * INTEGER_BYTES, count);
  const [tokens = 0, slotCount = 0, longest = 0] = integersAt(0, HEAD);
  const bytesAt = (HEAD + tokens + 1 + slotCount) * INTEGER_BYTES;
  if (tokens < 0 || slotCount < 0 || bytesAt > file.byteLength) return null;
  const starts = integersAt(HEAD, tokens + 1);
  if (bytesAt + (starts[tokens] ?? 0) !== file.byteLength) return null;
  return { bytes: file.subarray(bytesAt), starts, slots: integersAt(HEAD + tokens + 1, slotCount), longest };
}

/** Reads one that the build made. @throws if promptgrid was not built, or on another kind of machine */
export function readVocabulary(name: VocabularyName): VocabularyTable {
  const root = dirname(createRequire(import.meta.url).resolve('promptgrid/package.json'));
  const path = join(root, `dist/vocabularies/${name}.bin`);
  const table = vocabularyOf(readFileSync(path));
  if (table === null) throw new TypeError(`${path} holds no vocabulary`);
  return table;
}
