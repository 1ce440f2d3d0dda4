import { chmod, mkdir, stat } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { questions } from '../support/results.ts';

const rightsOf = async (desk: Desk, name: string): Promise<number> => (await stat(desk.path(name))).mode & 0o777;

const ROWS = 3;

const GRID = ['run', 'rows.csv', '-m', 'gpt-4o', '-t', '0'];

const run = ({ url }: Gateway, ...more: readonly string[]): readonly string[] => [
  ...GRID,
  '--out',
  'results/run',
  '--base-url',
  url,
  ...more,
];

const temporaries = async (desk: Desk, folder: string): Promise<readonly string[]> =>
  (await desk.list(folder)).filter((name) => name.endsWith('.tmp'));

describe.concurrent('what killed runs leave behind', { timeout: 60_000 }, () => {
  it('is removed when the run is started again', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    await desk.write('wait.mjs', 'export default () => new Promise(() => setInterval(() => undefined, 1000));\n');
    let before: readonly string[] = [];
    for (let kills = 0; kills < 2; kills++) {
      const cli = desk.start(run(gateway, '--score', 'module:wait.mjs'));
      let now: readonly string[] = [];
      let answers = '';
      // Result files are being written, every answer is there, and none is ever scored.
      while (
        now.filter((name) => name.startsWith('.results.') && !before.includes(name)).length < 2 ||
        answers.split('\n').length <= ROWS
      ) {
        await cli.until(() => true);
        now = await temporaries(desk, 'results/run').catch(() => []);
        answers = await desk.read('results/run/journal.jsonl').catch(() => '');
      }
      cli.signal('SIGKILL');
      expect((await cli.ended).signal).toBe('SIGKILL');
      before = await temporaries(desk, 'results/run');
      expect(before).toHaveLength(2);
    }
    await desk.pass(run(gateway, '--score', 'exact'));
    expect(await temporaries(desk, 'results/run')).toEqual([]);
    expect(gateway.stats().served).toBe(ROWS);
  });

  it('of a standard input is removed too', async ({ desk }) => {
    const gateway = await desk.gateway();
    const words = ['run', '-', '-m', 'gpt-4o', '--out', 'run', '--base-url', gateway.url];
    const cli = desk.start(words, { input: { open: true } });
    const copies = async (): Promise<readonly string[]> =>
      (await temporaries(desk, 'run')).filter((name) => name.startsWith('.dataset.'));
    while ((await copies().catch(() => [])).length === 0) await cli.until(() => true);
    cli.signal('SIGKILL');
    await cli.ended;
    expect(await copies()).toHaveLength(1);
    await desk.pass(words, { input: questions(2) });
    expect(await temporaries(desk, 'run')).toEqual([]);
  });
});

describe.concurrent('permissions', { timeout: 60_000 }, () => {
  it('of the cache and of saved prices are for their owner only, and of a run folder by the umask', async ({
    desk,
  }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    const ended = await desk.runLine(`umask 022; npx promptgrid ${run(gateway, '--rpm', '1000').join(' ')}`);
    expect(ended.status).toBe(0);
    expect(ended.stderr).not.toContain('others');
    for (const folder of ['.promptgrid/cache', '.promptgrid/prices', '.state/promptgrid']) {
      expect([folder, await rightsOf(desk, folder)]).toEqual([folder, 0o700]);
      const names = await desk.list(folder);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect([name, (await rightsOf(desk, `${folder}/${name}`)) & 0o077]).toEqual([name, 0]);
    }
    expect(await rightsOf(desk, 'results/run')).toBe(0o755);
    expect(await rightsOf(desk, 'results/run/results.csv')).toBe(0o644);
  });

  it('of a cache and of saved prices that others could read are restricted, with a note', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    await desk.pass(run(gateway));
    const wide = ['.promptgrid/cache', '.promptgrid/cache/data.mdb', '.promptgrid/prices'];
    for (const name of wide) await chmod(desk.path(name), 0o755);
    const { stderr } = await desk.pass(run(gateway, '--overwrite'));
    expect(stderr).toMatch(/^warning: .*cache: others could read it; from now on only its owner can$/m);
    expect(stderr).toMatch(/^warning: .*prices: others could read it; from now on only its owner can$/m);
    for (const name of wide) expect((await rightsOf(desk, name)) & 0o077).toBe(0);
    expect(gateway.stats().served).toBe(2);
  });

  it.for([
    ['--private', ''],
    ['', 'private: true\n'],
  ] as const)('of a run folder are for its owner only with "%s" and the file "%s"', async ([flag, yaml], { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    await desk.write('promptgrid.yaml', yaml);
    await mkdir(desk.path('wide/run'), { recursive: true });
    const more = flag === '' ? [] : [flag];
    await desk.pass(run(gateway, ...more));
    await desk.pass([...GRID, ...more, '--out', 'wide/run', '--base-url', gateway.url]);
    expect(await rightsOf(desk, 'results/run')).toBe(0o700);
    expect(await rightsOf(desk, 'results')).toBe((await rightsOf(desk, 'wide')) & 0o777);
    expect(await rightsOf(desk, 'wide/run')).toBe(0o700);
  });
});
