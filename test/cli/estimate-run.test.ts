import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import { chatServer, listOf } from '../support/chat-server.ts';
import type { Desk, Ended } from '../support/cli.ts';
import { it, RunningHere, runInProcess } from '../support/in-process.ts';
import { objectAt, parseObject, questions } from '../support/results.ts';

const DRIVER = fileURLToPath(new URL('../support/answer-terminal.py', import.meta.url));
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
const ROWS = 12;

function words({ url }: Gateway, ...more: readonly string[]): readonly string[] {
  return ['run', 'rows.csv', '-m', 'gpt-4o', '--max-tokens', '10', '--base-url', url, '--out', 'run', ...more];
}

/** Runs it on a real terminal whose user types an answer to the question. */
async function onTerminal(desk: Desk, answer: string, all: readonly string[]): Promise<Ended> {
  const env = { DRIVER, ANSWER: answer, TERM: 'xterm' };
  const ended = await desk.runLine(`python3 "$DRIVER" "$ANSWER" "$NODE" "$PROGRAM" ${all.join(' ')}`, { env });
  return { ...ended, stdout: stripVTControlCharacters(ended.stdout) };
}

/** The same in this process. */
async function asked(desk: Desk, typed: string, all: readonly string[]): Promise<Ended> {
  const ended = await runInProcess(all, { cwd: desk.folder, typed });
  return { ...ended, stderr: stripVTControlCharacters(ended.stderr) };
}

describe.concurrent('a run', () => {
  it('prints one line on its estimated cost, and afterwards on its actual cost', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2 * ROWS));
    const { stderr } = await desk.pass(words(gateway));
    // 336 × 0.00075 and 240 × 0.003.
    const line = 'estimate: 0.252 ₽ for the prompts, at most 0.972 ₽ · 336 tokens in, ? (at most 240) out';
    expect(stderr.split('\n').filter((text) => text.startsWith('estimate: '))).toEqual([line]);
    const { billed, promptTokens, completionTokens } = gateway.stats();
    const kept = objectAt(parseObject(await desk.read('run/summary.json')), 'estimate');
    expect(kept).toMatchObject({
      level: 0.9,
      done: 0,
      promptTokens: 336,
      unknownPrices: [],
      completionTokens: { low: null, expected: null, high: null, ceiling: 240 },
      costs: [{ currency: 'RUB', cost: { low: '0.252', expected: null, high: null, ceiling: '0.972' } }],
      actual: { promptTokens, completionTokens, costs: [{ total: billed, currency: 'RUB', within: null }] },
    });
  });

  it('has no estimate if its few calls are over before one could be read', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    const { stdout, stderr } = await desk.pass(words(gateway));
    expect(stderr).not.toContain('estimate');
    expect(stdout).toContain(`${ROWS} completed · `);
    expect(parseObject(await desk.read('run/summary.json'))['estimate']).toBeNull();
  });

  it('has no actual figures next to its estimate while it is partial, and the range that held it at the end', async ({
    desk,
  }) => {
    const gateway = await desk.gateway({ latencyMs: 10 });
    await desk.write('rows.csv', questions(60));
    const grid = ['rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run', '--concurrency', '2'];
    await desk.pass(['estimate', ...grid, '--pilot', '20']);
    const cli = new RunningHere(['run', ...grid], { cwd: desk.folder });
    await cli.until(() => gateway.stats().served >= 30);
    cli.signal('SIGINT');
    expect((await cli.ended).status).toBe(130);
    const half = objectAt(parseObject(await desk.read('run/summary.json')), 'estimate');
    expect(half).toMatchObject({ done: 20, actual: null });
    await desk.pass(['run', ...grid]);
    const whole = objectAt(parseObject(await desk.read('run/summary.json')), 'estimate');
    const { completionTokens } = gateway.stats();
    expect(whole).toMatchObject({
      actual: { completionTokens, costs: [{ total: gateway.stats().billed, within: expect.any(Boolean) }] },
    });
    // A run with nothing left to do keeps the earlier estimate.
    await desk.pass(['run', ...grid]);
    expect(objectAt(parseObject(await desk.read('run/summary.json')), 'estimate')).toEqual(whole);
  });

  it('does not ask without a terminal', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    await desk.write('promptgrid.yaml', 'confirmAbove: "0.1"\n');
    const { stderr } = await desk.pass(words(gateway), { input: '' });
    expect(stderr).not.toContain('begin?');
    expect(gateway.stats().served).toBe(ROWS);
  });
});

