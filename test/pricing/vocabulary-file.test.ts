import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonArray, isJsonObject } from '../../src/core/json.ts';
import { Vocabulary, type VocabularyTable } from '../../src/pricing/token-vocabulary.ts';
import { readVocabulary, vocabularyFile, vocabularyOf } from '../../src/pricing/vocabulary-file.ts';

function tableOf(file: Uint8Array): VocabularyTable {
  const table = vocabularyOf(file);
  if (table === null) throw new Error('no vocabulary');
  return table;
}

/** A file as it is read: with room of its own, from a multiple of four. */
function fresh(file: Uint8Array): Uint8Array {
  return Uint8Array.from(file);
}

const SOME = ['a', 'ab', 'é', [0xff, 0xfe], 'Привет'] as const;

describe('the file of a vocabulary', () => {
  it('has each token at its rank, and no other', () => {
    const token = fc.uint8Array({ minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.uniqueArray(token, { selector: String, maxLength: 60 }), token, (tokens, other) => {
        const vocabulary = new Vocabulary(tableOf(fresh(vocabularyFile(tokens.map((bytes) => [...bytes])))));
        const ranks = tokens.map((bytes) => vocabulary.rankOf(bytes, 0, bytes.length));
        expect(ranks).toEqual(tokens.map((_, rank) => rank));
        const known = tokens.findIndex((bytes) => String(bytes) === String(other));
        expect(vocabulary.rankOf(other, 0, other.length)).toBe(known);
      }),
    );
  });

  it('is not read if a part of it is missing, or more is there', () => {
    const file = vocabularyFile(SOME);
    for (let length = 0; length < file.length; length++)
      expect(vocabularyOf(fresh(file.subarray(0, length)))).toBeNull();
    expect(vocabularyOf(fresh(Buffer.concat([file, Buffer.of(0)])))).toBeNull();
    expect(vocabularyOf(fresh(Buffer.from('<!doctype html><title>Not found</title>')))).toBeNull();
  });

  it('is not read on a machine with another order of bytes', () => {
    const file = vocabularyFile(SOME);
    const integers = file.length - (file.length % 4);
    expect(
      vocabularyOf(fresh(Buffer.concat([file.subarray(0, integers).swap32(), file.subarray(integers)]))),
    ).toBeNull();
  });

  it.each(['cl100k_base', 'o200k_base'] as const)('of the build has every token of %s', (name) => {
    const published: unknown = createRequire(import.meta.url)(`gpt-tokenizer/bpeRanks/${name}`);
    const tokens = isJsonObject(published) ? published['default'] : undefined;
    if (!isJsonArray(tokens)) throw new Error('no tokens');
    const vocabulary = new Vocabulary(readVocabulary(name));
    const wrong = tokens.filter((token, rank) => {
      const bytes =
        typeof token === 'string' ? Buffer.from(token) : Uint8Array.from(isJsonArray(token) ? token.map(Number) : []);
      return vocabulary.rankOf(bytes, 0, bytes.length) !== rank;
    });
    expect(tokens.length).toBeGreaterThan(100_000);
    expect(wrong).toEqual([]);
  });
});
