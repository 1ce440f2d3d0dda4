import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { jsonlResults, parseObject } from '../support/results.ts';

/** Six rows in three languages, without ids; the fourth asks what the second asks. */
async function setUp(desk: Desk): Promise<void> {
  const rows = [
    { prompt: 'a', lang: 'en', meta: { topic: 'tea' } },
    { prompt: 'b', lang: 'ru', meta: { topic: 'tea' } },
    { prompt: 'c', lang: 'de', meta: { topic: 'rum' } },
    { prompt: 'b', lang: 'ru', meta: { topic: 'rum' } },
    { prompt: 'e', lang: 'en', meta: { topic: 'rum' }, level: 2 },
    { prompt: 'f', lang: 'ru', meta: { topic: 'rum' } },
  ];
  await desk.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

const RUN = ['run', 'rows.jsonl', '-m', 'gpt-4o', '--simulate', '--out', 'run'];

async function rowIds(desk: Desk): Promise<readonly unknown[]> {
  return (await jsonlResults(desk, 'run')).map(({ row_id: id }) => id);
}

describe.concurrent('--filter', () => {
  it.for([
    ['one value', ['--filter', 'lang=ru'], ['2', '4', '6']],
    ['any of the values of one column', ['--filter', 'lang=ru', '--filter', 'lang=de'], ['2', '3', '4', '6']],
    ['all columns', ['--filter', 'lang=ru', '--filter', 'meta.topic=rum'], ['4', '6']],
    ['a number', ['--filter', 'level=2'], ['5']],
    ['rows without a value', ['--filter', 'level=', '--filter', 'lang=en'], ['1']],
    ['the first of its rows', ['--filter', 'lang=ru', '--limit', '2'], ['2', '4']],
  ] as const)('selects by %s, with the ids of the whole file', async ([, flags, ids], { desk }) => {
    await setUp(desk);
    await desk.pass([...RUN, ...flags]);
    expect(await rowIds(desk)).toEqual(ids);
  });

  it('is recorded beside the rows of the whole file, and may be a setting', async ({ desk }) => {
    await setUp(desk);
    await desk.write('promptgrid.yaml', 'filter: [lang=en, lang=de]\n');
    const { stderr } = await desk.pass(RUN);
    expect(stderr).toContain('3 rows × 1 variant = 3 trials');
    const filter = [
      { column: 'lang', value: 'en' },
      { column: 'lang', value: 'de' },
    ];
    expect(parseObject(await desk.read('run/run.json'))).toMatchObject({
      dataset: { rows: 6 },
      trials: 3,
      settings: { selection: { limit: null, filter } },
    });
    await desk.pass(RUN, { env: { PROMPTGRID_FILTER: 'lang=ru' } });
    expect(await rowIds(desk)).toEqual(['2', '4', '6']);
  });

  it('leaves the trials of other rows to a later run in the same folder', async ({ desk }) => {
    await setUp(desk);
    await desk.pass([...RUN, '--filter', 'lang=ru']);
    const again = await desk.pass([...RUN, '--filter', 'lang=ru']);
    expect(again.stderr).toContain('3 rows × 1 variant = 3 trials');
    expect(again.stderr).toContain('nothing to do');
    const whole = await desk.pass(RUN);
    expect(whole.stderr).toContain('6 rows × 1 variant = 6 trials → run; 3 are done already, 3 to go');
    expect(await rowIds(desk)).toEqual(['1', '2', '3', '4', '5', '6']);
    const part = await desk.pass([...RUN, '--filter', 'lang=de']);
    expect(part.stderr).not.toContain('nothing to do');
    expect(await rowIds(desk)).toEqual(['3']);
  });

  it('counts only its rows in estimates and dry runs', async ({ desk }) => {
    await setUp(desk);
    const grid = ['rows.jsonl', '-m', 'gpt-4o', '--simulate', '--filter', 'lang=ru', '--json'];
    expect(parseObject((await desk.pass(['estimate', ...grid])).stdout)).toMatchObject({ trials: 3 });
    expect(parseObject((await desk.pass(['run', ...grid, '--dry-run'])).stdout)).toMatchObject({ rows: 3, trials: 3 });
  });

  it.for([
    ['lang', '--filter must be column=value, got "lang"', '--filter lang=ru'],
    ['=ru', '--filter must be column=value, got "=ru"', '--filter lang=ru'],
    ['lnag=ru', '--filter names the column "lnag", which rows.jsonl lacks', 'did you mean lang?'],
    ['lang=fr', '--filter lang=fr: rows.jsonl has no such row', 'values of "lang": "en", "ru", "de"'],
  ] as const)('is refused if it cannot select: %s', async ([value, message, hint], { desk }) => {
    await setUp(desk);
    const told = await refused(desk, await desk.gateway(), [...RUN, '--filter', value]);
    expect(told).toEqual({ message, hint: expect.stringContaining(hint) });
  });

  it('does not hide faults of the rows that it leaves out', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt,lang\na,Q,en\nb,Q,ru\na,Q,en\n');
    const run = ['run', 'rows.csv', ...RUN.slice(2), '--filter', 'lang=ru'];
    const twice = await refused(desk, await desk.gateway(), run);
    expect(twice.message).toContain('rows.csv:4: the id "a" is there twice');
    await desk.write('rows.csv', 'id,prompt,lang\na,Q,en\nb,Q,ru\nc,Q\n');
    expect((await refused(desk, await desk.gateway(), run)).message).toMatch(/^rows\.csv:4/);
  });
});

describe.concurrent('a mistyped path', () => {
  it.for([
    ['a key', ['--filter', 'meta.topc=tea'], 'meta.topc', 'meta.topic'],
    ['a key, for rows without a value', ['--filter', 'meta.topc='], 'meta.topc', 'meta.topic'],
    ['the column', ['--filter', 'mta.topic=tea'], 'mta.topic', 'meta.topic'],
    ['one of two', ['--filter', 'lang=ru', '--filter', 'meta.topics=tea'], 'meta.topics', 'meta.topic'],
    ['the expected answer', ['--score', 'exact', '--expected', 'meta.topc'], 'meta.topc', 'meta.topic'],
    ['the column of the expected answer', ['--score', 'exact', '--expected', 'mta.topic'], 'mta.topic', 'meta.topic'],
    ['the id', ['--id-column', 'mta.topic'], 'mta.topic', 'meta.topic'],
  ] as const)('in %s is refused, and the right one is named', async ([, flags, given, meant], { desk }) => {
    await setUp(desk);
    const { status, stderr } = await desk.run([...RUN, ...flags]);
    expect(stderr).toContain(`"${given}"`);
    expect(stderr).toContain(`did you mean ${meant}?`);
    expect(status).toBe(2);
  });

  it('is found in CSV cells that hold JSON', async ({ desk }) => {
    await desk.write('rows.csv', 'prompt,meta\nHi,"{""lang"": ""ru"", ""a.b"": {""c"": 1}}"\n');
    const run = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--out', 'run'];
    expect((await desk.run([...run, '--filter', 'meta.lnag=ru'])).stderr).toContain('did you mean meta.lang?');
    await desk.pass([...run, '--filter', 'meta["a.b"].c=1']);
  });
});
