import { randomFillSync } from 'node:crypto';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import { type RunSettings, run } from '../../src/index.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { refusedByProcess } from '../support/refusal.ts';
import { comparable, csvResults, jsonlResults, parseObject, questions } from '../support/results.ts';

const ROWS = 12;
const CACHE = '.promptgrid/cache';
const DATA = `${CACHE}/data.mdb`;

/** The words of a run of the questions into a folder. */
function words({ url }: Gateway, out: string, ...more: readonly string[]): readonly string[] {
  return ['run', 'rows.csv', '-m', 'gpt-4o', '-t', '0', '--base-url', url, '--out', out, ...more];
}

/** A gateway that received every request once, at temperature 0, from the library: `promptgrid run` does the same. */
async function askedOnce(desk: Desk, more: RunSettings = {}): Promise<Gateway> {
  const gateway = await desk.gateway();
  await desk.write('rows.csv', questions(ROWS));
  const files = { dataset: desk.path('rows.csv'), out: desk.path('first'), cache: desk.path(CACHE) };
  const { state } = await run({ ...files, model: ['gpt-4o'], temperature: [0], baseUrl: gateway.url, ...more }, NO_KEY);
  expect(state).toBe('completed');
  return gateway;
}

const NO_KEY = { env: {} };

describe.concurrent('a second run in another folder', () => {
  it('makes no calls and pays nothing at temperature 0, and has the same answers and tokens', async ({ desk }) => {
    const gateway = await askedOnce(desk);
    const { calls, billed } = gateway.stats();
    const { stdout } = await desk.pass(words(gateway, 'second', '--json'));
    expect(gateway.stats()).toMatchObject({ calls, billed });
    const document = parseObject(stdout);
    expect(document).toMatchObject({ completed: ROWS, cached: ROWS, cost: { total: '0', currency: 'RUB' } });
    const [first, second] = [await jsonlResults(desk, 'first'), await jsonlResults(desk, 'second')];
    const free = { prompt_cost: '0.0', completion_cost: '0.0', total_cost: '0.0', cached: true };
    expect(second).toEqual(first.map((line) => ({ ...line, ...free, latency_ms: 0, attempts: 0 })));
    for (const line of first) expect(line).toMatchObject({ cached: false, total_tokens: expect.any(Number) });
    expect(document['tokens']).toEqual({
      prompt: first.reduce((sum, line) => sum + Number(line['prompt_tokens']), 0),
      completion: first.reduce((sum, line) => sum + Number(line['completion_tokens']), 0),
    });
    expect(parseObject(await desk.read('second/run.json'))).toMatchObject({
      totals: { savedCosts: [{ total: billed, currency: 'RUB' }] },
    });
  });

  it.for([
    ['above temperature 0', ['-t', '0.7'], ['first', 'second']],
    ['without a temperature', [], ['first']],
  ] as const)('calls again %s, unless --cache-all is given', async ([, temperature, outs], { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(ROWS));
    const grid = ['run', 'rows.csv', '-m', 'gpt-4o', ...temperature, '--base-url', gateway.url];
    for (const out of outs) await desk.pass([...grid, '--out', out]);
    expect(gateway.stats().served).toBe(outs.length * ROWS);
    expect(await desk.list()).not.toContain(CACHE);
    for (const out of ['third', 'fourth']) await desk.pass([...grid, '--out', out, '--cache-all']);
    expect(gateway.stats().served).toBe((outs.length + 1) * ROWS);
  });

  it('calls again with --no-cache, and leaves no cache behind', async ({ desk }) => {
    const gateway = await askedOnce(desk, { cache: false });
    await desk.pass(words(gateway, 'second', '--no-cache'));
    expect(gateway.stats().served).toBe(2 * ROWS);
    expect(await desk.list()).not.toContain(CACHE);
  });

  it('calls again if anything in the request differs, and only then', async ({ desk }) => {
    const gateway = await askedOnce(desk);
    const same = ['--score', 'contains', '--concurrency', '2', '--format', 'csv'];
    await desk.pass(words(gateway, 'same', ...same));
    expect(gateway.stats().served).toBe(ROWS);
    const others = [
      ['--max-tokens', '7'],
      ['--system', 'Be brief'],
      ['--top-p', '0.5'],
      ['--prompt', '{{ prompt }} '],
    ];
    for (const [index, other] of others.entries()) await desk.pass(words(gateway, `other-${index}`, ...other));
    expect(gateway.stats()).toMatchObject({ served: ROWS * (1 + others.length), duplicates: 0 });
  });

  it('has a separate answer for each repeat', async ({ desk }) => {
    const gateway = await askedOnce(desk, { repeat: 3 });
    expect(gateway.stats().served).toBe(3 * ROWS);
    await desk.pass(words(gateway, 'second', '--repeat', '5'));
    expect(gateway.stats().served).toBe(5 * ROWS);
    const ids = (await csvResults(desk, 'second')).map((row) => row['response_id']);
    expect(new Set(ids).size).toBe(5 * ROWS);
  });

  it('uses the answers of one that was killed in the middle', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 30 });
    await desk.write('rows.csv', questions(60));
    const cli = desk.start(words(gateway, 'first', '--concurrency', '4'));
    await cli.until(() => gateway.stats().served >= 30);
    cli.signal('SIGKILL');
    await cli.ended;
    const { served } = gateway.stats();
    const { stdout } = await desk.pass(words(gateway, 'second', '--json'));
    const cached = Number(parseObject(stdout)['cached']);
    // Answers of the last tenth of a second may be lost: no more than three rounds of four calls.
    expect(cached).toBeGreaterThanOrEqual(served - 20);
    expect(gateway.stats().served).toBe(served + 60 - cached);
  });
});

