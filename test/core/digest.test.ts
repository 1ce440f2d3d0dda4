import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256, shortDigest } from '../../src/core/digest.ts';

describe('a digest', () => {
  it('is SHA-256 of the UTF-8 bytes', () => {
    // FIPS 180-4 example: SHA-256 of "abc".
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(sha256(text)).toBe(createHash('sha256').update(Buffer.from(text)).digest('hex'));
      }),
    );
  });

  it('is cut to 20 hexadecimal digits for display', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(shortDigest(text)).toBe(sha256(text).slice(0, 20));
      }),
    );
    expect(shortDigest('abc')).toMatch(/^[0-9a-f]{20}$/);
  });
});
