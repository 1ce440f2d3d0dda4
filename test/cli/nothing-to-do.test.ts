import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { parseObject, questions } from '../support/results.ts';

const ROWS = 6;
const SAID = 'nothing to do: every trial has its result, and neither the inputs nor the files have changed\n';
const FILES = ['journal.jsonl', 'report.html', 'results.csv', 'results.jsonl', 'run.json', 'summary.json'] as const;
const SCHEMA = '{"type": "object"}';

interface Finished {
  readonly gateway: Gateway;
  readonly words: readonly string[];
}

/** A run in which every trial has its result, with scores by a file and by a column. */
async function finishedRun(desk: Desk): Promise<Finished> {
  const gateway = await desk.gateway();
  await desk.write('rows.csv', questions(ROWS));
  await desk.write('schema.json', SCHEMA);
  const scores = ['--score', 'contains', '--score', 'json-schema:schema.json'];
  const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o,gpt-4o-mini', ...scores, '--base-url', gateway.url];
  await desk.pass(words);
  return { gateway, words };
}

/** What tells a file that was replaced from one that was left alone. */
async function places(desk: Desk): Promise<readonly string[]> {
  const found = await Promise.all(FILES.map((name) => stat(desk.path(`run/${name}`), { bigint: true })));
  return found.map(({ ino, mtimeNs }, at) => `${FILES[at]} ${ino} ${mtimeNs}`);
}

