import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { open } from 'lmdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lmdbFault } from '../../src/io/lmdb-file.ts';

let folder: string;
let sound: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-lmdb-'));
  sound = join(folder, 'sound', 'data.mdb');
  path = join(folder, 'data.mdb');
  const database = openDatabase(join(folder, 'sound'));
  for (let key = 0; key < 100; key++) void database.put(`key ${key}`, 'x'.repeat(key * 50));
  await database.flushed;
  await database.close();
});
afterAll(() => rm(folder, { recursive: true }));

describe('lmdbFault', () => {
  it('accepts a file that LMDB wrote', () => {
    expect(lmdbFault(sound)).toBeNull();
  });

  it('accepts a file at any time of its life', async () => {
    const at = join(folder, 'living');
    for (let session = 0; session < 3; session++) {
      const database = openDatabase(at);
      for (let batch = 0; batch < 8; batch++) {
        await database.batch(() => {
          for (let key = 0; key < 200; key++) {
            if ((key * 7 + batch + session) % 3 === 0) void database.remove(`key ${key}`);
            else void database.put(`key ${key}`, 'x'.repeat(((key + batch) * 389) % 9000));
          }
        });
        expect(lmdbFault(join(at, 'data.mdb'))).toBeNull();
      }
      if (session === 1) await database.clearAsync();
      await database.close();
      expect(lmdbFault(join(at, 'data.mdb'))).toBeNull();
    }
  });

  it('accepts a file that ends before pages that were taken and freed at once', async () => {
    const content = await readFile(sound);
    const pageSize = content.readUInt32LE(48);
    for (const head of [0, pageSize]) {
      content.writeBigUInt64LE(content.readBigUInt64LE(head + 144) + 3n, head + 144);
    }
    await writeFile(path, content);
    expect(lmdbFault(path)).toBeNull();
  });

  it('accepts a file from which much was removed at once', async () => {
    for (let round = 0; round < 20; round++) {
      const at = join(folder, `pruned-${round}`);
      const database = openDatabase(at);
      await database.batch(() => {
        for (let key = 0; key < 60; key++) void database.put(`key ${key}`, 'x'.repeat(300 + ((key * round) % 700)));
      });
      await database.batch(() => {
        for (let key = 0; key < 60; key++) if (key % 10 !== round % 10) void database.remove(`key ${key}`);
      });
      await database.close();
      expect(lmdbFault(join(at, 'data.mdb'))).toBeNull();
    }
  });

  it('accepts a file that is missing or empty, which LMDB initialises', async () => {
    expect(lmdbFault(join(folder, 'none'))).toBeNull();
    await writeFile(path, '');
    expect(lmdbFault(path)).toBeNull();
  });

  it('detects a truncated file, wherever it was cut', async () => {
    const { length } = await readFile(sound);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.integer({ min: 1, max: length - 1 }), fc.nat({ max: 9000 })), async (kept) => {
        await copyFile(sound, path);
        await truncate(path, Math.max(1, kept));
        expect(lmdbFault(path)).toBe(kept < 160 ? 'too short' : 'cut off');
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['text', Buffer.from('a line of text\n'.repeat(1000))],
    ['zeros', Buffer.alloc(8192)],
    ['SQLite', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8192)])],
  ])('detects a file that is not from LMDB: %s', async (_what, content) => {
    await writeFile(path, content);
    expect(lmdbFault(path)).toBe('no LMDB file');
  });

  it.each<[string, string, (head: Buffer) => unknown]>([
    ['of another LMDB version', 'the version', (head) => head.writeUInt32LE(1, 28)],
    ['damaged', 'a page size of 0', (head) => head.writeUInt32LE(0, 48)],
    ['damaged', 'a page size that is too small', (head) => head.writeUInt32LE(128, 48)],
    ['damaged', 'a page size that is no power of two', (head) => head.writeUInt32LE(4095, 48)],
    ['damaged', 'pages that were overwritten', (head) => head.fill(0, 2 * head.readUInt32LE(48))],
    ['cut off', 'a page size beyond the file', (head) => head.writeUInt32LE(2 ** 31, 48)],
  ])('sees that a file is %s by %s', async (fault, _by, change) => {
    const content = await readFile(sound);
    change(content);
    await writeFile(path, content);
    expect(lmdbFault(path)).toBe(fault);
  });

  it('uses the later of the two headers', async () => {
    const content = await readFile(sound);
    const [first, second] = [0, content.readUInt32LE(48)];
    const later = content.readBigUInt64LE(first + 152) > content.readBigUInt64LE(second + 152) ? first : second;
    content.writeBigUInt64LE(2n ** 40n, first + second - later + ROOT_AT);
    await writeFile(path, content);
    expect(lmdbFault(path)).toBeNull();
    content.writeBigUInt64LE(2n ** 40n, later + ROOT_AT);
    await writeFile(path, content);
    expect(lmdbFault(path)).toBe('damaged');
  });
});

/** Where a head names the first page of the entries. */
const ROOT_AT = 136;

function openDatabase(at: string) {
  return open<string, string>({ path: at, encoding: 'string', noSubdir: false });
}