describe.skipIf(!HAS_PYTHON)('a run on a real terminal (needs python3)', { timeout: 60_000, concurrent: true }, () => {
  it.for(['\u0003', '\u0004'] as const)(
    'asks above confirmAbove, and %j ends it with 130, without calls or files',
    async (answer, { desk }) => {
      const gateway = await desk.gateway();
      await desk.write('rows.csv', questions(ROWS));
      const { status, stdout } = await onTerminal(desk, answer, words(gateway, '--confirm-above', '0.1'));
      expect(stdout).toMatch(/estimate: 0\.126 ₽ .*\r\nbegin\? \[y\/N\] /);
      expect(status).toBe(130);
      expect(gateway.stats().calls).toBe(0);
      expect(await desk.list()).not.toContain('run');
    },
  );

  it('can be started with the same command after a no', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    await desk.write('promptgrid.yaml', 'confirmAbove: "0.1"\n');
    const refused = await onTerminal(desk, 'n\r', words(gateway));
    expect(refused.status).toBe(130);
    expect(refused.stdout).toMatch(/estimate: 0\.126 ₽ .*\r\nbegin\? \[y\/N\] /);
    expect(refused.stdout).toContain('error the run was not begun: no call was made, nothing was paid\r\n');
    expect((await desk.list()).filter((name) => name.startsWith('run'))).toEqual([]);
    expect((await onTerminal(desk, 'y\r', words(gateway))).status).toBe(0);
    expect(gateway.stats().served).toBe(ROWS);
  });
});

