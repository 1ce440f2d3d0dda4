import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { jsonlResults, parseObject } from '../support/results.ts';

/** Of ten rows, gpt-4o fails the second, and gpt-4o-mini the second and the fifth. */
async function setUp(desk: Desk): Promise<void> {
  const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
  await desk.write('rows.csv', `id,prompt,expected\n${numbers.map((n) => `r${n},Q${n},right\n`).join('')}`);
  await desk.write('bare.csv', `prompt,expected\n${numbers.map((n) => `Q${n},right\n`).join('')}`);
  const lines = numbers.flatMap((n) => [
    { prompt: `Q${n}`, model: 'gpt-4o', output: n === 2 ? 'wrong' : 'right' },
    { prompt: `Q${n}`, model: 'gpt-4o-mini', output: n === 2 || n === 5 ? 'wrong' : 'right' },
  ]);
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  await desk.write('answers.jsonl', text);
  await desk.write('better.jsonl', text.replaceAll('wrong', 'right'));
}

const GRID = ['-m', 'gpt-4o,gpt-4o-mini', '--score', 'exact'];
const FIRST = ['run', 'rows.csv', ...GRID, '--simulate', 'answers.jsonl', '--out', 'first'];
const AGAIN = ['run', 'rows.csv', ...GRID, '--simulate', 'better.jsonl', '--out', 'again', '--only-failed', 'first'];

