import { appendFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import type { Desk } from '../support/cli.ts';
import { it, RunningHere } from '../support/in-process.ts';
import { HAS_NAMESPACES, OTHER_HOST_NAME, OTHER_PID_NAMESPACE } from '../support/namespaces.ts';
import { csvResults, jsonLines, parseObject, questions } from '../support/results.ts';

const ROWS = 120;
const CONCURRENCY = 4;

/** The words of a run that takes a second or two. */
async function slowRun(desk: Desk, gateway: Gateway, ...more: readonly string[]): Promise<readonly string[]> {
  await desk.write('rows.csv', questions(ROWS));
  const grid = ['-m', 'gpt-4o', '--concurrency', String(CONCURRENCY), '--concurrency-mode', 'fixed', '--no-cache'];
  return ['run', 'rows.csv', '--out', 'run', ...grid, '--base-url', gateway.url, ...more];
}

/** Every row has one result, which answers that row's own question. */
async function expectOwnAnswers(desk: Desk): Promise<void> {
  const rows = await csvResults(desk, 'run');
  expect(rows).toHaveLength(ROWS);
  const own = await desk.gateway();
  await desk.pass(['run', 'rows.csv', '--out', 'own', '-m', 'gpt-4o', '--base-url', own.url]);
  const outputs = (await csvResults(desk, 'own')).map((row) => row['output']);
  expect(rows.map((row) => row['output'])).toEqual(outputs);
}

describe.skipIf(!HAS_NAMESPACES).concurrent('two machines with one run folder', { timeout: 120_000 }, () => {
  it.for([
    ['in another PID namespace', OTHER_PID_NAMESPACE, 'another container on this machine'],
    ['under another host name', OTHER_HOST_NAME, 'is running in this folder'],
  ] as const)(
    'one works and one that starts %s is refused: nothing is paid twice',
    async ([, within, why], { desk }) => {
      const gateway = await desk.gateway({ latencyMs: 20 });
      const words = await slowRun(desk, gateway);
      const first = desk.start(words);
      await first.until(() => gateway.stats().served > 0);
      // So that it works for longer than the second one takes to start.
      first.signal('SIGSTOP');
      const second = await desk.startWithin(within, words).ended;
      first.signal('SIGCONT');
      expect(second).toMatchObject({ status: 2 });
      expect(second.stderr).toContain(why);
      expect(await first.ended).toMatchObject({ status: 0 });
      expect(gateway.stats()).toMatchObject({ served: ROWS, duplicates: 0 });
      await expectOwnAnswers(desk);
      expect((await desk.list('run')).filter((name) => name.includes('lock'))).toEqual([]);
    },
  );

  it('a run whose owner was killed elsewhere is resumed with --take-over, and not without', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 20 });
    const words = await slowRun(desk, gateway);
    const first = desk.startWithin(OTHER_PID_NAMESPACE, words);
    await first.until(() => gateway.stats().served >= ROWS / 2);
    first.signal('SIGKILL');
    await first.ended;
    const refused = await desk.run(words);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/last sign of life \d+ s ago by this folder's clock\n.*--take-over/);
    const { status, stderr } = await desk.start([...words, '--take-over']).ended;
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).toContain('watching for 15 s');
    expect(gateway.stats().served).toBeLessThanOrEqual(ROWS + CONCURRENCY);
    await expectOwnAnswers(desk);
    expect((await desk.list('run')).filter((name) => name.includes('lock'))).toEqual([]);
  });
});

describe.concurrent('a run that has lost its folder', { timeout: 60_000 }, () => {
  it('ends with exit status 4 when its journal has lines of another writer, and keeps them', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 20 });
    const words = await slowRun(desk, gateway);
    const cli = new RunningHere(words, { cwd: desk.folder });
    await cli.until(() => gateway.stats().served >= ROWS / 3);
    const [line = {}] = jsonLines(await desk.read('run/journal.jsonl'));
    const foreign = `${JSON.stringify({ ...line, trial_id: 'f'.repeat(16) })}\n`;
    await appendFile(desk.path('run/journal.jsonl'), foreign);
    const atLoss = gateway.stats().served;
    const { status, stderr } = await cli.ended;
    expect({ status, stderr }).toMatchObject({ status: 4 });
    expect(stderr).toContain('another process writes to this folder');
    expect(gateway.stats().served).toBeLessThanOrEqual(atLoss + 3 * CONCURRENCY);
    const [, behind] = (await desk.read('run/journal.jsonl')).split(foreign);
    // At most the batch in progress, and complete.
    expect(jsonLines(behind ?? 'cut off').length).toBeLessThanOrEqual(CONCURRENCY);
  });

  it('leaves run.json to the process that took its place', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 200 });
    const cli = new RunningHere(await slowRun(desk, gateway), { cwd: desk.folder });
    await cli.until(() => gateway.stats().served > 0);
    const lock = parseObject(await desk.read('run/run.lock'));
    await desk.write('run/run.lock', `${JSON.stringify({ ...lock, token: 'another' })}\n`);
    const { status, stderr } = await cli.ended;
    expect({ status, stderr }).toMatchObject({ status: 4 });
    expect(stderr).toContain('the lock of this run is gone or replaced');
    expect(parseObject(await desk.read('run/run.json'))).toMatchObject({ state: 'running' });
    expect(gateway.stats().served).toBeLessThan(ROWS);
    expect(await desk.list('run')).toContain('run.lock');
  });
});

describe('runs without --out that begin at once', { timeout: 60_000 }, () => {
  it('each get a folder of their own', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--json', '--prompt'];
    const started = ['A', 'B'].map((letter) => desk.start([...words, `${letter}: {{ prompt }}`]));
    const ended = await Promise.all(started.map((cli) => cli.ended));
    expect(ended.map(({ status }) => status)).toEqual([0, 0]);
    const folders = ended.map(({ stdout }) => parseObject(stdout)['run']);
    expect(new Set(folders).size).toBe(2);
    const present = (await desk.list('results')).filter((name) => !name.includes('/'));
    expect(present.map((name) => `results/${name}`)).toEqual(folders.map(String).sort());
  });
});

describe('--take-over', () => {
  it('is accepted on the command line only', async ({ desk }) => {
    const gateway = await desk.gateway();
    const words = await slowRun(desk, gateway);
    await desk.write('promptgrid.yaml', 'takeOver: true\n');
    const fromFile = await desk.run(words);
    expect(fromFile.status).toBe(2);
    expect(fromFile.stderr).toContain('"takeOver" is only a flag');
    await desk.write('promptgrid.yaml', '');
    await desk.write('run/run.lock', JSON.stringify({ pid: 1, host: 'gone', started: null }));
    await desk.write('.env', 'PROMPTGRID_TAKE_OVER=true\n');
    const env = { PROMPTGRID_TAKE_OVER: 'true' };
    expect(await desk.run(words, { env })).toMatchObject({ status: 2 });
    expect(gateway.stats().served).toBe(0);
  });
});
