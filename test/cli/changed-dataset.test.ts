import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults } from '../support/results.ts';

/** The words of a run over rows.csv in the folder `run`, which is created once. */
async function firstRun(desk: Desk, url: string, dataset: string, ...more: readonly string[]): Promise<string[]> {
  await desk.write('rows.csv', dataset);
  const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '-t', '0.2,0.8', '--base-url', url, ...more];
  await desk.pass(words);
  return words;
}

async function column(desk: Desk, name: string): Promise<readonly unknown[]> {
  return (await csvResults(desk, 'run')).map((row) => row[name]);
}

describe.concurrent('a dataset that has changed since the run', () => {
  it.for([
    ['with ids', 'id,prompt\na,one\nb,two\n', 'id,prompt\nn,new\na,one\nb,two\n'],
    ['without ids', 'prompt\none\ntwo\n', 'prompt\nnew\none\ntwo\n'],
    ['without ids, where the new row asks the same as another', 'prompt\none\ntwo\n', 'prompt\ntwo\none\ntwo\n'],
  ] as const)('costs only the row inserted at the top, %s', async ([, before, after], { desk }) => {
    const gateway = await desk.gateway();
    const words = await firstRun(desk, gateway.url, before);
    const paid = await column(desk, 'response_id');
    await desk.write('rows.csv', after);
    await desk.pass(words);
    expect(gateway.stats().served).toBe(6);
    expect(await column(desk, 'row.prompt')).toEqual(
      after
        .split('\n')
        .slice(1, -1)
        .flatMap((line) => {
          const prompt = line.split(',').at(-1);
          return [prompt, prompt];
        }),
    );
    // Every paid answer is still there.
    expect(await column(desk, 'response_id')).toEqual(expect.arrayContaining([...paid]));
  });

  it('costs nothing if rows were only moved or removed', async ({ desk }) => {
    const gateway = await desk.gateway();
    const words = await firstRun(desk, gateway.url, 'id,prompt\na,one\nb,two\nc,three\n');
    await desk.write('rows.csv', 'id,prompt\nc,three\na,one\n');
    await desk.pass(words);
    expect(gateway.stats().calls).toBe(6);
    expect(await column(desk, 'row_id')).toEqual(['c', 'c', 'a', 'a']);
  });

  it('costs a row again whose prompt was edited', async ({ desk }) => {
    const gateway = await desk.gateway();
    const words = await firstRun(desk, gateway.url, 'id,prompt\na,one\nb,two\n');
    await desk.write('rows.csv', 'id,prompt\na,one\nb,other\n');
    await desk.pass(words);
    expect(gateway.stats().served).toBe(6);
    expect(await column(desk, 'row.prompt')).toEqual(['one', 'one', 'other', 'other']);
  });

  it('costs nothing and is scored again if only the expected answer was edited', async ({ desk }) => {
    const gateway = await desk.gateway();
    const dataset = 'id,prompt,expected\na,one,nonsense\nb,two,Simulated\n';
    const words = await firstRun(desk, gateway.url, dataset, '--score', 'contains');
    expect(await column(desk, 'score.contains')).toEqual(['0.0', '0.0', '1.0', '1.0']);
    await desk.write('rows.csv', dataset.replace('nonsense', 'gateway'));
    await desk.pass(words);
    expect(gateway.stats().calls).toBe(4);
    expect(await column(desk, 'score.contains')).toEqual(['1.0', '1.0', '1.0', '1.0']);
  });

  it('costs nothing if a scorer is added', async ({ desk }) => {
    const gateway = await desk.gateway();
    const words = await firstRun(desk, gateway.url, 'id,prompt,expected\na,one,Simulated\n');
    await desk.pass([...words, '--score', 'contains', '--score', 'exact']);
    expect(gateway.stats().calls).toBe(2);
    expect(await column(desk, 'score.exact')).toEqual(['0.0', '0.0']);
  });
});

describe.concurrent('--overwrite', () => {
  it('replaces a run by another and leaves files of the user alone', async ({ desk }) => {
    const gateway = await desk.gateway();
    const words = await firstRun(desk, gateway.url, 'id,prompt\na,one\nb,two\n');
    await desk.write('run/notes.txt', 'mine\n');
    await desk.pass([...words, '-m', 'yandexgpt', '--limit', '1', '--overwrite']);
    expect(gateway.stats().served).toBe(4 + 4);
    expect(await column(desk, 'model')).toEqual(['gpt-4o', 'gpt-4o', 'yandexgpt', 'yandexgpt']);
    expect(await column(desk, 'row_id')).toEqual(['a', 'a', 'a', 'a']);
    expect(await desk.read('run/notes.txt')).toBe('mine\n');
    expect(gateway.stats().duplicates).toBe(2);
  });
});
