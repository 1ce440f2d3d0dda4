import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileDigest } from '../../src/io/file-digest.ts';
import { LinesDigest } from '../../src/io/lines-digest.ts';

function crcText(bytes: Uint8Array): string {
  return `crc32:${crc32(bytes).toString(16).padStart(8, '0')}`;
}

describe('LinesDigest', () => {
  it('is that of the whole lines so far, however the bytes are divided', () => {
    const block = fc.uint8Array({ maxLength: 8 }).map((bytes) => bytes.map((byte) => (byte < 60 ? 10 : byte)));
    fc.assert(
      fc.property(fc.array(block), (blocks) => {
        const digest = new LinesDigest();
        for (const [place, next] of blocks.entries()) {
          digest.update(next);
          const bytes = Buffer.concat(blocks.slice(0, place + 1));
          expect(digest.text()).toBe(crcText(bytes.subarray(0, bytes.lastIndexOf(10) + 1)));
        }
      }),
    );
  });

  it('leaves out an unfinished line that was cut off', () => {
    const digest = new LinesDigest();
    digest.update(Buffer.from('one\ntw'));
    digest.dropOpen();
    digest.update(Buffer.from('three\n'));
    expect(digest.text()).toBe(crcText(Buffer.from('one\nthree\n')));
  });
});

describe('fileDigest', () => {
  it('has the size and the digest of a file of several blocks, and null for none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'promptgrid-digest-'));
    try {
      const path = join(folder, 'file');
      const bytes = Buffer.from('0123456789'.repeat(250_000));
      await writeFile(path, bytes);
      expect(await fileDigest(path)).toEqual({ bytes: 2_500_000, checksum: crcText(bytes) });
      expect(await fileDigest(join(folder, 'other'))).toBeNull();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