describe.concurrent('several processes with one cache', () => {
  it('all succeed, even if all of them create it, and leave it intact', async ({ desk }) => {
    const rows = 150;
    const gateway = await desk.gateway({ latencyMs: 5 });
    await desk.write('rows.csv', questions(rows));
    const outs = ['a', 'b', 'c'];
    const started = outs.map((out) => desk.start(words(gateway, out, '--concurrency', '8')));
    const ends = await Promise.all(started.map(({ ended }) => ended));
    expect(ends.map(({ status }) => status)).toEqual(outs.map(() => 0));
    expect(ends.filter(({ stderr }) => stderr.includes('warning'))).toEqual([]);
    const { served } = gateway.stats();
    expect(served).toBeGreaterThanOrEqual(rows);
    expect(served).toBeLessThanOrEqual(outs.length * rows);
    await desk.pass(words(gateway, 'last'));
    expect(gateway.stats().served).toBe(served);
    const answers = async (out: string): Promise<unknown> =>
      (await jsonlResults(desk, out)).map(({ output, total_tokens: tokens }) => [output, tokens]);
    for (const out of outs) expect(await answers(out)).toEqual(await answers('last'));
    expect(await stats(desk)).toMatchObject({ answers: rows });
  });
});

async function stats(desk: Desk, ...more: readonly string[]): Promise<unknown> {
  return JSON.parse((await desk.pass(['cache', 'stats', '--json', ...more])).stdout);
}

describe.concurrent('promptgrid cache', () => {
  it('stats shows how many answers there are, how old they are and what they cost', async ({ desk }) => {
    const gateway = await askedOnce(desk);
    const told = await stats(desk);
    expect(told).toMatchObject({
      folder: CACHE,
      answers: ROWS,
      bytes: expect.any(Number),
      worth: [{ total: gateway.stats().billed, currency: 'RUB' }],
      oldest: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      newest: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect((await desk.pass(['cache', 'stats'])).stdout).toMatch(/12 answers/);
  });

  it('clear empties it, and the next run pays again', async ({ desk }) => {
    const gateway = await askedOnce(desk);
    await desk.write(`${CACHE}/notes.txt`, 'mine');
    await desk.pass(['cache', 'clear']);
    expect(await desk.list(CACHE)).toEqual(['format', 'notes.txt']);
    expect(await stats(desk)).toMatchObject({ answers: 0 });
    await desk.pass(words(gateway, 'second'));
    expect(gateway.stats().served).toBe(2 * ROWS);
  });

  it('clear during a run removes the answers so far, and keeps the later ones', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 30 });
    await desk.write('rows.csv', questions(100));
    const cli = desk.start(words(gateway, 'first', '--concurrency', '2'));
    await cli.until(() => gateway.stats().served >= 20);
    await desk.pass(['cache', 'clear']);
    const before = gateway.stats().served;
    const { status, stderr } = await cli.ended;
    expect([status, stderr]).toEqual([0, expect.stringContaining('was emptied or replaced during this run')]);
    const { stdout } = await desk.pass(words(gateway, 'second', '--json'));
    expect(Number(parseObject(stdout)['cached'])).toBeGreaterThanOrEqual(100 - before);
  });

  it('prune removes only what is older than the given age', async ({ desk }) => {
    const gateway = await askedOnce(desk);
    expect(JSON.parse((await desk.pass(['cache', 'prune', '--older-than', '1h', '--json'])).stdout)).toMatchObject({
      removed: 0,
    });
    expect(JSON.parse((await desk.pass(['cache', 'prune', '--older-than', '0m', '--json'])).stdout)).toMatchObject({
      removed: ROWS,
    });
    expect(await stats(desk)).toMatchObject({ answers: 0, oldest: null, newest: null });
    await desk.pass(words(gateway, 'second'));
    await desk.pass(words(gateway, 'third'));
    expect(gateway.stats().served).toBe(2 * ROWS);
  });

  it.for([
    [['cache', 'prune', '--older-than', 'soon'], /--older-than must be an age, got "soon"/],
    [['cache', 'stats', '--cache', 'elsewhere'], /elsewhere: is not a response cache\n.*name the folder of one/],
    [['cache', 'clear', '--cache', 'elsewhere'], /elsewhere: is not a response cache\n.*name the folder of one/],
  ] as const)('%s is refused if it makes no sense', async ([command, message], { desk }) => {
    const { status, stderr } = await desk.run(command);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });
});

