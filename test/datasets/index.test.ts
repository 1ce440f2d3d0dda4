import { createHash } from 'node:crypto';
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetFormats, formatForPath, readRows } from '../../src/datasets/index.ts';
import { DatasetFolder, failureOf, readAll } from './dataset-folder.ts';

let folder: DatasetFolder;
beforeAll(async () => {
  folder = await DatasetFolder.make();
});
afterAll(() => folder.remove());

describe('formatForPath', () => {
  it.each([
    ['data/a.csv', 'csv'],
    ['A.CSV', 'csv'],
    ['a.b.tsv', 'csv'],
    ['a.jsonl', 'jsonl'],
    ['a.ndjson', 'jsonl'],
    ['a.json', 'json'],
    ['a.XLSX', 'xlsx'],
    ['a.xlsm', 'xlsx'],
    ['a.parquet', 'parquet'],
    ['a.csv.gz', 'csv'],
    ['a.jsonl.zst', 'jsonl'],
    ['a.gz', undefined],
    ['a.txt', undefined],
    ['csv', undefined],
    ['-', undefined],
  ])('knows %s as %s', (path, name) => {
    expect(formatForPath(path)?.name).toBe(name);
  });
});

describe('readRows', () => {
  it('reads a file in the named format whatever its extension', async () => {
    expect(await folder.rows('a.data', 'a\n1\n', { format: 'csv' })).toMatchObject([{ vars: { a: '1' } }]);
    expect(await folder.rows('b.csv', '{"a":1}', { format: 'jsonl' })).toMatchObject([{ vars: { a: 1 } }]);
  });

  it('requires the format if the extension does not imply it', async () => {
    expect(await folder.failure('a.txt', 'a\n1\n')).toEqual({
      name: 'UsageError',
      message: "a.txt: the file's ending does not show its format",
      hint: 'name the format with --input-format (csv, jsonl, json, xlsx, parquet)',
    });
  });

  it('rejects an unknown format', async () => {
    const error = await folder.failure('a.csv', 'a\n1\n', { format: 'xls' });
    expect(error).toMatchObject({ name: 'UsageError', message: 'unknown dataset format "xls"' });
    expect(error.hint).toContain('csv, jsonl');
  });

  it.each(datasetFormats.map(({ name }) => name))('reports an empty %s file', async (format) => {
    for (const content of ['', '\uFEFF', '\n\n', '\r\n']) {
      const error = await folder.failure('empty.data', content, { format });
      expect(error).toMatchObject({ name: 'DatasetError', message: 'empty.data: the file is empty' });
    }
  });

  it('reports a missing file', async () => {
    const error = await failureOf(readAll(join(folder.path, 'none.csv')), folder.path);
    expect(error).toMatchObject({ name: 'DatasetError', message: 'none.csv: no such file' });
    expect(error.hint).not.toBe('');
  });

  it('is told from a flag whose hyphens became a dash', async () => {
    for (const dash of ['–', '—', '−']) {
      const { hint } = await failureOf(readAll(`${dash}limit`), folder.path);
      expect(hint).toBe('flags begin with two hyphens, not with a dash: --limit');
    }
  });

  it('reports a folder', async () => {
    const error = await failureOf(readAll(folder.path, { format: 'csv' }), folder.path);
    expect(error).toMatchObject({ name: 'DatasetError', message: `${folder.path}: this is a folder` });
  });

  it('names --encoding if a file is not UTF-8, and reads it with that', async () => {
    const content = windows1251('id,prompt\n1,ok\n2,Привет\n');
    expect(await folder.failure('cyrillic.csv', content)).toEqual({
      name: 'DatasetError',
      message: 'cyrillic.csv:3: not UTF-8 (byte 17 of the file); it looks like windows-1251',
      hint: 'save the file as UTF-8, or name its encoding, such as --encoding windows-1251',
    });
    const rows = await folder.rows('cyrillic.csv', content, { encoding: 'windows-1251' });
    expect(rows.map(({ vars }) => vars['prompt'])).toEqual(['ok', 'Привет']);
  });

  it('reads windows-1251 JSONL with --encoding, and reports the line without', async () => {
    const content = windows1251('{"a":"x"}\n\n{"a":"Ёж"}\n');
    expect(await folder.failure('cyrillic.jsonl', content)).toMatchObject({
      message: 'cyrillic.jsonl:3: not UTF-8 (byte 17 of the file); it looks like windows-1251',
    });
    const rows = await folder.rows('cyrillic.jsonl', content, { encoding: 'windows-1251' });
    expect(rows.map(({ vars }) => vars['a'])).toEqual(['x', 'Ёж']);
  });

  it('does not suggest the encoding that was tried', async () => {
    const error = await folder.failure('a.csv', Buffer.from([0x61, 0x0a, 0x83, 0x20, 0x0a]), { encoding: 'shift_jis' });
    expect(error.message).toBe('a.csv:2: not SHIFT_JIS');
    expect(error.hint).toContain('instead of --encoding shift_jis');
  });

  it('rejects an unknown encoding', async () => {
    const error = await folder.failure('a.csv', 'a\n1\n', { encoding: 'cp-what' });
    expect(error).toMatchObject({ name: 'UsageError', message: 'unknown encoding "cp-what"' });
    expect(error.hint).toContain('windows-1251');
  });

  it.each([
    ['little', false],
    ['big', true],
  ])('reads the Unicode text that Excel writes (UTF-16, %s-endian, tabs)', async (_, isBigEndian) => {
    const content = Buffer.from('\uFEFFid\tprompt\r\n1\t"Привет, ""мир"""\r\n', 'utf16le');
    if (isBigEndian) content.swap16();
    const rows = await folder.rows('excel.txt', content, { format: 'csv' });
    expect(rows).toEqual([{ id: '1', hasOwnId: true, vars: { id: '1', prompt: 'Привет, "мир"' }, line: 2 }]);
  });

  it('passes every byte of the file, including the mark, to onBytes', async () => {
    const content = `\uFEFFa,b\n${'1,"2\n"\n'.repeat(30_000)}`;
    const digest = createHash('sha256');
    await folder.rows('digest.csv', content, { onBytes: (block) => digest.update(block) });
    expect(digest.digest('hex')).toBe(createHash('sha256').update(content).digest('hex'));
  });

  it.each([
    ['early.csv', `a,b\n${'1,2\n'.repeat(200_000)}`],
    ['early.jsonl', '{"a":1}\n'.repeat(200_000)],
  ])('reads no more of %s than needed, and closes it', async (name, content) => {
    const path = await folder.write(name, content);
    let bytes = 0;
    const options = { path, format: null, encoding: null, delimiter: null };
    const onBytes = (block: Uint8Array) => {
      bytes += block.length;
    };
    for await (const row of readRows({ ...options, onBytes })) {
      if (process.platform === 'linux') expect(await isOpen(path)).toBe(true);
      if (row.id === '3') break;
    }
    expect(bytes).toBeLessThan(200_000);
    if (process.platform === 'linux') expect(await isOpen(path)).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')('closes a file in which it finds an error', async () => {
    const path = await folder.write('wrong.csv', `a,b\n1\n${'1,2\n'.repeat(200_000)}`);
    await expect(readAll(path)).rejects.toThrow('1 field of 2');
    expect(await isOpen(path)).toBe(false);
  });
});

function windows1251(text: string): Uint8Array {
  const decoder = new TextDecoder('windows-1251');
  const byChar = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
  return Uint8Array.from(text, (char) => byChar.get(char) ?? 0);
}

async function isOpen(path: string): Promise<boolean> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
  return targets.includes(path);
}