describe.concurrent('--only-failed', () => {
  it('is refused where ids come from another column than in that run', async ({ desk }) => {
    await setUp(desk);
    await desk.pass(FIRST);
    const { status, stderr } = await desk.run([...AGAIN, '--id-column', 'prompt']);
    expect(stderr).toMatch(
      /^error --only-failed first: 2 of its 2 failed rows are not in rows\.csv\nhint .*--id-column/m,
    );
    expect(status).toBe(2);
  });

  it('runs rows that failed in any variant, with all variants, and marks the run', async ({ desk }) => {
    await setUp(desk);
    await desk.pass(FIRST);
    const { stdout, stderr } = await desk.pass(AGAIN);
    expect(stderr).toContain('2 rows × 2 variants = 4 trials');
    expect(stdout).toContain('only rows that failed in first took part (2 rows failed there)');
    const trials = (await jsonlResults(desk, 'again')).map(({ row_id: id, model }) => [id, model]);
    expect(trials).toEqual([
      ['r2', 'gpt-4o'],
      ['r2', 'gpt-4o-mini'],
      ['r5', 'gpt-4o'],
      ['r5', 'gpt-4o-mini'],
    ]);
    const onlyFailed = { run: 'first', rows: 2 };
    expect(parseObject(await desk.read('again/run.json'))).toMatchObject({ onlyFailed, dataset: { rows: 10 } });
    const same = await desk.pass([...AGAIN, '--json']);
    expect(same.stderr).toContain('2 rows × 2 variants = 4 trials');
    expect(parseObject(same.stdout)).toMatchObject({ nothingToDo: true, onlyFailed, trials: 4 });
  });

  it('takes errored rows, and finds rows without ids by their position', async ({ desk }) => {
    await setUp(desk);
    const run = ['run', 'bare.csv', '-m', 'gpt-4o'];
    const gateway = await desk.gateway({ answersFile: desk.path('answers.jsonl'), faults: { rate5xx: 0.4 } });
    const faulty = ['--base-url', gateway.url, '--max-attempts', '1', '--no-model-check', '--score', 'exact'];
    expect((await desk.run([...run, ...faulty, '--out', 'first'])).status).toBe(3);
    const failed = (await jsonlResults(desk, 'first')).filter(
      ({ status, passed }) => status === 'errored' || passed === false,
    );
    expect(failed.some(({ status }) => status === 'errored')).toBe(true);
    await desk.pass([...run, '--simulate', '--out', 'again', '--only-failed', 'first']);
    const ids = (await jsonlResults(desk, 'again')).map(({ row_id: id }) => id);
    expect(ids).toEqual(failed.map(({ row_id: id }) => id));
  });

  it('is not the same run after the earlier one failed elsewhere', async ({ desk }) => {
    await setUp(desk);
    await desk.pass(FIRST);
    await desk.pass(AGAIN);
    await desk.write('worse.jsonl', (await desk.read('answers.jsonl')).replaceAll('right', 'wrong'));
    await desk.pass([...FIRST.map((word) => (word === 'answers.jsonl' ? 'worse.jsonl' : word)), '--overwrite']);
    const { stderr } = await desk.pass(AGAIN);
    expect(stderr).toContain('10 rows × 2 variants = 20 trials → again; 4 are done already');
  });

  it('says that nothing failed, makes no folder and pays nothing', async ({ desk }) => {
    await setUp(desk);
    const perfect = FIRST.map((word) => (word === 'answers.jsonl' ? 'better.jsonl' : word));
    await desk.pass(perfect);
    const gateway = await desk.gateway();
    const before = await desk.list();
    const words = ['run', 'rows.csv', ...GRID, '--base-url', gateway.url, '--out', 'again', '--only-failed', 'first'];
    expect((await desk.pass(words)).stdout).toBe('no row failed in first: nothing to do\n');
    expect(parseObject((await desk.pass([...words, '--json'])).stdout)).toMatchObject({ trials: 0, nothingToDo: true });
    const dry = await desk.pass([...words, '--dry-run', '--json']);
    expect(parseObject(dry.stdout)).toMatchObject({ rows: 0, trials: 0 });
    const estimate = await desk.run(['estimate', ...words.slice(1)]);
    expect([estimate.status, estimate.stderr]).toEqual([2, expect.stringContaining('no row failed there')]);
    expect(gateway.stats().calls).toBe(0);
    expect(await desk.list()).toEqual(before);
  });

  it('counts only these rows in estimates and dry runs', async ({ desk }) => {
    await setUp(desk);
    await desk.pass(FIRST);
    const dry = await desk.pass([...AGAIN, '--dry-run', '--json']);
    expect(parseObject(dry.stdout)).toMatchObject({ rows: 2, trials: 4 });
    const estimate = await desk.pass(['estimate', ...AGAIN.slice(1), '--json']);
    expect(parseObject(estimate.stdout)).toMatchObject({ trials: 4 });
  });

  it('has flips but no verdict in a comparison, and says so in reports', async ({ desk }) => {
    await setUp(desk);
    await desk.pass(FIRST);
    await desk.pass(AGAIN);
    const compared = await desk.run(['compare', 'first', 'again']);
    expect(compared.status).toBe(3);
    expect(compared.stdout).toContain('unsound: candidate again has only 2 rows that failed in first; rows picked');
    expect(compared.stdout).toContain('no verdict');
    expect(compared.stdout).not.toMatch(/significantly|too few/);
    expect(compared.stdout).toContain('flips: 0 got worse, 3 got better');
    const { verdict, pairs } = parseObject((await desk.run(['compare', 'first', 'again', '--json'])).stdout);
    expect(verdict).toBe('unsound');
    expect(pairs).toMatchObject([{ verdict: 'inconclusive' }, { verdict: 'inconclusive' }]);
    await desk.pass(['baseline', 'save', 'again', 'again.jsonl']);
    const kept = await desk.run(['compare', 'again.jsonl', 'first']);
    expect(kept.stdout).toContain('unsound: base again.jsonl has only 2 rows that failed in first');
    expect(kept.status).toBe(3);
    for (const format of ['terminal', 'markdown']) {
      const { stdout } = await desk.pass(['report', 'again', '--format', format]);
      expect(stdout).toContain(
        'only rows that failed in first took part (2 rows failed there): rows picked for failing improve by luck',
      );
    }
  });

  it.for([
    ['first', ['--out', 'first'], '--only-failed names the folder of this run, first', 'another folder with --out'],
    ['nowhere', ['--out', 'again'], 'nowhere', ''],
    [
      'first',
      ['--out', 'again', '--filter', 'id=r1'],
      '--filter id=r1: rows.csv has no such row among those that failed in first',
      'r1',
    ],
  ] as const)('is refused where it can select nothing: %s %s', async ([run, more, message, hint], { desk }) => {
    await setUp(desk);
    await desk.pass(FIRST);
    const words = ['run', 'rows.csv', ...GRID, '--simulate', '--only-failed', run, ...more];
    const told = await refused(desk, await desk.gateway(), words);
    expect(told).toEqual({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) });
  });

  it('refuses a run of other rows', async ({ desk }) => {
    await setUp(desk);
    await desk.pass(FIRST);
    const gateway = await desk.gateway();
    await desk.write('other.csv', 'id,prompt,expected\nr2,Q,right\nr5,Q,right\n');
    const other = AGAIN.map((word) => (word === 'rows.csv' ? 'other.csv' : word));
    const message = '--only-failed first: was made from rows.csv, not from other.csv';
    expect(await refused(desk, gateway, other)).toEqual({ message, hint: 'name a run of this dataset' });
    await desk.write('rows.csv', (await desk.read('rows.csv')).replace('r5,', 'r50,'));
    const gone = await refused(desk, gateway, AGAIN);
    expect(gone.message).toBe('--only-failed first: 1 of its 2 failed rows are not in rows.csv');
    await desk.write('rows.csv', (await desk.read('bare.csv')).replace('Q9', 'Q99'));
    const bare = await refused(desk, gateway, AGAIN);
    expect(bare.message).toBe('--only-failed first: rows.csv has changed since, and its rows have no ids');
  });

  it('takes a dataset that was changed, if it has the rows', async ({ desk }) => {
    await setUp(desk);
    await desk.pass(FIRST);
    await desk.write('rows.csv', (await desk.read('rows.csv')).replace('r5,Q5,right', 'r5,Q5,left'));
    expect((await desk.run(AGAIN)).stderr).toContain('2 rows × 2 variants = 4 trials');
  });
});
