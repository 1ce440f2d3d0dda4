import { spawnSync } from 'node:child_process';
import { appendFile, readdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect } from 'vitest';
import { widthOf } from '../../src/reporters/fold.ts';
import type { Desk, RunningCli } from '../support/cli.ts';
import { it, RunningHere } from '../support/in-process.ts';
import { judgedAnswers } from '../support/judged-answers.ts';
import { parseObject, questions } from '../support/results.ts';

const DRIVER = fileURLToPath(new URL('../support/answer-terminal.py', import.meta.url));
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
const ROWS = 60;

/** Answers of which three of four are right. */
async function prepare(desk: Desk): Promise<void> {
  await desk.write('rows.csv', questions(ROWS));
  const answers = Array.from({ length: ROWS }, (_, n) =>
    JSON.stringify({ prompt: `What is ${n + 1} plus one?`, output: n % 4 === 0 ? 'no idea' : String(n + 2) }),
  );
  await desk.write('answers.jsonl', answers.join('\n'));
}

/** A run of some seconds against a gateway of the test. */
async function slowRun(desk: Desk, words: readonly string[] = []): Promise<RunningCli> {
  await prepare(desk);
  const { url } = await desk.gateway({ answersFile: desk.path('answers.jsonl'), latencyMs: 250 });
  const pace = ['--concurrency', '4', '--concurrency-mode', 'fixed', '--no-cache', '--max-attempts', '1'];
  const grid = ['rows.csv', '-m', 'gpt-4o', '--score', 'exact', '--max-tokens', '10'];
  return desk.start(['run', ...grid, ...pace, '--base-url', url, '--out', 'run', ...words]);
}

async function done(desk: Desk): Promise<number> {
  return (await desk.read('run/journal.jsonl').catch(() => '')).split('\n').length - 1;
}

async function untilDone(desk: Desk, run: RunningCli, least: number): Promise<void> {
  let count = 0;
  const counting = setInterval(() => void done(desk).then((now) => (count = now)), 20);
  await run.until(() => count >= least).finally(() => clearInterval(counting));
}

/** The scores of judges and modules are left to the end of a run, and without the dataset those of other scorers too. */
async function expectScoresLeft(desk: Desk): Promise<void> {
  const { stdout, stderr } = await desk.pass(['watch', 'run']);
  expect(stdout).toMatch(/^note: scored at the end of the run: m\w+$/m);
  expect(stdout).toMatch(/^ gpt-4o +\d+ +\d+\.\d% /m);
  expect(stderr).toBe('');
  await rm(desk.path('rows.csv'));
  const blind = await desk.pass(['watch', 'run']);
  expect(blind.stdout).toContain('note: scored at the end of the run, since the dataset is not here or has changed\n');
  expect(blind.stdout).toMatch(/^ gpt-4o +\d+ +– /m);
}

