import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { algorithmOf, openChecksum, sha256Checksum } from '../../src/io/checksum.ts';

function textOf(algorithm: 'crc32' | 'sha256', ...blocks: readonly Uint8Array[]): string {
  const checksum = openChecksum(algorithm);
  for (const block of blocks) checksum.update(block);
  return checksum.text();
}

describe('a checksum', () => {
  it('is CRC-32 as in zlib, with all eight digits', () => {
    // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
    expect(textOf('crc32', Buffer.from('123456789'))).toBe('crc32:cbf43926');
    expect(textOf('crc32')).toBe('crc32:00000000');
    // Its first digit is a zero.
    expect(textOf('crc32', Buffer.from('33'))).toMatch(/^crc32:[0-9a-f]{8}$/);
  });

  it('is SHA-256 for what must be unique', () => {
    const digits = createHash('sha256').update('abc').digest('hex');
    expect(textOf('sha256', Buffer.from('abc'))).toBe(sha256Checksum(digits));
  });

  it('does not depend on how the bytes are divided, and more may follow', () => {
    const algorithm = fc.constantFrom('crc32' as const, 'sha256' as const);
    fc.assert(
      fc.property(algorithm, fc.array(fc.uint8Array()), (name, blocks) => {
        const checksum = openChecksum(name);
        for (const [place, block] of blocks.entries()) {
          checksum.update(block);
          expect(checksum.text()).toBe(textOf(name, Buffer.concat(blocks.slice(0, place + 1))));
        }
      }),
    );
  });

  it('says by which algorithm it was made', () => {
    expect(algorithmOf(textOf('crc32'))).toBe('crc32');
    expect(algorithmOf(textOf('sha256'))).toBe('sha256');
    expect(algorithmOf('md5:00')).toBeNull();
    expect(algorithmOf('0'.repeat(64))).toBeNull();
  });
});
