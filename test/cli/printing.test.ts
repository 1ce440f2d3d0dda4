import { existsSync, lstatSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults, parseObject, questions } from '../support/results.ts';

const RUN = 'run rows.csv -m gpt-4o --simulate --score exact --out run';
/** Commands that print something, and their own exit status for a folder with a good run. */
const COMMANDS: readonly (readonly [words: string, status: number])[] = [
  ['', 2],
  ['run --help', 0],
  [RUN, 0],
  [`${RUN} --json`, 0],
  ['estimate rows.csv -m gpt-4o --simulate', 0],
  ['report run', 0],
  ['report run --format csv', 0],
  ['score run --score exact --json', 0],
  ['compare run run --min exact=1 --json', 1],
  ['baseline save run base.jsonl', 0],
  ['report nothing --json', 2],
];

/** A folder with a run of many rows, so that its results exceed a pipe's buffer. */
async function makeRun(desk: Desk): Promise<void> {
  await desk.write('rows.csv', questions(400));
  await desk.pass(RUN.split(' '));
  expect((await desk.read('run/results.csv')).length).toBeGreaterThan(100_000);
}

/** Runs a command whose stdout goes into another one, which receives the command's own status. */
async function statusInPipe(desk: Desk, words: string, reader: string): Promise<{ status: number; stderr: string }> {
  const { stderr } = await desk.runLine(`{ npx promptgrid ${words}; echo "status $?" >&2; } | ${reader}`);
  return { status: Number(/^status (\d+)$/m.exec(stderr)?.[1]), stderr };
}

const hasFull = existsSync('/dev/full');

describe.concurrent('what a command prints', { timeout: 120_000 }, () => {
  it.skipIf(!hasFull)(
    'to a full device ends with 4 and the reason, unless its status has another',
    async ({ desk }) => {
      await makeRun(desk);
      for (const [words, own] of COMMANDS) {
        const { status, stderr } = await desk.runLine(`npx promptgrid ${words} > /dev/full`);
        expect({ words, status }).toEqual({ words, status: own === 2 ? 2 : 4 });
        const printed = own !== 2 || words === '' || words.includes('--json');
        if (printed) expect(stderr).toMatch(/^error stdout cannot be written: ENOSPC.*\nhint {2}.*$/m);
        expect(stderr).not.toMatch(/^ +at /m);
      }
      expect(await csvResults(desk, 'run')).toHaveLength(400);
      expect(parseObject(await desk.read('run/run.json'))).toMatchObject({ state: 'completed' });
      expect(await desk.runLine(`npx promptgrid ${RUN} --quiet > /dev/full`)).toMatchObject({ status: 0, stderr: '' });
    },
  );

  it.skipIf(!existsSync('/dev/stdout'))('goes into a named special file, and does not replace it', async ({ desk }) => {
    await makeRun(desk);
    const device = lstatSync('/dev/stdout').isSymbolicLink();
    for (const words of [
      'report run --format jsonl --output /dev/stdout',
      'compare run run --report junit=/dev/stdout',
      'baseline save run /dev/stdout',
    ]) {
      const { stdout, status } = await desk.runLine(`npx promptgrid ${words} | cat`);
      expect({ words, status }).toEqual({ words, status: 0 });
      expect(stdout).toContain(words.startsWith('compare') ? '<testsuites' : '"row_id"');
      expect(lstatSync('/dev/stdout').isSymbolicLink()).toBe(device);
    }
  });

  it('to a reader that leaves early is quiet and keeps the status', async ({ desk }) => {
    await makeRun(desk);
    for (const [words, own] of COMMANDS) {
      for (const reader of words.includes('csv') ? ['head -1', 'true'] : ['true']) {
        const { status, stderr } = await statusInPipe(desk, words, reader);
        expect({ words, reader, status }).toEqual({ words, reader, status: own });
        expect(stderr).not.toMatch(/EPIPE|PREMATURE|^ +at |promptgrid itself/m);
      }
    }
  });

  it.for(['2>/dev/full', '>&- 2>&-'])('keeps its status with %s', async (redirection, { desk, skip }) => {
    if (redirection.includes('full') && !hasFull) skip('no /dev/full here');
    await makeRun(desk);
    for (const [words, own] of COMMANDS) {
      const { status } = await desk.runLine(`npx promptgrid ${words} ${redirection}`);
      expect({ words, status }).toEqual({ words, status: own });
    }
  });
});

describe.concurrent('--quiet', { timeout: 60_000 }, () => {
  it('suppresses all but the reason and how to resume if a run is interrupted', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 20 });
    await desk.write('rows.csv', questions(80));
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run', '--base-url', gateway.url, '--quiet'];
    const cli = desk.start([...words, '--concurrency', '4']);
    await cli.until(() => gateway.stats().served >= 10);
    cli.signal('SIGINT');
    const { status, stdout, stderr } = await cli.ended;
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
    expect(stderr).toMatch(/^interrupted\nresume with: npx promptgrid run .*\n$/m);
    expect(stderr).not.toContain('trials');
  });

  it.for([
    ['a gate of a run', 1, `${RUN} --min exact=1`, /^gate min exact=1: failed: gpt-4o.*\n$/],
    ['a gate of a comparison', 1, 'compare run run --min exact=1', /^gate failed: min exact=1: .*\n$/],
    ['a gate of an estimate', 1, 'estimate rows.csv -m gpt-4o --simulate --max-cost 0.0001', /^gate failed: .*\n$/],
    ['a usage error', 2, 'report run --format pdf', /^error .*\nhint .*\n$/],
  ] as const)('still says why %s fails, with --json too', async ([, own, words, reason], { desk }) => {
    await desk.write('rows.csv', questions(4));
    await desk.pass(RUN.split(' '));
    expect(await desk.run([...words.split(' '), '--quiet'])).toMatchObject({
      status: own,
      stdout: '',
      stderr: expect.stringMatching(reason),
    });
    const { status, stdout, stderr } = await desk.run([...words.split(' '), '--quiet', '--json']);
    expect({ status, stderr }).toEqual({ status: own, stderr: expect.stringMatching(reason) });
    parseObject(stdout);
  });

  it('names every failed gate of a comparison', async ({ desk }) => {
    await desk.write('rows.csv', questions(4));
    await desk.pass(`${RUN} --score contains`.split(' '));
    const { status, stderr } = await desk.run('compare run run --min exact=1 --min contains=1 --quiet'.split(' '));
    expect(stderr).toMatch(/^gate failed: min exact=1: .*\ngate failed: min contains=1: .*\n$/);
    expect(status).toBe(1);
  });

  it('still says why trials errored', async ({ desk }) => {
    const gateway = await desk.gateway({ faults: { rateHtml: 1 } });
    await desk.write('rows.csv', questions(2));
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run', '--base-url', gateway.url, '--max-attempts', '1'];
    const { status, stdout, stderr } = await desk.run([...words, '--quiet']);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toMatch(/^2 trials errored:\n {2}2 × \S+: .*\n$/);
  });
});
