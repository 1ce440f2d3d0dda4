import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBytes } from '../../src/io/bytes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-bytes-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readBytes', () => {
  it('returns every byte of a file of several blocks', async () => {
    const path = join(folder, 'blocks');
    const bytes = Buffer.from(Array.from({ length: 200_001 }, (_, index) => index % 251));
    await writeFile(path, bytes);
    const blocks: Uint8Array[] = [];
    for await (const block of readBytes(path)) blocks.push(block);
    expect(blocks.length).toBeGreaterThan(1);
    expect(Buffer.concat(blocks).equals(bytes)).toBe(true);
  });

  it('returns nothing for an empty file', async () => {
    const path = join(folder, 'empty');
    await writeFile(path, '');
    expect((await readBytes(path).next()).done).toBe(true);
  });

  it.each([
    ['a missing file', 'missing', 'ENOENT'],
    ['a folder', '.', 'EISDIR'],
  ])('reports %s', async (_, name, code) => {
    await expect(readBytes(join(folder, name)).next()).rejects.toMatchObject({ code });
  });

  it.skipIf(process.platform !== 'linux')('closes the file when the reader stops early', async () => {
    const path = join(folder, 'early');
    await writeFile(path, Buffer.alloc(200_000));
    const openAt: boolean[] = [];
    for await (const _ of readBytes(path)) {
      openAt.push(await isOpen(path));
      break;
    }
    openAt.push(await isOpen(path));
    expect(openAt).toEqual([true, false]);
  });
});

async function isOpen(path: string): Promise<boolean> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
  return targets.includes(path);
}
