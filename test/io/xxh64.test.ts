import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Xxh64 } from '../../src/io/unpack/xxh64.ts';

function lowerBits(...pieces: readonly Uint8Array[]): number {
  const digest = new Xxh64();
  for (const piece of pieces) digest.update(piece);
  return digest.lowerBits();
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** The algorithm with `bigint`, whole. Source: xxHash fast digest algorithm, "XXH64". */
function simpleDigest(bytes: Uint8Array): bigint {
  const [p1, p2, p3, p4, p5] = [
    0x9e3779b185ebca87n,
    0xc2b2ae3d27d4eb4fn,
    0x165667b19e3779f9n,
    0x85ebca77c2b2ae63n,
    0x27d4eb2f165667c5n,
  ] as const;
  const turn = (value: bigint, bits: bigint): bigint => u64((value << bits) | (u64(value) >> (64n - bits)));
  const round = (sum: bigint, value: bigint): bigint => u64(turn(u64(sum + value * p2), 31n) * p1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let sum: bigint = p5;
  if (bytes.length >= 32) {
    const lanes: bigint[] = [u64(p1 + p2), p2, 0n, u64(-p1)];
    for (; at + 32 <= bytes.length; at += 32) {
      for (const [lane, value] of lanes.entries()) lanes[lane] = round(value, view.getBigUint64(at + 8 * lane, true));
    }
    sum = u64(lanes.reduce((total, lane, index) => total + turn(lane, [1n, 7n, 12n, 18n][index] ?? 0n), 0n));
    for (const lane of lanes) sum = u64((sum ^ round(0n, lane)) * p1 + p4);
  }
  sum = u64(sum + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) {
    sum = u64(turn(sum ^ round(0n, view.getBigUint64(at, true)), 27n) * p1 + p4);
  }
  if (at + 4 <= bytes.length) {
    sum = u64(turn(sum ^ u64(BigInt(view.getUint32(at, true)) * p1), 23n) * p2 + p3);
    at += 4;
  }
  for (; at < bytes.length; at++) sum = u64(turn(sum ^ u64(BigInt(bytes[at] ?? 0) * p5), 11n) * p1);
  sum = u64((sum ^ (sum >> 33n)) * p2);
  sum = u64((sum ^ (sum >> 29n)) * p3);
  return sum ^ (sum >> 32n);
}

describe('XXH64', () => {
  it.each([
    // The digests are ef46db3751d8e999, d24ec4f1a98c6e5b and 44bc2cf5ad770999. Source: `xxh64sum`.
    ['', 0x51d8e999],
    ['a', 0xa98c6e5b],
    ['abc', 0xad770999],
  ])('of "%s" is what others compute', (text, known) => {
    const bytes = Buffer.from(text);
    expect(lowerBits(bytes)).toBe(Number(BigInt.asUintN(32, simpleDigest(bytes))));
    expect(lowerBits(bytes)).toBe(known);
  });

  it('is the same however the bytes come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 6 }), (pieces) => {
        expect(lowerBits(...pieces)).toBe(Number(BigInt.asUintN(32, simpleDigest(Buffer.concat(pieces)))));
      }),
    );
  });
});
