import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, InvalidTextError, UnknownEncodingError } from '../../src/io/decode.ts';

const wellFormedText = fc.string({ unit: 'binary', maxLength: 60 });
/** With a replacement character more often than by chance. */
const damagedText = fc.string({ unit: fc.oneof(fc.constant('\uFFFD'), wellFormedText), maxLength: 9 });
const blockBytes = fc.integer({ min: 1, max: 9 });

describe('decodeText', () => {
  it('restores any text written as UTF-8, wherever the blocks end', async () => {
    await fc.assert(
      fc.asyncProperty(wellFormedText, fc.boolean(), blockBytes, async (text, hasMark, size) => {
        fc.pre(hasMark || !/^\uFEFF|\0/.test(text));
        const bytes = Buffer.from(hasMark ? `\uFEFF${text}` : text);
        expect(await decodeAll(blocks(bytes, size), null)).toBe(text);
      }),
    );
  });

  it('restores any text written as UTF-16 with a byte order mark, also one that was damaged before', async () => {
    await fc.assert(
      fc.asyncProperty(damagedText, fc.boolean(), blockBytes, async (text, isBigEndian, size) => {
        const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
        if (isBigEndian) bytes.swap16();
        expect(await decodeAll(blocks(bytes, size), null)).toBe(text);
      }),
    );
  });

  it.each([
    ['windows-1251', [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2], 'Привет'],
    ['cp1251', [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2], 'Привет'],
    ['windows-1252', [0x80, 0x93, 0x94, 0xe9], '€“”é'],
    ['koi8-r', [0xf0, 0xd2, 0xc9], 'При'],
    ['shift_jis', [0x83, 0x65, 0x83, 0x58, 0x83, 0x67], 'テスト'],
    ['utf-16le', [0x41, 0x00, 0x3d, 0xd8, 0x00, 0xde], 'A😀'],
  ])('decodes %s, wherever the blocks end', async (encoding, bytes, text) => {
    for (const size of [1, 2, 3, 100]) expect(await decodeAll(blocks(Buffer.from(bytes), size), encoding)).toBe(text);
  });

  it('prefers a byte order mark to the named encoding', async () => {
    expect(await decodeAll(blocks(Buffer.from('\uFEFFПривет'), 4), 'windows-1251')).toBe('Привет');
  });

  it('keeps a replacement character that is written as UTF-8', async () => {
    expect(await decodeAll(blocks(Buffer.from('a\uFFFDb'), 2), null)).toBe('a\uFFFDb');
  });

  it('reports byte and line of the first bad byte, wherever the blocks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        wellFormedText,
        wellFormedText,
        fc.constantFrom([0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82, 0x41], [0xf5, 0x80, 0x80, 0x80], [0x80]),
        blockBytes,
        async (before, after, bad, size) => {
          fc.pre(!/^\uFEFF|\0/.test(before));
          const bytes = Buffer.concat([Buffer.from(before), Buffer.from(bad), Buffer.from(after)]);
          const error = await failureOf(blocks(bytes, size), null);
          expect(error).toBeInstanceOf(InvalidTextError);
          expect(error).toMatchObject({
            byteOffset: Buffer.byteLength(before),
            line: before.split('\n').length,
            encoding: 'utf-8',
          });
        },
      ),
    );
  });

  it('reports an input that ends inside a character', async () => {
    const bytes = Buffer.from('one\ntwo€').subarray(0, -1);
    expect(await failureOf(blocks(bytes, 100), null)).toMatchObject({ byteOffset: 7, line: 2 });
  });

  it('counts a byte order mark among the bytes before a bad one', async () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff]);
    expect(await failureOf(blocks(bytes, 2), null)).toMatchObject({ byteOffset: 4, line: 1 });
  });

  it.each([
    ['half a pair of surrogates', [0xff, 0xfe, 0x61, 0x00, 0x0a, 0x00, 0x00, 0xd8, 0x62, 0x00]],
    ['half a code unit', [0xff, 0xfe, 0x61, 0x00, 0x0a, 0x00, 0x62]],
  ])('reports %s in UTF-16', async (_, bytes) => {
    for (const size of [1, 3, 100]) {
      const error = await failureOf(blocks(Buffer.from(bytes), size), null);
      expect(error).toBeInstanceOf(InvalidTextError);
      expect(error).toMatchObject({ byteOffset: 6, line: 2, encoding: 'utf-16le' });
    }
  });

  it('reports byte and line of the first half of a pair in UTF-16, wherever the blocks end', async () => {
    const halves = fc.constantFrom('\uD800', '\uDBFF', '\uDC00', '\uDFFF');
    await fc.assert(
      fc.asyncProperty(damagedText, halves, damagedText, blockBytes, async (before, half, after, size) => {
        const bytes = Buffer.from(`\uFEFF${before}${half}${after}`, 'utf16le');
        expect(await failureOf(blocks(bytes, size), null)).toMatchObject({
          byteOffset: 2 + 2 * before.length,
          line: before.split('\n').length,
          encoding: 'utf-16le',
        });
      }),
    );
  });

  it('reports the line, but no byte, of text that a named encoding does not have', async () => {
    const error = await failureOf(blocks(Buffer.from([0x61, 0x0a, 0x83, 0x20, 0x0a]), 2), 'shift_jis');
    expect(error).toMatchObject({ name: 'InvalidTextError', byteOffset: null, line: 2, encoding: 'shift_jis' });
  });

  it('rejects an unknown encoding', async () => {
    const error = await failureOf(blocks(Buffer.from('a'), 1), 'windows-31337');
    expect(error).toBeInstanceOf(UnknownEncodingError);
    expect(error).toMatchObject({ label: 'windows-31337' });
  });
});

async function* blocks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function decodeAll(input: AsyncIterable<Uint8Array>, encoding: string | null): Promise<string> {
  let text = '';
  for await (const piece of decodeText(input, encoding)) text += piece;
  return text;
}

function failureOf(input: AsyncIterable<Uint8Array>, encoding: string | null): Promise<unknown> {
  return decodeAll(input, encoding).then(
    (text) => text,
    (error: unknown) => error,
  );
}
