import { appendFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { DatasetWindow } from '../../../src/app/watch/dataset-window.ts';
import { readRun } from '../../../src/store/run-folder.ts';
import type { Desk } from '../../support/cli.ts';
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
});
