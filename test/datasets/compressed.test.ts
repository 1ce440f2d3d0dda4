import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnpackError, unpack } from '../../src/io/unpack/index.ts';
import { zstdRaw } from '../support/zstd.ts';
import { DatasetFolder } from './dataset-folder.ts';

let folder: DatasetFolder;
beforeAll(async () => {
  folder = await DatasetFolder.make();
});
afterAll(() => folder.remove());

const CSV = `id,t\n${Array.from({ length: 4_000 }, (_, index) => `r${index},text ${index * 7919} words words`).join('\n')}\n`;
const hasZstd = spawnSync('zstd', ['--version']).status === 0;

function zstd(content: string | Uint8Array, ...flags: readonly string[]): Buffer {
  return spawnSync('zstd', ['-c', '-q', ...flags], { input: content, maxBuffer: 1024 ** 3 }).stdout;
}

describe('a compressed dataset', () => {
  it.each([
    ['gzip', 'rows.csv.gz', gzipSync(CSV)],
    ['gzip of two members', 'two.csv.gz', Buffer.concat([gzipSync(CSV.slice(0, 999)), gzipSync(CSV.slice(999))])],
    ['gzip under the name of a text', 'rows.csv', gzipSync(CSV)],
    ['zstd without compression', 'raw.csv.zst', zstdRaw(CSV)],
    ['zstd of two frames', 'frames.csv.zst', Buffer.concat([zstdRaw(CSV.slice(0, 7)), zstdRaw(CSV.slice(7))])],
  ])('is read: %s', async (_, name, content) => {
    const rows = await folder.rows(name, content);
    expect(rows).toHaveLength(4_000);
    expect(rows.at(-1)).toMatchObject({ id: 'r3999', vars: { t: `text ${3999 * 7919} words words` }, line: 4_001 });
  });

  it.skipIf(!hasZstd)(
    'is read: zstd at several levels, with and without checksums (needs zstd)',
    async () => {
      for (const flags of [
        ['-1'],
        ['-19'],
        ['--no-check'],
        ['-19', '--ultra', '--single-thread'],
        ['--stream-size=9'],
      ]) {
        const content = flags[0]?.startsWith('--stream') === true ? zstd(CSV) : zstd(CSV, ...flags);
        expect(await folder.rows('cli.csv.zst', content)).toHaveLength(4_000);
      }
      const tiny = zstd('{"a":1}');
      expect(await folder.rows('tiny.json.zst', Buffer.concat([tiny, tiny]))).toHaveLength(2);
    },
    30_000,
  );

  it('reads every text format', async () => {
    expect(await folder.rows('a.jsonl.gz', gzipSync('{"a":1}\n{"a":2}\n'))).toHaveLength(2);
    expect(await folder.rows('a.json.gz', gzipSync('[{"a":1},{"a":2}]'))).toHaveLength(2);
    expect(await folder.rows('a.ndjson.zst', zstdRaw('{"a":1}\n{"a":2}\n'))).toHaveLength(2);
    expect(await folder.rows('named', gzipSync('a\n1\n'), { format: 'csv' })).toHaveLength(1);
  });

  it('has the digest of its bytes as they are stored', async () => {
    const content = gzipSync(CSV);
    const digest = createHash('sha256');
    await folder.rows('digest.csv.gz', content, { onBytes: (block) => digest.update(block) });
    expect(digest.digest('hex')).toBe(createHash('sha256').update(content).digest('hex'));
  });

  const noise = gzipSync(randomBytes(200_000).toString('base64'));
  it.each([
    ['cut.csv.gz', gzipSync(CSV).subarray(0, -10), 'the compressed file cannot be unpacked: it ends too early'],
    ['cut.csv.zst', zstdRaw(CSV).subarray(0, -10), 'the compressed file cannot be unpacked: it ends too early'],
    [
      'more.csv.gz',
      Buffer.concat([gzipSync('a\n1\n'), Buffer.from('more')]),
      'the compressed file cannot be unpacked: other bytes follow its end',
    ],
    [
      'more.csv.zst',
      Buffer.concat([zstdRaw('a\n1\n'), Buffer.from('more!')]),
      'the compressed file cannot be unpacked: other bytes follow its end',
    ],
    ['empty.csv.gz', gzipSync(''), 'the file is empty'],
    ['twice.csv.gz', gzipSync(gzipSync('a\n1\n')), 'the file is compressed'],
    ['parquet.csv.gz', gzipSync(Buffer.from('PAR1\x15\x00')), 'the file is Parquet'],
    ['rows.csv.bz2', Buffer.from('BZh91AY&SY'), 'the file is compressed with bzip2'],
    ['rows.xlsx.gz', gzipSync('PK'), 'the file is compressed'],
    [
      'damaged.csv.gz',
      Buffer.concat([noise.subarray(0, 5000), Buffer.alloc(500, 0x55)]),
      /^the compressed file cannot/,
    ],
  ])('is refused: %s', async (name, content, what) => {
    const error = await folder.failure(name, content);
    expect(error.name).toBe('DatasetError');
    expect(error.message.slice(0, name.length + 2)).toBe(`${name}: `);
    const message = error.message.slice(name.length + 2);
    if (typeof what === 'string') expect(message).toBe(what);
    else expect(message).toMatch(what);
    expect(error.hint).toBeTruthy();
  });

  it('does not take another compression for text', async () => {
    expect(await folder.failure('a.csv.br', brotliCompressSync('a\n1\n'))).toMatchObject({ name: 'UsageError' });
  });
});

