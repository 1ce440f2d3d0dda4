import { existsSync } from 'node:fs';
import { appendFile, truncate } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import type { Desk, RunningCli } from '../support/cli.ts';
import { it, RunningHere } from '../support/in-process.ts';
import { comparable, csvResults, jsonLines, jsonlResults, parseObject, questions } from '../support/results.ts';

const ROWS = 40;
const CONCURRENCY = 4;
/** Row by row two models. */
const TRIALS = ROWS * 2;
const GRID = ['-m', 'gpt-4o,gpt-4o-mini', '--concurrency', String(CONCURRENCY)];

/** The words of a run that takes about half a second at 20 ms a call. */
async function slowRun(desk: Desk, gateway: Gateway): Promise<readonly string[]> {
  await desk.write('rows.csv', questions(ROWS));
  return ['run', 'rows.csv', '--out', 'run', ...GRID, '--base-url', gateway.url];
}

/** Starts the run and returns when about half of it is served. */
async function startHalf(desk: Desk, gateway: Gateway, words: readonly string[]): Promise<RunningCli> {
  const cli = desk.start(words);
  await cli.until(() => gateway.stats().served >= TRIALS / 2);
  return cli;
}

/** Compares the folder's files with those of an uninterrupted run. */
async function expectLikeUninterrupted(desk: Desk): Promise<void> {
  const gateway = await desk.gateway();
  await desk.pass(['run', 'rows.csv', '--out', 'whole', ...GRID, '--base-url', gateway.url]);
  const rows = await csvResults(desk, 'run');
  expect(new Set(rows.map((row) => row['trial_id'])).size).toBe(TRIALS);
  expect(comparable(rows)).toEqual(comparable(await csvResults(desk, 'whole')));
  expect(comparable(await jsonlResults(desk, 'run'))).toEqual(comparable(await jsonlResults(desk, 'whole')));
}

async function stateOf(desk: Desk): Promise<unknown> {
  return parseObject(await desk.read('run/run.json'))['state'];
}

describe.concurrent('a run that is killed', { timeout: 60_000 }, () => {
  it('twice resumes with the same command, pays again at most what was in flight, and ends the same', async ({
    desk,
  }) => {
    const gateway = await desk.gateway({ latencyMs: 20 });
    const words = await slowRun(desk, gateway);
    const cli = await startHalf(desk, gateway, words);
    cli.signal('SIGKILL');
    expect((await cli.ended).signal).toBe('SIGKILL');
    const lines = jsonLines(await desk.read('run/journal.jsonl'));
    expect(lines.length).toBeGreaterThanOrEqual(TRIALS / 2 - CONCURRENCY);
    expect(await stateOf(desk)).toBe('running');

    const second = desk.start(words);
    await second.until(() => gateway.stats().served >= TRIALS * 0.8);
    second.signal('SIGKILL');
    expect((await second.ended).stderr).toContain(`${lines.length} are done already`);
    const now = jsonLines(await desk.read('run/journal.jsonl'));
    expect(now.length).toBeGreaterThan(lines.length);

    const { stdout, stderr } = await desk.pass(words);
    expect(stderr).toContain(`${now.length} are done already`);
    expect(stdout).toMatch(/^up to \d+ calls got no usable answer and may have been billed: at most [\d.,]+ ₽$/m);
    expect(gateway.stats().served).toBeLessThanOrEqual(TRIALS + 2 * CONCURRENCY);
    expect(await stateOf(desk)).toBe('completed');
    await expectLikeUninterrupted(desk);
    // The dead process's lock is gone, and so are its partial files; the possible cost of its calls in flight is kept.
    const results = ['report.html', 'results.csv', 'results.jsonl', 'run.json', 'summary.json'];
    const files = ['holds.jsonl', 'journal.jsonl', ...results];
    expect(await desk.list('run')).toEqual(files);
  });
});

