import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sinks } from '../../../src/store/formats/index.ts';

const OPTIONS = { columns: ['a', 'b'], sparse: [], delimiter: ',', bom: false };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-sinks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('the sinks have names and files of their own', () => {
  expect(sinks.map(({ name, fileName }) => [name, fileName])).toEqual([
    ['csv', 'results.csv'],
    ['jsonl', 'results.jsonl'],
  ]);
});

describe.each(sinks)('the sink $name', (definition) => {
  const { fileName } = definition;

  it('shows the file only at commit', async () => {
    const path = join(folder, fileName);
    const sink = await definition.open(path, OPTIONS);
    for (let row = 0; row < 5_000; row++) await sink.write([`row ${row}`, 'x'.repeat(100)]);
    expect(existsSync(path)).toBe(false);
    await sink.commit();
    expect(await readdir(folder)).toEqual([fileName]);
    expect(await readFile(path, 'utf8')).toMatch(/row 4999.+\n$/);
  });

  it('keeps the order of rows that nobody waits for', async () => {
    const path = join(folder, fileName);
    const sink = await definition.open(path, OPTIONS);
    for (let row = 0; row < 3_000; row++) void sink.write([`<${row}>`, 'x'.repeat(500)]);
    await sink.commit();
    const found = (await readFile(path, 'utf8')).match(/(?<=<)\d+(?=>)/g)?.map(Number);
    expect(found).toEqual(Array.from({ length: 3_000 }, (_, row) => row));
  });

  it('leaves the file of before when it is discarded', async () => {
    const path = join(folder, fileName);
    await writeFile(path, 'before');
    const sink = await definition.open(path, OPTIONS);
    await sink.write(['x'.repeat(1_000_000), null]);
    await sink.discard();
    expect(await readFile(path, 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual([fileName]);
  });

  it('says what to do where the folder is gone', async () => {
    const path = join(folder, 'gone', fileName);
    await expect(definition.open(path, OPTIONS)).rejects.toMatchObject({
      name: 'StorageError',
      exitStatus: 4,
      message: expect.stringContaining(`${path} cannot be written: ENOENT`),
      hint: expect.stringMatching(/^Make room/),
    });
  });

  it('says what to do where the file cannot be put in its place', async () => {
    const sink = await definition.open(join(folder, fileName), OPTIONS);
    await sink.write(['x'.repeat(1_000_000), null]);
    await rm(folder, { recursive: true });
    await expect(sink.commit()).rejects.toMatchObject({ name: 'StorageError', code: 'E_STORAGE' });
  });
});
