import { existsSync, lstatSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { type Desk, PROGRAM_FOLDER } from '../support/cli.ts';
import { it, RunningHere } from '../support/in-process.ts';
import { csvResults, jsonLines, parseObject, questions } from '../support/results.ts';

const RUN = 'run rows.csv -m gpt-4o --simulate --score exact --out run';
const STREAMED = 'report run --format csv';
const FAILED = 'compare run run --min exact=1 --json';
/** Commands that print something, and their own exit status for a folder with a good run. */
const COMMANDS: readonly (readonly [words: string, status: number])[] = [
  ['', 2],
  ['run --help', 0],
  [RUN, 0],
  [`${RUN} --json`, 0],
  ['estimate rows.csv -m gpt-4o --simulate', 0],
  ['report run', 0],
  [STREAMED, 0],
  ['score run --score exact --json', 0],
  [FAILED, 1],
  ['baseline save run base.jsonl', 0],
  ['report nothing --json', 2],
];

const ALL = COMMANDS.map(([words]) => words);
/** Exit status of each. */
const OWN: ReadonlyMap<string, number> = new Map(COMMANDS);

/** Runs all command lines one after another on the streams of one process, and stores how each ended. */
const IN_TURN = `import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
const [url, ...lines] = process.argv.slice(2);
const { runProgram } = await import(url);
const { stdin, stdout, stderr, env } = process;
const sleep = (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined);
const clock = { date: () => new Date(), elapsedMs: () => performance.now(), sleep };
const surroundings = { env, folder: process.cwd(), stdin, stdout, stderr, clock, watch: () => undefined };
for (const line of lines) {
  const words = line.split(' ').filter((word) => word !== '');
  const status = await new Promise((exit) => void runProgram(words, { ...surroundings, exit }));
  for (const stream of [stdout, stderr]) stream.removeAllListeners('error').on('error', () => undefined);
  stderr.write('=== ended\\n');
  appendFileSync('ends.jsonl', JSON.stringify({ line, status }) + '\\n');
}
`;

/** How a command line ended, and what it said on stderr. */
interface Printed {
  readonly words: string;
  readonly status: unknown;
  readonly stderr: string;
}

/** Runs command lines in one process, whose streams lead where a shell says, such as `> /dev/full`. */
async function printedInTurn(
  desk: Desk,
  lines: readonly string[],
  where: string,
): Promise<{ readonly ends: readonly Printed[]; readonly stdout: string }> {
  await desk.write('in-turn.mjs', IN_TURN);
  const quoted = lines.map((line) => `'${line}'`).join(' ');
  const { stdout, stderr } = await desk.runLine(
    `"$NODE" in-turn.mjs ${new URL('program.js', PROGRAM_FOLDER).href} ${quoted} ${where}`,
  );
  const told = stderr.split('=== ended\n');
  const ends = jsonLines(await desk.read('ends.jsonl'));
  expect(ends.map(({ line }) => line)).toEqual(lines);
  return {
    ends: lines.map((words, place) => ({ words, status: ends[place]?.['status'], stderr: told[place] ?? '' })),
    stdout,
  };
}

/** A command line as a process of its own. */
async function printedAlone(desk: Desk, words: string, where: string): Promise<Printed> {
  const { stderr } = await desk.runLine(`{ npx promptgrid ${words}; echo $? > status; } ${where}`);
  return { words, status: Number(await desk.read('status')), stderr };
}

/** All commands in one process, and some of them also in processes of their own. */
async function printed(desk: Desk, where: string, alone: readonly string[]): Promise<readonly Printed[]> {
  const all = [...(await printedInTurn(desk, ALL, where)).ends];
  for (const words of alone) all.push(await printedAlone(desk, words, where));
  return all;
}

/** A folder with a run of many rows, so that its results exceed a pipe's buffer. */
async function makeRun(desk: Desk): Promise<void> {
  await desk.write('rows.csv', questions(400));
  await desk.pass(RUN.split(' '));
  expect((await desk.read('run/results.csv')).length).toBeGreaterThan(100_000);
}

const hasFull = existsSync('/dev/full');

describe.concurrent('what a command prints', { timeout: 120_000 }, () => {
  it.skipIf(!hasFull)(
    'to a full device ends with 4 and the reason, unless its status has another',
    async ({ desk }) => {
      await makeRun(desk);
      for (const { words, status, stderr } of await printed(desk, '> /dev/full', [RUN, FAILED])) {
        const own = OWN.get(words);
        expect({ words, status }).toEqual({ words, status: own === 2 ? 2 : 4 });
        const prints = own !== 2 || words === '' || words.includes('--json');
        if (prints) expect(stderr, words).toMatch(/^error stdout cannot be written: ENOSPC.*\nhint {2}.*$/m);
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
    const lines = [
      'report run --format jsonl --output /dev/stdout',
      'compare run run --report junit=/dev/stdout',
      'baseline save run /dev/stdout',
    ];
    const { ends, stdout } = await printedInTurn(desk, lines, '| cat');
    expect(ends).toMatchObject(lines.map((words) => ({ words, status: 0 })));
    const [results = '', baseline = ''] = stdout.split('<testsuites');
    for (const part of [results, baseline]) expect(part.match(/"row_id"/g)).toHaveLength(400);
    expect(lstatSync('/dev/stdout').isSymbolicLink()).toBe(device);
  });

  it('to a reader that leaves early is quiet and keeps the status', async ({ desk }) => {
    await makeRun(desk);
    const all = [...(await printed(desk, '| true', [FAILED])), await printedAlone(desk, STREAMED, '| head -1')];
    for (const { words, status, stderr } of all) {
      expect({ words, status }).toEqual({ words, status: OWN.get(words) });
      expect(stderr).not.toMatch(/EPIPE|PREMATURE|^ +at |promptgrid itself/m);
    }
  });

  it.for(['2>/dev/full', '>&- 2>&-'])('keeps its status with %s', async (where, { desk, skip }) => {
    if (where.includes('full') && !hasFull) skip('no /dev/full here');
    await makeRun(desk);
    for (const { words, status } of await printed(desk, where, [FAILED])) {
      expect({ words, status }).toEqual({ words, status: OWN.get(words) });
    }
  });
});

describe.concurrent('--quiet', { timeout: 60_000 }, () => {
  it('suppresses all but the reason and how to resume if a run is interrupted', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 20 });
    await desk.write('rows.csv', questions(80));
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run', '--base-url', gateway.url, '--quiet'];
    const cli = new RunningHere([...words, '--concurrency', '4'], { cwd: desk.folder });
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
