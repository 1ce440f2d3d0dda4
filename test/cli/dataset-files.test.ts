import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { csvResults, jsonlResults } from '../support/results.ts';
import { workbook } from '../support/xlsx.ts';

const GRID = ['-m', 'gpt-4o', '--out', 'run'];

describe.concurrent('a dataset file', () => {
  it('may be a workbook; another sheet is another run', async ({ desk }) => {
    const gateway = await desk.gateway();
    const content = workbook([
      {
        name: 'Первый',
        rows: [
          ['id', 'prompt'],
          [1, ' hello '],
        ],
      },
      {
        name: 'Second',
        rows: [
          ['id', 'prompt'],
          [2, 'bye'],
        ],
      },
    ]);
    await desk.write('book.xlsx', content);
    const words = ['run', 'book.xlsx', ...GRID, '--base-url', gateway.url];
    const { stderr } = await desk.pass(words);
    expect(stderr).toContain('book.xlsx: reading the sheet "Первый", the first of 2; --sheet names another');
    expect((await jsonlResults(desk, 'run')).map((row) => row['row.prompt'])).toEqual([' hello ']);
    await desk.pass(words);
    expect(gateway.stats().calls).toBe(1);
    const other = await desk.run([...words, '--sheet', 'Second']);
    expect(other).toMatchObject({ status: 2, stderr: expect.stringMatching(/holds a different run: sheet changed/) });
    await desk.pass(['run', 'book.xlsx', '-m', 'gpt-4o', '--out', 'other', '--base-url', gateway.url, '--sheet', '2']);
    expect((await csvResults(desk, 'other')).map((row) => row['row_id'])).toEqual(['2']);
  });

  it('may be Parquet with conversations', async ({ desk }) => {
    const gateway = await desk.gateway();
    const duck = await (await DuckDBInstance.create(':memory:')).connect();
    const query = `SELECT 9007199254740993 AS id, [{'role': 'user', 'content': 'hello'}] AS messages`;
    await duck.run(`COPY (${query}) TO '${desk.path('chat.parquet')}' (FORMAT parquet)`);
    duck.closeSync();
    await desk.pass(['run', 'chat.parquet', ...GRID, '--base-url', gateway.url]);
    const [row] = await jsonlResults(desk, 'run');
    expect(row).toMatchObject({ row_id: '9007199254740993', 'row.messages': [{ role: 'user', content: 'hello' }] });
    expect(row?.['output']).toContain('last user message has 5 characters');
  });

  it('may be several, by a pattern, as one dataset', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('data/b.csv', 'id,prompt\nb1,three\n');
    await desk.write('data/a.csv.gz', gzipSync('id,prompt\na1,one\na2,two\n'));
    const words = ['run', 'data/*.csv*', ...GRID, '--base-url', gateway.url];
    await desk.pass(words);
    expect((await csvResults(desk, 'run')).map((row) => row['row_id'])).toEqual(['a1', 'a2', 'b1']);
    await desk.write('data/c.json', '[{"id": "c1", "prompt": "four"}]');
    await desk.write('data/c.csv', 'id,prompt\nc1,four\n');
    await desk.pass(words);
    expect((await csvResults(desk, 'run')).map((row) => row['row_id'])).toEqual(['a1', 'a2', 'b1', 'c1']);
    expect(gateway.stats()).toMatchObject({ calls: 4, duplicates: 0 });
    const { stdout } = await desk.pass([
      'run',
      'data/b.csv',
      'data/c.json',
      '-m',
      'gpt-4o',
      '--simulate',
      '--dry-run',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 2, dataset: 'data/b.csv and 1 more' });
  });

  it('may be a list in promptgrid.yaml, for estimate as well', async ({ desk }) => {
    await desk.write('a.csv', 'prompt\none\n');
    await desk.write('b.jsonl', '{"prompt": "two"}\n{"prompt": "three"}\n');
    await desk.write('promptgrid.yaml', 'dataset: [a.csv, "*.jsonl"]\nmodel: gpt-4o\nmaxTokens: 5\nsimulate: true\n');
    const { stdout } = await desk.pass(['estimate', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ trials: 3 });
  });

  it.for([
    ['code,prompt\nc,hello\n ,hello\n', 'b.csv:3: the row has no id in "code"', 'hint'],
    ['key,prompt\nc,hello\n', '--id-column names "code", which b.csv lacks', 'columns'],
  ] as const)('names the one of several in which --id-column finds no id: %j', async ([second, ...parts], { desk }) => {
    await desk.write('a.csv', 'code,prompt\na,hello\nb,hello\n');
    await desk.write('b.csv', second);
    const words = ['run', 'a.csv', 'b.csv', ...GRID, '--simulate', '--dry-run', '--id-column', 'code'];
    const { status, stderr } = await desk.run(words);
    expect(status).toBe(2);
    for (const part of parts) expect(stderr).toContain(part);
  });

  it('may have an "id" that is data like any other where --id-column names the rows', async ({ desk }) => {
    await desk.write('a.csv', 'id,code,prompt\n1,a,hello\n,b,hello\n1,c,hello\n');
    await desk.write('b.jsonl', '{"code": "d", "prompt": "hello"}\n');
    await desk.pass(['run', 'a.csv', 'b.jsonl', ...GRID, '--simulate', '--id-column', 'code']);
    const found = await jsonlResults(desk, 'run');
    expect(found.map((record) => record['row_id'])).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is recognised on standard input by its first bytes', async ({ desk }) => {
    const inputs: readonly (readonly [string, string])[] = [
      ['json', '[{"prompt": "hello"}]'],
      ['json', '{\n  "prompt": "hello"\n}\n{\n  "prompt": "bye"\n}\n'],
    ];
    for (const [index, [format, input]] of inputs.entries()) {
      const out = `run${index}`;
      await desk.pass(['run', '-', '-m', 'gpt-4o', '--simulate', '--out', out], { input });
      expect(await desk.list(out)).toContain(`dataset.${format}`);
      expect(await csvResults(desk, out)).toHaveLength(index + 1);
    }
  });

  it.for([
    ['an id in two files', ['a.csv', 'b.csv'], /^b\.csv:3.*"x" is there twice/, /a\.csv, line 2/],
    ['an error in a later file', ['a.csv', 'bad.csv'], /^bad\.csv:2:\d+: the row has 1 field of 2/, /./],
    ['a pattern without a match', ['none-*.csv'], /no file matches none-\*\.csv/, /pattern/],
    ['standard input among files', ['a.csv', '-'], /standard input \(-\) cannot be one of several files/, /./],
    ['a sheet of a text', ['a.csv', '--sheet', '1'], /--sheet names a sheet, but a\.csv is not a workbook/, /\.xlsx/],
    ['a template that a later file lacks a column for', ['a.csv', 'c.csv', '--prompt', '{{ prompt }}'], /c\.csv/, /./],
  ] as const)('is refused before anything is paid: %s', async ([, words, message, hint], { desk }) => {
    await desk.write('a.csv', 'id,prompt\nx,one\n');
    await desk.write('b.csv', 'id,prompt\ny,two\nx,three\n');
    await desk.write('c.csv', 'id,question\nz,two\n');
    await desk.write('bad.csv', 'id,prompt\nz\n');
    const gateway = await desk.gateway();
    const told = await refused(desk, gateway, [
      'run',
      ...words,
      '-m',
      'gpt-4o',
      '--base-url',
      gateway.url,
      '--out',
      'run',
    ]);
    expect(told.message).toMatch(message);
    expect(told.hint).toMatch(hint);
  });
});