describe('promptgrid watch', { timeout: 120_000, concurrent: true }, () => {
  it('follows a run to its end on a pipe, a line every few seconds, or until Ctrl-C', async ({ desk }) => {
    const run = await slowRun(desk, ['--budget', '100']);
    const interrupted = desk.start(['watch', 'run', '--wait']);
    const watch = desk.start(['watch', 'run', '--wait']);
    await interrupted.until(() => /^\d+\/60 /m.test(interrupted.stdout));
    interrupted.signal('SIGINT');
    expect((await interrupted.ended).status).toBe(130);
    const { status, stdout, stderr } = await watch.ended;
    expect(status).toBe(0);
    expect((await run.ended).status).toBe(0);
    expect(stdout).toMatch(/^\d+\/60 · (?:\d+\.\d|–)\/s · .* of (?:100|100\.00 ₽)(?: · \d+ in flight)? · 0 errored/m);
    expect(stdout).toMatch(/^run completed\n█{24} 60\/60 · [\d.]+ ₽ of 100\.00 ₽ · 0 errored\n/m);
    expect(stdout).toMatch(/^ gpt-4o +60 +75\.0% +[\d.]+ ₽$/m);
    expect(stderr).toMatch(/^(?:run: waiting for its run to begin\n)?$/);
  });

  it.for(['SIGINT', 'SIGTERM'] as const)('says after %s that the run goes on', async (signal, { desk }) => {
    const words = ['watch', 'run', '--wait'];
    const watch = signal === 'SIGINT' ? new RunningHere(words, { cwd: desk.folder }) : desk.start(words);
    await watch.until(() => watch.stderr.includes('waiting for its run'));
    watch.signal(signal);
    const { status, stderr } = await watch.ended;
    expect(status).toBe(130);
    expect(stderr).toContain('error interrupted\nhint  the run goes on; give the command again to follow it\n');
    expect(stderr).not.toContain('paid');
  });

  it('says that a run was killed, and has its figures so far', async ({ desk }) => {
    await desk.write('mine.mjs', "process.stderr.write('ran'); export default () => 1;\n");
    const run = await slowRun(desk, ['--score', 'module:mine.mjs']);
    await untilDone(desk, run, 12);
    const watch = desk.start(['watch', 'run', '--json']);
    await watch.until(() => /^\d+\/60 /m.test(watch.stderr));
    // As many as may be, at most.
    expect(/ at most (\d+) in flight /.exec(watch.stderr)?.[1]).toBe('4');
    run.signal('SIGKILL');
    await run.ended;
    await appendFile(desk.path('run/journal.jsonl'), '{"trial_id":"torn');
    const { status, stdout } = await watch.ended;
    expect(status).toBe(0);
    const document = parseObject(stdout);
    const count = await done(desk);
    expect(document).toMatchObject({
      state: 'killed',
      simulated: true,
      done: count,
      trials: 60,
      completed: count,
      errored: 0,
    });
    expect(document['why']).toMatch(/^process \d+ is gone, and nothing writes to this folder any more; resume with/);
    expect(document['variants']).toMatchObject([
      { model: 'gpt-4o', completed: count, scores: [{ name: 'exact', n: count }] },
    ]);
    expect(document).not.toHaveProperty('ended');
    await expectScoresLeft(desk);
  });

  it('changes nothing in the folder and takes no lock', async ({ desk }) => {
    await prepare(desk);
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', 'answers.jsonl', '--out', 'run']);
    const before = await desk.files('run');
    await desk.pass(['watch', 'run']);
    expect(await desk.files('run')).toEqual(before);
    expect(await readdir(desk.folder)).not.toContain('.state');
  });

  it('prints a finished run once, with the dataset gone', async ({ desk }) => {
    await prepare(desk);
    await desk.pass([
      'run',
      'rows.csv',
      '-m',
      'gpt-4o',
      '--score',
      'exact',
      '--simulate',
      'answers.jsonl',
      '--out',
      'run',
    ]);
    await rm(desk.path('rows.csv'));
    const { stdout } = await desk.pass(['watch', 'run']);
    expect(stdout.match(/^run completed$/gm)).toHaveLength(1);
    expect(stdout).toMatch(/^ gpt-4o +60 +75\.0% /m);
    expect(await desk.pass(['watch', 'run', '--quiet'])).toMatchObject({ stdout: '', stderr: '' });
  });

  it('counts errors by reason, and a trial that ran again once', async ({ desk }) => {
    await prepare(desk);
    const broken = await desk.gateway({ faults: { rate5xx: 0.5 }, answersFile: desk.path('answers.jsonl'), seed: 3 });
    const words = [
      'run',
      'rows.csv',
      '-m',
      'gpt-4o',
      '--score',
      'exact',
      '--no-cache',
      '--max-attempts',
      '1',
      '--out',
      'run',
    ];
    await desk.run([...words, '--base-url', broken.url]);
    const first = parseObject((await desk.pass(['watch', 'run', '--json'])).stdout);
    expect(first).toMatchObject({
      done: 60,
      errors: expect.arrayContaining([expect.objectContaining({ variants: [expect.anything()] })]),
    });
    expect(first['errored']).toBeGreaterThan(0);
    expect((await desk.pass(['watch', 'run'])).stdout).toMatch(/^\d+ trials errored:\n +\d+ × \w+: HTTP 5\d\d/m);
    const { url } = await desk.gateway({ answersFile: desk.path('answers.jsonl') });
    await desk.pass([...words, '--base-url', url, '--retry-errored']);
    const second = parseObject((await desk.pass(['watch', 'run', '--json'])).stdout);
    expect(second).toMatchObject({ state: 'completed', done: 60, completed: 60, errored: 0, errors: [] });
  });

  it('counts requests to judges apart', async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    await desk.write('answers.jsonl', judgedAnswers(3));
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--score', 'judge', '--judge-model', 'gpt-4o-mini'];
    await desk.run([...words, '--simulate', 'answers.jsonl', '--out', 'run']);
    const document = parseObject((await desk.pass(['watch', 'run', '--json'])).stdout);
    expect(document).toMatchObject({ trials: 3, done: 3, judged: 3 });
  });

  it('refuses a folder without a run', async ({ desk }) => {
    const { status, stderr } = await desk.run(['watch', 'nothing']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error nothing: holds no run\nhint {2}name a run folder.* --wait\n$/);
  });

  it.skipIf(!HAS_PYTHON)('redraws its view on a terminal, and no line is too wide', async ({ desk }) => {
    const run = await slowRun(desk);
    const script = 'unset COLUMNS; stty cols 50 rows 12; exec "$0" "$@"';
    const command = ['python3', DRIVER, '', 'sh', '-c', script];
    const { stdout, status } = await desk.startWithin(command, ['watch', 'run', '--wait']).ended;
    expect(status).toBe(0);
    await run.ended;
    const drawn = stdout.split('\u001B[0J');
    expect(drawn.length).toBeGreaterThan(3);
    const lines = stripVTControlCharacters(drawn.join('\n')).replaceAll('\r', '').split('\n');
    expect(lines.filter((line) => widthOf(line) > 50)).toEqual([]);
    expect(stripVTControlCharacters(drawn.at(-1) ?? '')).toMatch(/^run completed\r\n/);
  });
});
