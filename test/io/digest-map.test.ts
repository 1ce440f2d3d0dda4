import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigestMap } from '../../src/io/digest-map.ts';

describe('DigestMap', () => {
  // Few keys, and some that differ in one half only or would begin at the same slot.
  const half = fc.constantFrom('00000000', '00000001', '00000400', '80000000', 'ffffffff', 'FFFFFFFF', '0badcafe');
  const digest = fc.oneof(
    fc.tuple(half, half).map((halves) => halves.join('')),
    fc.nat({ max: 3000 }).map(sha256),
  );
  const value = fc.oneof(fc.nat(), fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 48 - 2));
  const entries = fc.array(fc.tuple(digest, value), { maxLength: 400, size: 'max' });

  it('works like a Map, from any capacity', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 70 })), entries, digest, (capacity, sets, other) => {
        const [map, expected] = [new DigestMap(capacity), new Map<string, number>()];
        for (const [key, stored] of sets) {
          map.set(key, stored);
          expected.set(key.toLowerCase(), stored);
          expect(map.size).toBe(expected.size);
          expect(map.get(other)).toBe(expected.get(other.toLowerCase()));
        }
        for (const [key, stored] of expected) expect(map.get(key)).toBe(stored);
      }),
      { numRuns: 150 },
    );
  });

  it('grows to a hundred thousand entries and keeps them all', () => {
    const map = new DigestMap();
    for (let index = 0; index < 100_000; index++) map.set(sha256(index), index);
    expect(map.size).toBe(100_000);
    for (let index = 0; index < 100_000; index += 7) expect(map.get(sha256(index))).toBe(index);
    expect(map.get(sha256(100_000))).toBeUndefined();
  });

  it('grows a part at a time, so that a large map is never there twice', () => {
    const map = new DigestMap();
    let most = 0;
    let earlier = Number.POSITIVE_INFINITY;
    for (let index = 0; index < 300_000; index++) {
      map.set(sha256(index), index);
      if (index % 100 !== 0) continue;
      const held = process.memoryUsage().arrayBuffers;
      if (index > 100_000) most = Math.max(most, held - earlier);
      earlier = held;
    }
    expect(map.size).toBe(300_000);
    // A sixteenth of 300,000 entries, with room.
    expect(most).toBeLessThan(1_000_000);
  });

  it('rejects keys that are not digests, which would otherwise all be one', () => {
    const map = new DigestMap();
    expect(() => map.set(`t${sha256(1)}`, 1)).toThrow(TypeError);
    expect(() => map.set('trial 7', 1)).toThrow('trial 7 is not a digest');
    map.set('0'.repeat(16), 1);
    expect([map.get('trial 7'), map.get('')]).toEqual([undefined, undefined]);
  });

  it('rejects numbers that it could not return', () => {
    const map = new DigestMap();
    for (const other of [-1, 0.5, 2 ** 48 - 1, Number.NaN]) expect(() => map.set(sha256(1), other)).toThrow(RangeError);
    expect(map.get(sha256(1))).toBeUndefined();
  });

  it('distinguishes keys by their first sixteen digits', () => {
    const map = new DigestMap();
    map.set(`${'a'.repeat(16)}1`, 1);
    expect(map.get(`${'a'.repeat(16)}2`)).toBe(1);
    expect(map.get(`${'a'.repeat(15)}b1`)).toBeUndefined();
  });
});

function sha256(value: number): string {
  return createHash('sha256').update(String(value)).digest('hex');
}