describe.concurrent('a run that is interrupted', { timeout: 60_000 }, () => {
  it.for(['SIGINT', 'SIGTERM'] as const)(
    'by %s keeps what is in flight, writes its files, and says how to resume, which pays nothing twice',
    async (name, { desk }) => {
      const gateway = await desk.gateway({ latencyMs: 20 });
      await desk.write("bob's rows.csv", questions(ROWS));
      const prompt = `It's "{{ prompt }}", isn't it; $HOME?`;
      const words = ['run', "bob's rows.csv", ...GRID, '--prompt', prompt, '--base-url', gateway.url];
      const cli = await startHalf(desk, gateway, words);
      cli.signal(name);
      const { status, stderr } = await cli.ended;
      expect(status).toBe(130);
      const { served, abandoned } = gateway.stats();
      expect(abandoned).toBe(0);
      expect(served).toBeLessThan(TRIALS);
      const [folder = ''] = await desk.list('results');
      const out = `results/${folder}`;
      expect(await csvResults(desk, out)).toHaveLength(served);
      expect(parseObject(await desk.read(`${out}/run.json`))).toMatchObject({ state: 'interrupted' });

      const line = /^resume with: (npx promptgrid run .*)$/m.exec(stderr)?.[1] ?? '';
      const resumed = await desk.runLine(line);
      expect({ status: resumed.status, stderr: resumed.stderr }).toMatchObject({ status: 0 });
      expect(gateway.stats()).toMatchObject({ served: TRIALS, duplicates: 0 });
      expect(await csvResults(desk, out)).toHaveLength(TRIALS);
      expect(await desk.list('results')).toContain(folder);
      expect((await desk.list('results')).filter((entry) => !entry.includes('/'))).toEqual([folder]);
    },
  );

  it('a second time ends at once, and the run can still be resumed', async ({ desk }) => {
    const slow = await desk.gateway({ latencyMs: 3_600_000 });
    await desk.write('rows.csv', questions(3));
    const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '--base-url', slow.url];
    const cli = desk.start(words);
    await cli.until(() => slow.stats().inFlight > 0);
    cli.signal('SIGINT');
    await cli.until(() => cli.stderr.includes('once more'));
    cli.signal('SIGINT');
    expect(await cli.ended).toMatchObject({ status: 130, signal: null });
    expect(slow.stats().served).toBe(0);
    await slow.close();

    const quick = await desk.gateway({ port: Number(new URL(slow.url).port) });
    await desk.pass(words);
    expect(quick.stats().served).toBe(3);
  });

  it.for([
    ['the list of models', ['run', 'rows.csv', '-m', 'gpt-4o'], undefined],
    ['the end of standard input', ['run', '-', '-m', 'gpt-4o'], { open: true }],
    ['the balance', ['balance'], undefined],
  ] as const)('a second time ends at once while it waits for %s', async ([, words, input], { desk, silence }) => {
    await desk.write('rows.csv', questions(1));
    const all = [...words, '--base-url', silence.url];
    const cli = input === undefined ? new RunningHere(all, { cwd: desk.folder }) : desk.start(all, { input });
    await cli.until(() => (input === undefined ? silence.connections() > 0 : existsSync(desk.path('results'))));
    cli.signal('SIGINT');
    await cli.until(() => cli.stderr.includes('once more'));
    cli.signal('SIGINT');
    // Far less than any timeout of the program, far more than it needs.
    const late = delay(4000, null, { ref: false });
    const ended = await Promise.race([cli.ended, late]);
    // If the first was enough, the second may meet a process without its handlers; a shell says 130 to both.
    expect(ended?.signal === 'SIGINT' ? 130 : ended?.status).toBe(130);
  });

  it('while calls wait for a retry does not wait for them', async ({ desk }) => {
    const gateway = await desk.gateway({ faults: { rate429: 1 }, retryAfterS: 300 });
    await desk.write('rows.csv', questions(3));
    const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '--base-url', gateway.url];
    const cli = new RunningHere(words, { cwd: desk.folder });
    await cli.until(() => gateway.stats().faults['429'] > 0);
    cli.signal('SIGINT');
    expect(await cli.ended).toMatchObject({ status: 130, signal: null });
    expect(await csvResults(desk, 'run')).toEqual([]);
  });
});

describe.concurrent('a run folder', { timeout: 60_000 }, () => {
  it('accepts one process at a time: the second is refused, the first is unharmed', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 20 });
    const words = await slowRun(desk, gateway);
    const first = await startHalf(desk, gateway, words);
    // The first is suspended, so that it cannot end before the second has started.
    first.signal('SIGSTOP');
    const second = await desk.run([...words, '--overwrite']);
    expect(second).toMatchObject({ status: 2, stdout: '' });
    expect(second.stderr).toMatch(/^error run: process \d+ is running in this folder\nhint {2}.*--out.*\n$/);
    first.signal('SIGCONT');
    expect((await first.ended).status).toBe(0);
    expect(gateway.stats()).toMatchObject({ served: TRIALS, duplicates: 0 });
    expect(await csvResults(desk, 'run')).toHaveLength(TRIALS);
  });

  it('with a torn last journal line loses only that trial and says so', async ({ desk }) => {
    const gateway = await desk.gateway();
    const words = await slowRun(desk, gateway);
    await desk.pass(words);
    const before = comparable(await csvResults(desk, 'run'));
    const journal = await desk.read('run/journal.jsonl');
    const lastLine = journal.trimEnd().split('\n').at(-1) ?? '';
    const bytes = Buffer.byteLength(journal);
    await truncate(desk.path('run/journal.jsonl'), bytes - Math.ceil(Buffer.byteLength(lastLine) / 2));
    const { stderr } = await desk.pass([...words, '--pay-again']);
    expect(stderr).toMatch(/journal\.jsonl.*unfinished last line/);
    expect(gateway.stats()).toMatchObject({ served: TRIALS + 1, duplicates: 1 });
    expect(comparable(await csvResults(desk, 'run'))).toEqual(before);
  });

  it('with half a line after the journal drops it without a call', async ({ desk }) => {
    const gateway = await desk.gateway();
    const words = await slowRun(desk, gateway);
    await desk.pass(words);
    const journal = await desk.read('run/journal.jsonl');
    const [before, written] = [await desk.read('run/results.csv'), gateway.stats().calls];
    await appendFile(desk.path('run/journal.jsonl'), journal.slice(0, 150));
    await desk.pass(words);
    expect(gateway.stats().calls).toBe(written);
    expect(await desk.read('run/journal.jsonl')).toBe(journal);
    expect(await desk.read('run/results.csv')).toBe(before);
  });

  it('without its result files restores them from the journal alone', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(4));
    const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '--base-url', gateway.url];
    await desk.pass(words);
    const before = await desk.read('run/results.csv');
    await desk.write('run/results.csv', 'spoilt');
    await desk.pass(words);
    expect(await desk.read('run/results.csv')).toBe(before);
    expect(gateway.stats().calls).toBe(4);
  });
});