describe('a run on a terminal', { timeout: 60_000, concurrent: true }, () => {
  it.for(['n\r', '\r', 'no, yes\r'] as const)(
    'asks above confirmAbove, and without a yes (%j) ends with 130, without calls or files',
    async (answer, { desk }) => {
      const gateway = await desk.gateway();
      await desk.write('rows.csv', questions(ROWS));
      const { status, stderr } = await asked(desk, answer, words(gateway, '--confirm-above', '0.1'));
      expect(stderr).toMatch(/estimate: 0\.126 ₽ .*\nbegin\? \[y\/N\] /);
      expect(status).toBe(130);
      expect(gateway.stats().calls).toBe(0);
      expect(await desk.list()).not.toContain('run');
    },
  );

  it('says after a no that nothing was begun or paid', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    const { stderr } = await asked(desk, 'n\r', words(gateway, '--confirm-above', '0.1'));
    expect(stderr).toContain('error the run was not begun: no call was made, nothing was paid\n');
    expect(stderr).not.toContain('interrupted');
  });

  it.for([
    [
      'of one of several models',
      ['cheap', 'plain'],
      /estimate: from 0\.0\d+ \$ .*, without plain, whose price is not known/,
    ],
    ['of any model', ['plain'], /estimate: cost unknown \(no price is known of plain; --price gives one\)/],
  ] as const)('asks if the price %s is unknown', async ([, models, line], { desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'An answer.', { list: listOf('cheap', 'plain') });
    await desk.write('rows.csv', questions(ROWS));
    const grid = ['-m', models.join(','), '--provider', 'custom', '--base-url', server.url, '--max-tokens', '10'];
    const priced = models.length === 1 ? [] : ['--price', 'cheap=1,2', '--currency', 'USD'];
    const run = ['run', 'rows.csv', '--out', 'run', ...grid, ...priced, '--confirm-above', '1000'];
    const { status, stderr } = await asked(desk, 'n\r', run);
    expect(stderr).toMatch(line);
    expect(stderr).toContain('begin? [y/N]');
    expect(status).toBe(130);
    expect(server.calls).toEqual([]);
    expect((await asked(desk, 'n\r', [...run, '--yes'])).status).toBe(0);
  });

  it('asks about judges that are added to a run with every answer', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    await desk.pass(words(gateway));
    const judge = ['--score', 'judge', '--judge-model', 'gpt-4o-mini'];
    const refused = await asked(desk, 'n\r', words(gateway, ...judge, '--confirm-above', '0.01'));
    expect(refused.stderr).toContain('begin? [y/N]');
    expect(refused.status).toBe(130);
    await desk.pass(words(gateway, ...judge));
    const done = await asked(desk, 'n\r', words(gateway, ...judge, '--confirm-above', '0.01'));
    expect(done.stderr).not.toContain('begin?');
  });

  it('asks if lost calls may have brought it above', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, (call) =>
      call.before === 1 ? { connection: 'broken' } : 'An answer.',
    );
    await desk.write('rows.csv', questions(ROWS));
    const priced = ['--price', 'm=3,15', '--currency', 'USD', '--max-tokens', '1000', '--no-model-check'];
    const grid = ['-m', 'm', '--provider', 'custom', '--base-url', server.url, ...priced];
    const run = ['run', 'rows.csv', '--out', 'run', ...grid, '--concurrency', '1'];
    await desk.pass([...run, '--limit', '11']);
    // Eleven answers have cost 0.001155 dollars, and the lost call at most 0.015 for its answer.
    const { status, stderr } = await asked(desk, 'n\r', [...run, '--confirm-above', '0.01']);
    expect(stderr).toMatch(/\n1 call got no usable answer and may have been billed: at most 0\.015\d* \$\nbegin\?/);
    expect([status, server.calls.length]).toEqual([130, 12]);
    expect((await asked(desk, 'n\r', [...run, '--confirm-above', '0.02'])).status).toBe(0);
  });

  it.for(['y\r', 'YES\r', 'да\r'] as const)('starts after a yes (%j)', async (answer, { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    const { status, stderr } = await asked(desk, answer, words(gateway, '--confirm-above', '0.1'));
    expect(stderr).toContain('begin? [y/N]');
    expect(status).toBe(0);
    expect(gateway.stats().served).toBe(ROWS);
  });

  it.for([
    ['with --yes', ['--confirm-above', '0.1', '--yes']],
    ['below that amount', ['--confirm-above', '0.486']],
    ['without confirmAbove', []],
  ] as const)('does not ask %s', async ([, flags], { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    const { status, stderr } = await asked(desk, 'n\r', words(gateway, ...flags));
    expect(stderr).not.toContain('begin?');
    expect(status).toBe(0);
    expect(gateway.stats().served).toBe(ROWS);
  });

  it('asks too if the judge cost is unknown', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    const judge = ['--score', 'judge', '--judge-model', 'gpt-4o-mini'];
    const { status, stderr } = await asked(desk, 'n\r', words(gateway, '--confirm-above', '0.486', ...judge));
    expect(stderr).toMatch(/estimate: 0\.126 ₽ .*\njudges: from [\d.]+ ₽ on top\nbegin\? \[y\/N\] /);
    expect(status).toBe(130);
    expect(gateway.stats().calls).toBe(0);
  });

  it('that would replace another keeps that one if the answer is no', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    await desk.pass(words(gateway));
    const before = await desk.files('run');
    const { status } = await asked(desk, 'n\r', words(gateway, '--overwrite', '--confirm-above', '0.1'));
    expect(status).toBe(130);
    expect(await desk.files('run')).toEqual(before);
  });
});