describe('unpacking', () => {
  const limits = { freeBytes: 1000, ratio: 100 };

  it.each([
    ['gzip' as const, gzipSync(Buffer.alloc(10_000_000))],
    ['zstd' as const, zstdBomb(2000)],
  ])('stops a %s file that unpacks to far more than its size', async (format, content) => {
    let given = 0;
    const reading = async () => {
      for await (const block of unpack(pieces(content, 1 << 16), format, limits)) given += block.length;
    };
    await expect(reading()).rejects.toThrow('it unpacks to more than 100 times its size');
    expect(given).toBeLessThan(100 * content.length + 200_000);
  });

  it('refuses a zstd window that would fill the memory', async () => {
    const content = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8]), Buffer.alloc(50)]);
    await expect(all(unpack(pieces(content, 9), 'zstd', limits))).rejects.toThrow('more than 128 MiB of memory');
  });

  it.skipIf(!hasZstd)('refuses zstd in which one bit is another (needs zstd)', async () => {
    const content = zstd(CSV);
    const faults: string[] = [];
    for (let index = 0; index < 40; index++) {
      const damaged = Buffer.from(content);
      // Behind the header, whose flags and sizes say no more of the content.
      const at = 10 + Math.floor(((content.length - 11) * index) / 39);
      damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (index % 8)), at);
      const error = await all(unpack(pieces(damaged, 1 << 16), 'zstd', limits)).catch((reason: unknown) => reason);
      faults.push(error instanceof UnpackError ? error.message : `no error at ${at}`);
    }
    expect(faults).toEqual(faults.filter((fault) => !fault.startsWith('no error')));
    expect(faults).toContain('its checksum does not match');
  });

  it('gives the same bytes wherever the pieces of the input end', async () => {
    const text = fc.string({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(text, text, fc.integer({ min: 1, max: 40 }), async (one, other, size) => {
        const gzip = Buffer.concat([gzipSync(one), gzipSync(other)]);
        const zstdFrames = Buffer.concat([zstdRaw(one), skippable(size), zstdRaw(other)]);
        expect(await all(unpack(pieces(gzip, size), 'gzip', limits))).toBe(one + other);
        expect(await all(unpack(pieces(zstdFrames, size), 'zstd', limits))).toBe(one + other);
        const cut = unpack(pieces(zstdFrames.subarray(0, -1), size), 'zstd', limits);
        await expect(all(cut)).rejects.toBeInstanceOf(UnpackError);
      }),
      { numRuns: 50 },
    );
  });
});

/** Blocks of one repeated byte: four bytes stand for 128 KiB. */
function zstdBomb(blocks: number): Buffer {
  const header = (((128 * 1024) << 3) | (1 << 1)) >>> 0;
  const block = Buffer.from([header & 0xff, (header >> 8) & 0xff, header >> 16, 0x61]);
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50]),
    ...Array.from({ length: blocks }, () => block),
  ]);
}

function skippable(bytes: number): Buffer {
  const frame = Buffer.alloc(8 + bytes, 0x5a);
  frame.writeUInt32LE(0x184d2a53, 0);
  frame.writeUInt32LE(bytes, 4);
  return frame;
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(blocks: AsyncIterable<Uint8Array>): Promise<string> {
  const found: Uint8Array[] = [];
  for await (const block of blocks) found.push(block);
  return Buffer.concat(found).toString('utf8');
}
