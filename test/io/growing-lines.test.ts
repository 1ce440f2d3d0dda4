import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GrowingLines } from '../../src/io/growing-lines.ts';

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-growing-'));
  path = join(folder, 'lines');
});

afterEach(() => rm(folder, { recursive: true }));

async function read(lines: GrowingLines): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const batch of lines.read()) texts.push(...batch.map(String));
  return texts;
}

describe('lines of a growing file', () => {
  it('are read once, and the last one when it is whole', async () => {
    const lines = new GrowingLines(path);
    expect(await read(lines)).toEqual([]);
    await writeFile(path, 'one\ntw');
    expect(await read(lines)).toEqual(['one']);
    expect(await read(lines)).toEqual([]);
    await appendFile(path, 'o\n\nthree\n');
    expect(await read(lines)).toEqual(['two', '', 'three']);
    expect(lines.restarts).toBe(0);
  });

  it('are read on after a torn line was cut off', async () => {
    const lines = new GrowingLines(path);
    await writeFile(path, 'one\ntorn');
    expect(await read(lines)).toEqual(['one']);
    await truncate(path, 4);
    await appendFile(path, 'two\n');
    expect(await read(lines)).toEqual(['two']);
    expect(lines.restarts).toBe(0);
  });

  it('may be longer than what is read at once', async () => {
    const long = 'слово '.repeat(200_000);
    await writeFile(path, `a\n${long}\nb\n`);
    expect(await read(new GrowingLines(path))).toEqual(['a', long, 'b']);
  });

  it.each([
    ['cut', async () => writeFile(path, 'new\n')],
    [
      'replaced',
      async () => {
        await writeFile(join(folder, 'other'), 'new\nand a longer one than before\n');
        await rename(join(folder, 'other'), path);
      },
    ],
  ])('are read from the start once the file was %s', async (_what, change) => {
    const lines = new GrowingLines(path);
    await writeFile(path, 'one\ntwo\nthree\n');
    await read(lines);
    await change();
    expect((await read(lines))[0]).toBe('new');
    expect(lines.restarts).toBe(1);
  });
});