describe.concurrent('the command of a finished run, given again', { timeout: 120_000 }, () => {
  it('says that nothing is to do, prints the same, and leaves every file alone', async ({ desk }) => {
    const { gateway, words } = await finishedRun(desk);
    const before = await places(desk);
    const calls = gateway.stats();
    const second = await desk.pass(words);
    expect(second.stderr).toContain('6 rows × 2 variants = 12 trials → run; 12 are done already, 0 to go\n');
    expect(second.stderr.endsWith(SAID)).toBe(true);
    expect(await places(desk)).toEqual(before);
    expect(await desk.list('run')).toEqual([...FILES]);
    expect(gateway.stats()).toEqual(calls);
    // The usual way makes the same of the same data.
    await rm(desk.path('run/summary.json'));
    const third = await desk.pass(words);
    expect(third.stderr).not.toContain('nothing to do');
    expect(third.stdout).toBe(second.stdout);
  });

  it('has the document of the first session, but for `nothingToDo`', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(30));
    const judged = ['--score', 'judge:is it right?', '--judge-model', 'gpt-4o-mini', '--cluster', 'expected'];
    const gates = ['--min', 'contains=0.001', '--max-errored', '0', '--max-cost-per-1k', '100000'];
    const grid = ['-m', 'gpt-4o,gpt-4o-mini', '--repeat', '2', '--score', 'contains', '--max-tokens', '50'];
    const words = [
      'run',
      'rows.csv',
      '--out',
      'run',
      ...grid,
      ...judged,
      ...gates,
      '--base-url',
      gateway.url,
      '--json',
    ];
    const first = await desk.run(words);
    const again = await desk.run(words);
    expect(again.stderr).toContain(SAID);
    expect(again.status).toBe(first.status);
    const { nothingToDo, ...document } = parseObject(again.stdout);
    expect(nothingToDo).toBe(true);
    expect({ ...document, nothingToDo: false }).toEqual(parseObject(first.stdout));
  });

  it('needs no server', async ({ desk }) => {
    const { gateway, words } = await finishedRun(desk);
    await gateway.close();
    expect((await desk.pass(words)).stderr).toContain(SAID);
  });

  it('repeats what the check of the dataset warned of', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'id,prompt,_expected\na,Hi,x\n');
    const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '--base-url', gateway.url];
    const warning = /^warning: the column "_expected" is data like any other.*$/m;
    const [told] = warning.exec((await desk.pass(words)).stderr) ?? [''];
    expect(told).not.toBe('');
    expect((await desk.pass(words)).stderr).toContain(`${told}\n`);
    expect((await desk.pass(words)).stderr).toContain(SAID);
  });

  it('ends with the exit status of errored trials, and does something only with --retry-errored', async ({ desk }) => {
    const gateway = await desk.gateway({ faults: { rate5xx: 0.5 }, seed: 3 });
    await desk.write('rows.csv', questions(12));
    const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '--max-attempts', '1', '--base-url', gateway.url];
    const first = await desk.run(words);
    const again = await desk.run(words);
    expect([first.status, again.status]).toEqual([3, 3]);
    expect(again.stderr).toContain(SAID);
    expect(again.stdout).toBe(first.stdout);
    expect(again.stderr).toMatch(/npx promptgrid run rows\.csv .*--retry-errored/);
    const { calls } = gateway.stats();
    const retried = await desk.run([...words, '--retry-errored']);
    expect(retried.stderr).not.toContain('nothing to do');
    expect(gateway.stats().calls).toBeGreaterThan(calls);
  });

  it('is found so for a dataset from standard input, unless its copy is gone', async ({ desk }) => {
    const gateway = await desk.gateway();
    const words = ['run', '-', '--out', 'run', '-m', 'gpt-4o', '--base-url', gateway.url];
    const input = questions(ROWS);
    await desk.pass(words, { input });
    const before = await places(desk);
    expect((await desk.pass(words, { input })).stderr).toContain(SAID);
    expect(await places(desk)).toEqual(before);
    expect(await desk.list('run')).toEqual(['dataset.csv', ...FILES]);
    await rm(desk.path('run/dataset.csv'));
    expect((await desk.pass(words, { input })).stderr).not.toContain('nothing to do');
    expect(await desk.read('run/dataset.csv')).toBe(input);
  });

  it('is found so after the run was killed while it wrote its files', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(40));
    await desk.write(
      'wait.mjs',
      "import { writeFileSync } from 'node:fs'; export default () => { writeFileSync('scoring', ''); for (;;); };",
    );
    const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '--base-url', gateway.url];
    // Otherwise calls in flight would be killed too: what they may have cost must be said in every session.
    await desk.pass(words);
    const killed = desk.start([...words, '--score', 'module:./wait.mjs']);
    await killed.until(() => existsSync(desk.path('scoring')));
    killed.signal('SIGKILL');
    expect((await killed.ended).signal).toBe('SIGKILL');
    // No file had been replaced yet.
    expect((await desk.pass(words)).stderr).toContain(SAID);
    await rm(desk.path('run/results.csv'));
    await desk.pass(words);
    expect(await desk.list('run')).toEqual([...FILES]);
    expect((await desk.pass(words)).stderr).toContain(SAID);
    expect(gateway.stats()).toMatchObject({ served: 40, duplicates: 0 });
  });

  it.for([
    ['the page', 'report.html'],
    ['a result file', 'results.csv'],
    ['summary.json', 'summary.json'],
  ])('makes %s again without the server, if nothing else is to do', async ([, name = ''], { desk }) => {
    const { gateway, words } = await finishedRun(desk);
    const before = await desk.read(`run/${name}`);
    const prices = parseObject(await desk.read('run/run.json'))['prices'];
    await gateway.close();
    await rm(desk.path(`run/${name}`));
    const again = await desk.pass(words);
    expect(again.stderr).toContain('12 are done already, 0 to go\n');
    expect(await desk.list('run')).toEqual([...FILES]);
    if (name !== 'report.html') expect(await desk.read(`run/${name}`)).toBe(before);
    expect(parseObject(await desk.read('run/run.json'))['prices']).toEqual(prices);
    expect((await desk.pass(words)).stderr).toContain(SAID);
  });

  it('makes the files of other settings that need no call without the server', async ({ desk }) => {
    const { gateway, words } = await finishedRun(desk);
    await gateway.close();
    await desk.pass([...words, '--score', 'exact', '--format', 'jsonl', '--format', 'csv']);
    expect(await desk.read('run/results.jsonl')).toContain('"score.exact"');
  });

  it('makes them again from the verdicts of judges, and needs the server for new ones', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    const judged = ['--score', 'judge:is it right?', '--judge-model', 'gpt-4o-mini'];
    const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', ...judged, '--base-url', gateway.url];
    await desk.pass(words);
    const before = await desk.read('run/results.csv');
    await gateway.close();
    await rm(desk.path('run/results.csv'));
    await desk.pass(words);
    expect(await desk.read('run/results.csv')).toBe(before);
    expect((await desk.run([...words, '--score', 'judge:is it short?'])).status).not.toBe(0);
  });

  it('removes the files that it does not write, and says so', async ({ desk }) => {
    const { words } = await finishedRun(desk);
    const fewer = await desk.pass([...words, '--format', 'jsonl', '--no-report']);
    const said = 'removed: an earlier session wrote it, and this one does not';
    expect(fewer.stderr).toContain(`results.csv: ${said}`);
    expect(fewer.stderr).toContain(`report.html: ${said}`);
    expect(await desk.list('run')).toEqual(['journal.jsonl', 'results.jsonl', 'run.json', 'summary.json']);
  });

  it('keeps such a file if somebody edited it, and says so', async ({ desk }) => {
    const { words } = await finishedRun(desk);
    await desk.write('run/results.csv', 'mine');
    const { stderr } = await desk.pass([...words, '--format', 'jsonl']);
    expect(stderr).toContain('results.csv: edited since, and kept: an earlier session wrote it');
    expect(await desk.read('run/results.csv')).toBe('mine');
  });

  it('says why a run with wide files only has no page', async ({ desk }) => {
    const { words } = await finishedRun(desk);
    const { stderr } = await desk.pass([...words, '--format', 'wide-csv']);
    expect(stderr).toMatch(/report\.html: not written, since wide result files lack what it shows: add --format jsonl/);
  });
});
