import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipWriter } from '../../src/io/zip-writer.ts';
import { zipText } from '../support/zip-text.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-zip-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(folder, 'a.zip');
  const file = await open(path, 'w');
  const zip = new ZipWriter(async (bytes) => void (await file.write(bytes)));
  for (const [name, text] of Object.entries(files)) await zip.add(name, text);
  await zip.finish();
  await file.close();
  return path;
}

describe('a zip archive', () => {
  it('has every file as it was written', async () => {
    const files = { 'a/б.xml': 'Привет 😀\n', empty: '', long: 'é<>&'.repeat(400_000) };
    const path = await written(files);
    for (const [name, text] of Object.entries(files)) expect((await zipText(path, name)) === text).toBe(true);
    expect(await zipText(path, 'c')).toBeNull();
  });

  it('is the same for the same files', async () => {
    const { readFile } = await import('node:fs/promises');
    const first = await readFile(await written({ a: 'x'.repeat(300_000) }));
    expect(first.equals(await readFile(await written({ a: 'x'.repeat(300_000) })))).toBe(true);
  });

  it('that is cut off, or none at all, is refused', async () => {
    const path = await written({ a: 'text' });
    await truncate(path, 60);
    await expect(zipText(path, 'a')).rejects.toThrow('the list of files at its end is missing');
    await writeFile(path, 'PK\u0003\u0004');
    await expect(zipText(path, 'a')).rejects.toThrow('the list of files at its end is missing');
  });
});
