import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackedPage } from '../../../src/datasets/parquet/packed-page.ts';
import { snappyBlocks } from '../../../src/datasets/parquet/snappy.ts';

/** A part of a Snappy stream: bytes as they are, or a copy of what came before. */
type Element = { readonly literal: Uint8Array } | { readonly offset: number; readonly length: number };

function packed({ literal, offset, length }: { literal?: Uint8Array; offset?: number; length?: number }): Buffer {
  if (literal !== undefined) {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(literal.length - 1);
    return literal.length <= 60
      ? Buffer.concat([Buffer.from([(literal.length - 1) << 2]), literal])
      : Buffer.concat([Buffer.from([63 << 2]), size, literal]);
  }
  const [from = 0, count = 0] = [offset, length];
  if (from < 2048 && count >= 4 && count <= 11)
    return Buffer.from([1 | ((count - 4) << 2) | ((from >> 8) << 5), from & 255]);
  const far = from >= 65_536;
  const bytes = Buffer.alloc(far ? 5 : 3);
  bytes.writeUInt8((far ? 3 : 2) | ((count - 1) << 2));
  if (far) bytes.writeUInt32LE(from, 1);
  else bytes.writeUInt16LE(from, 1);
  return bytes;
}

function unpackedSize(elements: readonly Element[]): number {
  return elements.reduce((sum, element) => sum + ('literal' in element ? element.literal.length : element.length), 0);
}

function stream(elements: readonly Element[]): Buffer {
  const size: number[] = [];
  let rest = unpackedSize(elements);
  for (; rest >= 128; rest = Math.floor(rest / 128)) size.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([...size, rest]), ...elements.map(packed)]);
}

function expected(elements: readonly Element[]): Buffer {
  const bytes = Buffer.alloc(unpackedSize(elements));
  let at = 0;
  for (const element of elements) {
    if ('literal' in element) at += Buffer.from(element.literal).copy(bytes, at);
    else
      for (let index = 0; index < element.length; index++, at++)
        bytes.writeUInt8(bytes.readUInt8(at - element.offset), at);
  }
  return bytes;
}

/** Every block is copied before the next is asked for. */
function unpacked(bytes: Uint8Array, size: number): Buffer {
  const source = {
    size: bytes.length,
    read: (start: number, end: number) => Promise.resolve(Uint8Array.from(bytes.subarray(start, end))),
    readSync: (start: number, target: Uint8Array) => Buffer.from(bytes).copy(target, 0, start),
  };
  const blocks: Buffer[] = [];
  for (const block of snappyBlocks(new PackedPage(source, 0, bytes.length), size)) blocks.push(Buffer.from(block));
  return Buffer.concat(blocks);
}

describe('a Snappy page', () => {
  it('unpacks to what was packed, in whatever elements', () => {
    const literal = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => ({ literal: bytes }));
    const copy = fc.record({ offset: fc.integer({ min: 1, max: 5000 }), length: fc.integer({ min: 1, max: 64 }) });
    fc.assert(
      fc.property(literal, fc.array(fc.oneof(literal, copy), { maxLength: 60 }), (first, others) => {
        const elements: Element[] = [first];
        for (const element of others) {
          const made = unpackedSize(elements);
          elements.push('literal' in element ? element : { ...element, offset: 1 + (element.offset % made) });
        }
        expect(expected(elements).equals(unpacked(stream(elements), unpackedSize(elements)))).toBe(true);
      }),
    );
  });

  it.each([
    ['what is still held', 65_000],
    ['a place long before', 400_000],
    ['its first byte', 700_000],
  ])('may copy from %s', (_, offset) => {
    const elements = [
      { literal: randomBytes(700_000) },
      { offset, length: 64 },
      { literal: randomBytes(9) },
      { offset: 3, length: 64 },
    ];
    expect(expected(elements).equals(unpacked(stream(elements), unpackedSize(elements)))).toBe(true);
  });

  it.each([
    ['ends inside a literal', Buffer.from([4, 3 << 2, 1, 2])],
    ['ends inside a tag', Buffer.from([4, 0, 1, 2])],
    ['copies from before its beginning', Buffer.from([5, 0, 1, 1, 2])],
    ['copies from nowhere', Buffer.from([5, 0, 1, 1, 0])],
    ['has no size', Buffer.from([0x80])],
    ['is empty', Buffer.alloc(0)],
  ])('is refused if it %s', (_, bytes) => {
    expect(() => unpacked(bytes, 5)).toThrow('a page compressed with Snappy is damaged');
  });
});
