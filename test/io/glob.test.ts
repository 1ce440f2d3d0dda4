import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesMatching, isPattern } from '../../src/io/glob.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-glob-'));
  await mkdir(join(folder, 'sub', 'deep'), { recursive: true });
  await mkdir(join(folder, '.hidden'));
  const names = [
    'b.csv',
    'a.csv',
    'a10.csv',
    'x.jsonl',
    '.dot.csv',
    'a+b(1).csv',
    'sub/c.csv',
    'sub/deep/d.csv',
    '.hidden/e.csv',
  ];
  for (const name of names) await writeFile(join(folder, name), '');
});
afterAll(() => rm(folder, { recursive: true }));

describe('filesMatching', () => {
  it.each([
    ['*.csv', ['a+b(1).csv', 'a.csv', 'a10.csv', 'b.csv']],
    ['?.csv', ['a.csv', 'b.csv']],
    ['[ab].csv', ['a.csv', 'b.csv']],
    ['[!a]*.csv', ['b.csv']],
    ['*.{csv,jsonl}', ['a+b(1).csv', 'a.csv', 'a10.csv', 'b.csv', 'x.jsonl']],
    ['.*.csv', ['.dot.csv']],
    ['**/*.csv', ['a+b(1).csv', 'a.csv', 'a10.csv', 'b.csv', 'sub/c.csv', 'sub/deep/d.csv']],
    ['s*/*.csv', ['sub/c.csv']],
    ['sub/**', ['sub/c.csv', 'sub/deep/d.csv']],
    ['a+b(*).csv', ['a+b(1).csv']],
    ['*.parquet', []],
    ['none/*.csv', []],
    ['su*', []],
  ])('finds for %s', async (pattern, names) => {
    const found = await filesMatching(`${folder}/${pattern}`);
    expect(found.map((path) => path.slice(folder.length + 1))).toEqual(names);
  });

  it('tells a pattern from a path', () => {
    expect(['a*.csv', 'a?.csv', '[ab].csv', '{a,b}.csv', 'a.csv', 'a-b_(1).csv'].map(isPattern)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
