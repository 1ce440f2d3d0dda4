import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import { chatServer } from '../support/chat-server.ts';
import type { Desk, Ended, RunningCli } from '../support/cli.ts';
import { it, RunningHere } from '../support/in-process.ts';
import { csvResults, jsonLines, parseObject, questions } from '../support/results.ts';

const DRIVER = fileURLToPath(new URL('../support/closed-terminal.py', import.meta.url));
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
const ROWS = 80;
const FILES = ['journal.jsonl', 'report.html', 'results.csv', 'results.jsonl', 'run.json', 'summary.json'];

function words({ url }: Gateway, ...more: readonly string[]): readonly string[] {
  const grid = ['-m', 'gpt-4o', '--concurrency', '4', '--no-cache'];
  return ['run', 'rows.csv', '--out', 'run', ...grid, '--base-url', url, ...more];
}

/** Starts it on a terminal, which SIGUSR1 closes. */
function startOnTerminal(desk: Desk, all: readonly string[]): RunningCli {
  const env = { DRIVER, TERM: 'xterm' };
  return desk.startLine(`exec python3 "$DRIVER" "$NODE" "$PROGRAM" ${all.join(' ')}`, { env });
}

/** Results that the journal holds now. */
function answersIn(desk: Desk): number {
  const path = desk.path('run/journal.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}

async function runFile(desk: Desk): Promise<ReturnType<typeof parseObject>> {
  return parseObject(await desk.read('run/run.json'));
}

/** The run as `watch` shows it. */
async function watched(desk: Desk): Promise<ReturnType<typeof parseObject>> {
  return parseObject((await desk.pass(['watch', 'run', '--json'])).stdout);
}

/** Every answer that the gateway served is in the journal and in the files, and nothing else is in the folder. */
async function expectNothingLost(desk: Desk, gateway: Gateway): Promise<void> {
  const { served, abandoned } = gateway.stats();
  expect(abandoned).toBe(0);
  expect(served).toBeLessThan(ROWS);
  expect(jsonLines(await desk.read('run/journal.jsonl'))).toHaveLength(served);
  expect(await csvResults(desk, 'run')).toHaveLength(served);
  expect(await desk.list('run')).toEqual(FILES);
}

/** The same command again pays only for what is missing. */
async function expectResumes(desk: Desk, gateway: Gateway): Promise<void> {
  await desk.pass(words(gateway));
  expect(gateway.stats()).toMatchObject({ served: ROWS, duplicates: 0 });
  expect(await csvResults(desk, 'run')).toHaveLength(ROWS);
}

describe.skipIf(!HAS_PYTHON).concurrent('a terminal that is closed (needs python3)', { timeout: 60_000 }, () => {
  it('interrupts the run cleanly: state, files, no lock, nothing lost', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 30 });
    await desk.write('rows.csv', questions(ROWS));
    const cli = startOnTerminal(desk, words(gateway));
    await cli.until(() => gateway.stats().served >= 20);
    cli.signal('SIGUSR1');
    expect(await cli.ended).toMatchObject({ status: 130 });
    expect(await runFile(desk)).toMatchObject({ state: 'interrupted', stoppedBecause: 'interrupted' });
    await expectNothingLost(desk, gateway);
    await expectResumes(desk, gateway);
  });

  it('during a question about the cost counts as no', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    const cli = startOnTerminal(desk, words(gateway, '--max-tokens', '10', '--confirm-above', '0.01'));
    await cli.until(() => cli.stdout.includes('[y/N]'));
    cli.signal('SIGUSR1');
    expect(await cli.ended).toMatchObject({ status: 130 });
    expect(gateway.stats().calls).toBe(0);
    expect(existsSync(desk.path('run'))).toBe(false);
  });
});