/** Runs again, which must succeed as before, with one warning. */
async function expectMended(desk: Desk, gateway: Gateway, warning: string): Promise<void> {
  const { stderr } = await desk.pass(words(gateway, 'second'));
  expect(stderr.split('\n').filter((line) => line.startsWith('warning'))).toEqual([expect.stringContaining(warning)]);
  expect(comparable(await csvResults(desk, 'second'))).toEqual(comparable(await csvResults(desk, 'first')));
  expect(gateway.stats().served).toBe(2 * ROWS);
}

describe.concurrent('a cache that cannot be used', () => {
  it('because of another format is refused before anything is paid, and stays unchanged', async ({ desk }) => {
    await askedOnce(desk);
    const gateway = await desk.gateway();
    await desk.write(`${CACHE}/format`, 'promptgrid-cache 0\n');
    const { message, hint } = await refusedByProcess(desk, gateway, words(gateway, 'second'));
    expect(message).toMatch(/\.promptgrid\/cache: cannot be used as a response cache: it has another format/);
    expect(hint).toMatch(/--cache.*--no-cache/);
    const { status, stderr } = await desk.run(['cache', 'stats']);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('another format') });
  });

  it('because its folder is a file is refused before anything is paid', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    await desk.write('notes.txt', 'mine');
    const { message } = await refusedByProcess(desk, gateway, words(gateway, 'run', '--cache', 'notes.txt'));
    expect(message).toMatch(/^notes\.txt: cannot be used as a response cache/);
    expect(await desk.read('notes.txt')).toBe('mine');
  });

  it.for([
    ['is garbage', (path: string) => writeFile(path, randomFillSync(Buffer.alloc(40_000))), 'no LMDB file'],
    ['was cut off', (path: string) => truncate(path, 8192), 'cut off'],
    ['has nothing but garbage behind its head', spoilBehindHead, 'damaged'],
    ['has garbage in its leaves', spoilLeaves, 'damaged'],
  ] as const)('because its file %s is moved aside with a warning', async ([, spoil, fault], { desk }) => {
    const gateway = await askedOnce(desk);
    await spoil(desk.path(DATA));
    const spoilt = await readFile(desk.path(DATA));
    await expectMended(desk, gateway, `${DATA}: the response cache is broken (${fault}); it was moved to`);
    expect(await readFile(desk.path(`${DATA}.broken`))).toEqual(spoilt);
    expect((await desk.pass(words(gateway, 'third'))).stderr).not.toContain('warning');
    expect(gateway.stats().served).toBe(2 * ROWS);
  });
});

const PAGE = 4096;

/** Leaves the first two pages, which look intact. */
async function spoilBehindHead(path: string): Promise<void> {
  const data = await readFile(path);
  randomFillSync(data.subarray(2 * PAGE));
  await writeFile(path, data);
}

/** Empties every page that holds answers, including earlier transactions, but none that leads to the others. */
async function spoilLeaves(path: string): Promise<void> {
  const data = await readFile(path);
  const [first, second] = [0, PAGE].map((head) => data.readBigUInt64LE(head + 152));
  const inForce = (second ?? 0n) > (first ?? 0n) ? PAGE : 0;
  const roots = [88, 136].map((at) => Number(data.readBigUInt64LE(inForce + at)));
  const isLeaf = (page: number): boolean => data.readUInt16LE(page * PAGE + 18) === 2 && !roots.includes(page);
  const leaves = Array.from({ length: data.length / PAGE }, (_, page) => page).filter(isLeaf);
  expect(leaves).not.toEqual([]);
  for (const page of leaves) data.fill(0, page * PAGE, (page + 1) * PAGE);
  await writeFile(path, data);
}
