import { appendFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { datasetRows } from '../../../src/app/report/dataset-rows.ts';
import { DatasetWindow } from '../../../src/app/watch/dataset-window.ts';
import { readRun } from '../../../src/store/run-folder.ts';
import type { Desk } from '../../support/cli.ts';
import { encoded } from '../../support/encodings.ts';
import { it } from '../../support/in-process.ts';

/** A run of `rows` rows with two variants, whose dataset is named by an absolute path. */
async function runOf(desk: Desk, rows: number): Promise<DatasetWindow | null> {
  const lines = Array.from({ length: rows }, (_, n) => `r${n},What is ${n}?`);
  await desk.write('rows.csv', `id,prompt\n${lines.join('\n')}\n`);
  const words = [
    'run',
    desk.path('rows.csv'),
    '-m',
    'gpt-4o,gpt-4o-mini',
    '--simulate',
    '--limit',
    '1',
    '--out',
    'run',
  ];
  await desk.pass(words);
  return DatasetWindow.open(await readRun(desk.path('run')));
}

describe('the rows of results', { timeout: 60_000 }, () => {
  it('are found in any near order, once for each variant', async ({ desk }) => {
    const window = await runOf(desk, 50);
    for (const id of ['r3', 'r0', 'r3', 'r49', 'r0', 'r1']) {
      expect((await window?.take(id))?.vars['prompt']).toBe(`What is ${id.slice(1)}?`);
    }
    expect(await window?.take('r3')).toBeNull();
    expect(await window?.take('unknown')).toBeNull();
    await window?.close();
  });

  it('are dropped if their results come much too late', async ({ desk }) => {
    const window = await runOf(desk, 30_000);
    expect(await window?.take('r29999')).not.toBeNull();
    expect(await window?.take('r29000')).not.toBeNull();
    expect(await window?.take('r5')).toBeNull();
    await window?.close();
  });

  it('are not looked for in a dataset that has changed', async ({ desk }) => {
    await (await runOf(desk, 5))?.close();
    const run = await readRun(desk.path('run'));
    await appendFile(desk.path('rows.csv'), 'r9,Another?\n');
    expect(await DatasetWindow.open(run)).toBeNull();
  });

  it.for([
    ['an encoding', 'rows.csv', 'id,prompt\nа,Привет\n', ['--encoding', 'windows-1251'], 'а'],
    ['a column of ids', 'rows.csv', 'id,key,prompt\n1,k1,Hi\n', ['--id-column', 'key'], 'k1'],
    ['a format', 'rows.txt', '{"id": "a", "prompt": "Hi"}\n', ['--input-format', 'jsonl'], 'a'],
    [
      'the shape of another tool',
      'rows.jsonl',
      '{"custom_id": "c1", "method": "POST", "body": {"messages": [{"role": "user", "content": "Hi"}]}}\n',
      [],
      'c1',
    ],
  ] as const)('are found by the ids of the run, read with %s', async ([, name, text, flags, id], { desk }) => {
    const isCyrillic = flags.some((flag) => flag === 'windows-1251');
    await desk.write(name, isCyrillic ? encoded(text, 'windows-1251') : text);
    await desk.pass(['run', desk.path(name), '-m', 'gpt-4o', '--simulate', '--out', 'run', ...flags]);
    const run = await readRun(desk.path('run'));
    const window = await DatasetWindow.open(run);
    const row = await window?.take(id);
    expect(row?.id).toBe(id);
    if (isCyrillic) expect(row?.vars['prompt']).toBe('Привет');
    await window?.close();
    const { dataset } = run;
    const facts = { datasetSha256: dataset.sha256, datasetRecord: dataset.record };
    expect([...((await datasetRows(new Set([id]), facts)) ?? new Map<string, never>()).keys()]).toEqual([id]);
  });

  it('are found in several files, unless one of them has changed', async ({ desk }) => {
    await desk.write('a.csv', 'id,prompt\na,Hi\n');
    await desk.write('b.csv', 'id,prompt\nb,Ho\n');
    await desk.pass(['run', desk.path('a.csv'), desk.path('b.csv'), '-m', 'gpt-4o', '--simulate', '--out', 'run']);
    const run = await readRun(desk.path('run'));
    const window = await DatasetWindow.open(run);
    expect((await window?.take('b'))?.vars['prompt']).toBe('Ho');
    await window?.close();
    await appendFile(desk.path('b.csv'), 'c,He\n');
    expect(await DatasetWindow.open(run)).toBeNull();
  });
});