describe.concurrent('a run', { timeout: 60_000 }, () => {
  it('ends cleanly on SIGHUP', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 30 });
    await desk.write('rows.csv', questions(ROWS));
    const cli = desk.start(words(gateway));
    await cli.until(() => gateway.stats().served >= 20);
    cli.signal('SIGHUP');
    const { status, stderr } = await cli.ended;
    expect(status).toBe(130);
    expect(stderr).toMatch(/^resume with: npx promptgrid run .*--out run/m);
    await expectNothingLost(desk, gateway);
    await expectResumes(desk, gateway);
  });

  it('that a second signal, of whatever kind, ends at once says so in run.json', async ({ desk }) => {
    const slow = await desk.gateway({ latencyMs: 3_600_000 });
    await desk.write('rows.csv', questions(3));
    const cli = new RunningHere(words(slow), { cwd: desk.folder });
    await cli.until(() => slow.stats().inFlight > 0);
    cli.signal('SIGTERM');
    await cli.until(() => cli.stderr.includes('once more'));
    cli.signal('SIGHUP');
    expect(await cli.ended).toMatchObject({ status: 130, signal: null });
    expect(await runFile(desk)).toMatchObject({ state: 'interrupted', stoppedBecause: 'interrupted' });
    expect(await desk.list('run')).toEqual(['holds.jsonl', 'journal.jsonl', 'run.json']);
  });

  it('ends at once says what is kept and paid, and null for what nobody has added up', async ({
    desk,
    onTestFinished,
  }) => {
    const open = { connection: 'open' } as const;
    let isSlow = true;
    const server = await chatServer({ onTestFinished }, ({ before }) => (before < 7 || !isSlow ? 'Yes.' : open));
    await desk.write('rows.csv', questions(20));
    const url = ['--provider', 'custom', '--base-url', server.url, '--price', 'm=3,15', '--currency', 'USD'];
    const run = ['run', 'rows.csv', '--out', 'run', '-m', 'm', '--max-tokens', '20', '--concurrency', '4', ...url];
    const endAtOnce = async (...more: readonly string[]): Promise<Ended> => {
      const answered = server.calls.length;
      const cli = new RunningHere([...run, ...more], { cwd: desk.folder });
      await cli.until(() => server.calls.length >= Math.max(answered + 1, 8) && answersIn(desk) === 7);
      cli.signal('SIGINT');
      await cli.until(() => cli.stderr.includes('once more'));
      cli.signal('SIGINT');
      return cli.ended;
    };
    const first = await endAtOnce();
    expect([first.status, first.stdout]).toEqual([
      130,
      expect.stringMatching(
        /^7 of 20 trials have a result in the folder · 0\.000735 \$ paid so far · no result file .* the same command/,
      ),
    ]);
    const { status, stdout } = await endAtOnce('--json');
    expect(status).toBe(130);
    expect(parseObject(stdout)).toMatchObject({
      state: 'interrupted',
      trials: 20,
      completed: null,
      errored: null,
      skipped: null,
      cached: null,
      cost: { total: null, currency: null },
      tokens: { prompt: null, completion: null },
      kept: { results: 7, costs: [{ total: '0.000735', currency: 'USD' }], unknownCosts: 0 },
      files: [],
    });
    const [, ...others] = (await desk.read('run/journal.jsonl')).split('\n');
    await desk.write('run/journal.jsonl', ['{}', ...others].join('\n'));
    const third = parseObject((await endAtOnce('--json', '--pay-again')).stdout);
    expect(third).toMatchObject({ lostResults: 1, kept: { results: 6, unknownCosts: 1 } });
    isSlow = false;
    const { stdout: last } = await desk.pass(run);
    expect(last).toContain('20 of 20 trials: 20 completed · 0.0021 $ + 1 unknown');
    expect(parseObject(await desk.read('run/summary.json'))).toMatchObject({ lostResults: 1 });
  });

  it('ends at once while it writes its files, which are discarded', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    const scorer = `import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
export default async () => {
  writeFileSync('scoring', '');
  while (!existsSync('proceed')) await delay(5);
  return { value: 1 };
};`;
    await desk.write('score.mjs', scorer);
    const cli = new RunningHere(words(gateway, '--score', 'module:score.mjs'), { cwd: desk.folder });
    // Answers that are not stored yet would be lost with their calls.
    await cli.until(() => existsSync(desk.path('scoring')) && answersIn(desk) === 3);
    cli.signal('SIGINT');
    await cli.until(() => cli.stderr.includes('once more'));
    cli.signal('SIGINT');
    await desk.write('proceed', '');
    expect(await cli.ended).toMatchObject({ status: 130, signal: null });
    expect(await runFile(desk)).toMatchObject({ state: 'interrupted' });
    expect(await desk.list('run')).toEqual(['journal.jsonl', 'run.json']);
    await desk.pass(words(gateway, '--score', 'module:score.mjs'));
    expect(gateway.stats()).toMatchObject({ served: 3, duplicates: 0 });
  });

  it.for([
    ['waits forever', 'new Promise(() => {})'],
    ['never returns', '(() => { for (;;); })()'],
  ])("ends at once while a user's scorer %s, and says how to resume", async ([, body = ''], { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    const scorer = `import { writeFileSync } from 'node:fs';
export default () => { writeFileSync('scoring', ''); return ${body}; };`;
    await desk.write('score.mjs', scorer);
    // With a judge, answers are scored when all calls are over: what must end is the scorer alone.
    const scorers = ['--score', 'module:score.mjs', '--score', 'judge', '--judge-model', 'gpt-4o'];
    const cli = desk.start(words(gateway, ...scorers, '--json'));
    await cli.until(() => existsSync(desk.path('scoring')));
    cli.signal('SIGINT');
    await cli.until(() => cli.stderr.includes('once more'));
    cli.signal('SIGINT');
    const { status, signal, stdout } = await cli.ended;
    expect([status, signal]).toEqual([130, null]);
    // The gateway was called by its address: that answers are simulated shows in the answers alone.
    const facts = { state: 'interrupted', simulated: true };
    expect(parseObject(stdout)).toMatchObject({ ...facts, kept: { results: 3 } });
    expect(await runFile(desk)).toMatchObject(facts);
    expect(await watched(desk)).toMatchObject({ ...facts, done: 3 });
    expect(await desk.list('run')).toEqual(['journal.jsonl', 'run.json']);
  });

  it('that ended at once is watched with what its journal holds, and not with the files of an earlier session', async ({
    desk,
  }) => {
    const gateway = await desk.gateway({ latencyMs: 30 });
    await desk.write('rows.csv', questions(ROWS));
    const scorer = `import { existsSync, writeFileSync } from 'node:fs';
export default () => existsSync('stuck') ? new Promise(() => writeFileSync('scoring', '')) : 1;\n`;
    await desk.write('score.mjs', scorer);
    const run = words(gateway, '--score', 'module:score.mjs');
    const first = new RunningHere(run, { cwd: desk.folder });
    await first.until(() => gateway.stats().served >= 20);
    first.signal('SIGINT');
    await first.ended;
    const { done } = await watched(desk);
    expect(done).toBeLessThan(ROWS);
    await desk.write('stuck', '');
    const second = desk.start(run);
    await second.until(() => existsSync(desk.path('scoring')) && answersIn(desk) === ROWS);
    second.signal('SIGINT');
    await second.until(() => second.stderr.includes('once more'));
    second.signal('SIGINT');
    await second.ended;
    expect(await watched(desk)).toMatchObject({
      state: 'interrupted',
      simulated: true,
      completed: ROWS,
      variants: [{ completed: ROWS }],
    });
  });

  it("ends at once although a user's command refuses to end", async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    // One answer after the other call was sent: it has not stopped answering, so that it may end by itself.
    const command = `import { createInterface } from 'node:readline';
import { writeFileSync } from 'node:fs';
process.on('SIGTERM', () => {});
setInterval(() => {}, 1000);
let calls = 0;
createInterface(process.stdin).on('line', (line) => {
  const { id } = JSON.parse(line);
  calls += 1;
  if (calls === 2) return;
  console.log(JSON.stringify({ id, output: 'Yes.', usage: { promptTokens: 1, completionTokens: 1 } }));
  if (calls === 3) writeFileSync('answered', '');
});`;
    await desk.write('own.mjs', command);
    const exec = `exec:${process.execPath} own.mjs`;
    const cli = desk.start(['run', 'rows.csv', '-m', exec, '--out', 'run', '--no-cache', '--concurrency', '2']);
    await cli.until(() => existsSync(desk.path('answered')) && answersIn(desk) === 2);
    cli.signal('SIGINT');
    await cli.until(() => cli.stderr.includes('once more'));
    cli.signal('SIGINT');
    expect(await cli.ended).toMatchObject({ status: 130, signal: null });
    expect(await runFile(desk)).toMatchObject({ state: 'interrupted' });
  });

  it("ends although a user's module still has a timer", async ({ desk }) => {
    await desk.write('score.mjs', 'setInterval(() => {}, 3_600_000);\nexport default () => ({ value: 1 });\n');
    await desk.write('rows.csv', questions(2));
    const run = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '--simulate', '--score', 'module:score.mjs'];
    expect(await desk.start(run).ended).toMatchObject({ status: 0 });
    expect(await csvResults(desk, 'run')).toHaveLength(2);
  });
});

/** Breaks a run once a file exists: loaded with the program, like a fault of its own. */
const BREAKERS = {
  'an error that nobody catches': `setInterval(() => { if (existsSync('broken')) throw new TypeError('odd'); }, 5);`,
  'a rejection that nobody handles': `const timer = setInterval(() => {
  if (!existsSync('broken')) return;
  clearInterval(timer);
  void Promise.reject(new TypeError('odd'));
}, 5);`,
  'an error behind a stored result': `import { syncBuiltinESMExports } from 'node:module';
import zlib from 'node:zlib';
const { crc32 } = zlib;
zlib.crc32 = (...all) => {
  const { stack } = new Error();
  if (existsSync('broken') && stack.includes('#note') && stack.includes('#writeAll')) throw new TypeError('odd');
  return crc32(...all);
};
syncBuiltinESMExports();`,
} as const;

describe.concurrent('a fault of the program itself', { timeout: 60_000 }, () => {
  it.for(Object.entries(BREAKERS))(
    'in the middle of a run, %s, leaves a run that can be resumed',
    async ([, code], { desk }) => {
      const gateway = await desk.gateway({ latencyMs: 30 });
      await desk.write('rows.csv', questions(ROWS));
      await desk.write('break.mjs', `import { existsSync } from 'node:fs';\n${code}\n`);
      const cli = desk.start(words(gateway), { env: { NODE_OPTIONS: `--import=${desk.path('break.mjs')}` } });
      await cli.until(() => gateway.stats().served >= 20);
      await desk.write('broken', '');
      const { status, stderr } = await cli.ended;
      expect(status).toBe(4);
      expect(stderr).toMatch(/^TypeError: odd\n +at /m);
      expect(stderr).toMatch(/^This is an error in promptgrid itself: report it with the lines above\.$/m);
      expect(stderr).toMatch(/resume with: npx promptgrid run .*--out run/);
      expect(await runFile(desk)).toMatchObject({
        state: 'failed',
        stoppedBecause: 'unexpected error in promptgrid (TypeError)',
      });
      expect((await desk.list('run')).filter((name) => name.includes('lock'))).toEqual([]);
      const { served, abandoned } = gateway.stats();
      expect(abandoned).toBe(0);
      expect(jsonLines(await desk.read('run/journal.jsonl'))).toHaveLength(served);
      await expectResumes(desk, gateway);
    },
  );

  it('before anything is paid ends with 2', async ({ desk }) => {
    await desk.write('rows.csv', questions(2));
    const code = `const { on } = process;
process.on = (name, listener) => {
  on.call(process, name, listener);
  if (name === 'uncaughtException') process.nextTick(() => { throw new TypeError('odd'); });
  return process;
};\n`;
    await desk.write('break.mjs', code);
    const env = { NODE_OPTIONS: `--import=${desk.path('break.mjs')}` };
    const { status, stderr } = await desk.start(['run', 'rows.csv', '-m', 'gpt-4o', '--simulate'], { env }).ended;
    expect(status).toBe(2);
    expect(stderr).toMatch(/^TypeError: odd\n +at /m);
    expect(existsSync(desk.path('results'))).toBe(false);
  });

  it('that waits forever is reported and not taken for success', async ({ desk }) => {
    const code = `import { syncBuiltinESMExports } from 'node:module';
import promises from 'node:fs/promises';
const { on } = process;
process.on = (name, listener) => {
  if (name === 'uncaughtException') {
    promises.open = promises.readFile = promises.stat = () => new Promise(() => {});
    syncBuiltinESMExports();
  }
  return on.call(process, name, listener);
};\n`;
    await desk.write('break.mjs', code);
    await desk.write('rows.csv', questions(2));
    const env = { NODE_OPTIONS: `--import=${desk.path('break.mjs')}` };
    const { status, stderr } = await desk.start(['run', 'rows.csv', '-m', 'gpt-4o', '--simulate'], { env }).ended;
    expect(status).toBe(2);
    expect(stderr).toContain('the command waits for something that cannot come');
  });

  it('a dataset that breaks in the middle of a run ends it with 4 if it is read again, and the run is resumable', async ({
    desk,
  }) => {
    const gateway = await desk.gateway({ latencyMs: 30 });
    await desk.write('rows.csv', questions(ROWS));
    // Verdicts are asked for once all answers are there, row by row.
    const judged = words(gateway, '--score', 'judge:is it right?', '--judge-model', 'gpt-4o-mini');
    const cli = new RunningHere(judged, { cwd: desk.folder });
    await cli.until(() => gateway.stats().served >= 20);
    await desk.write('rows.csv', 'id,prompt\nr1,"no end');
    const { status, stderr } = await cli.ended;
    expect(status).toBe(4);
    expect(stderr).toMatch(/^hint .*results are kept in run; resume with: npx promptgrid run /m);
    expect(await runFile(desk)).toMatchObject({ state: 'failed' });
    await desk.write('rows.csv', questions(ROWS));
    await desk.pass(judged);
    expect(gateway.stats()).toMatchObject({ served: 2 * ROWS, duplicates: 0 });
  });

  it('a dataset that breaks after it was read to its end does not disturb the run', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 30 });
    await desk.write('rows.csv', questions(ROWS));
    const cli = new RunningHere(words(gateway), { cwd: desk.folder });
    await cli.until(() => gateway.stats().served >= 20);
    await desk.write('rows.csv', 'id,prompt\nr1,"no end');
    expect(await cli.ended).toMatchObject({ status: 0 });
    expect(await runFile(desk)).toMatchObject({ state: 'completed' });
    expect(await csvResults(desk, 'run')).toHaveLength(ROWS);
  });
});
