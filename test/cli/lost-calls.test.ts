import { describe, expect } from 'vitest';
import { PRICE, startUpstream } from '../../bench/support/proxies.mjs';
import { parseDecimal } from '../../src/core/money.ts';
import { type ChatServer, chatServer, completion, listOf, type Outcome } from '../support/chat-server.ts';
import type { Ending } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { readReportPage } from '../support/page.ts';
import { csvResults, parseObject, questions } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '--out', 'run', '--provider', 'custom', '-m', 'm', '--max-tokens', '100', '--no-cache'];
const PRICED = ['--price', `m=${PRICE}`, '--currency', 'USD'];
/** The maximum cost of a call for one of the questions, in dollars: their JSON has fewer than 64 bytes. */
const MOST = (64 * 3 + 100 * 15) / 1e6;

function picounits(text: string): bigint {
  const amount = parseDecimal(text);
  if (amount === null) throw new TypeError(`no decimal: "${text}"`);
  return amount;
}

const ANSWER = 'An answer.';
const DROP = { connection: 'broken' } as const;
const HANG = { connection: 'open' } as const;
/** An answer that tells no tokens. */
const SILENT = { body: completion(ANSWER, { model: 'm', before: 0 }) };

/** A server that bills whatever it has read, and tells nobody but its own test. @param reply by the call's number, from 1 */
function billingServer(context: Ending, reply: (call: number) => Outcome, completionTokens = 5): Promise<ChatServer> {
  return chatServer(context, ({ before }) => reply(before + 1), { list: listOf('m'), completionTokens });
}

function halfDroppedThenHanging(call: number): Outcome {
  if (call > 10) return HANG;
  return call % 2 === 0 ? DROP : ANSWER;
}

describe.concurrent('a budget for a run whose earlier sessions had none', { timeout: 120_000 }, () => {
  it('counts what they lost and what was in flight when they were killed', async ({ desk, onTestFinished }) => {
    const upstream = await startUpstream();
    onTestFinished(() => upstream.close());
    const { stats } = upstream;
    await desk.write('rows.csv', questions(90));
    const url = `http://127.0.0.1:${upstream.port}/v1`;
    const words = [...RUN, ...PRICED, '--base-url', url, '--timeout', '0.3', '--concurrency', '8'];
    for (const calls of [20, 40]) {
      const cli = desk.start(words);
      await cli.until(() => stats().calls >= calls);
      cli.signal('SIGKILL');
      await cli.ended;
    }
    const before = stats();
    const budget = '0.12';
    const { status, stderr, stdout } = await desk.run([...words, '--budget', budget, '--json']);
    const told = /the budget of 0\.12 USD is reached: ([\d.]+) USD paid, ([\d.]+) USD counted for (\d+) calls/.exec(
      stderr,
    );
    expect([status, told]).toEqual([4, expect.anything()]);
    const [, paid = '', counted = ''] = told ?? [];
    const { calls, billed } = stats();
    expect(calls).toBeGreaterThan(before.calls);
    expect(billed).toBeLessThanOrEqual(picounits(budget));
    expect(billed).toBeLessThanOrEqual(picounits(paid) + picounits(counted));
    expect(billed).toBeGreaterThan(picounits(paid));
    expect(parseObject(stdout)).toMatchObject({
      cost: { total: paid },
      lostCostsAtMost: [{ total: counted, currency: 'USD' }],
    });
  });

  it('stops at once where they may have spent it, and says how much', async ({ desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished }, halfDroppedThenHanging);
    await desk.write('rows.csv', questions(40));
    const words = [...RUN, ...PRICED, '--base-url', server.url, '--concurrency', '4', '--max-attempts', '1'];
    const cli = desk.start([...words, '--concurrency-mode', 'fixed']);
    await cli.until(() => server.calls.length === 14);
    cli.signal('SIGKILL');
    await cli.ended;
    // Five were certainly lost, and four to five were in flight, since the bound on those has some reserve.
    const { status, stderr } = await desk.run([...words, '--budget', String(9 * MOST)]);
    const reached =
      /is reached: 0\.000525 USD paid, ([\d.]+) USD counted for (\d+) calls whose cost is unknown \(at most\)/;
    const [, counted = '', calls = ''] = reached.exec(stderr) ?? [];
    expect([status, server.calls.length, stderr]).toEqual([4, 14, expect.stringMatching(reached)]);
    expect(Number(calls)).toBeGreaterThanOrEqual(9);
    expect(Number(calls)).toBeLessThanOrEqual(11);
    expect(Number(counted)).toBeGreaterThanOrEqual((9 * 100 * 15) / 1e6);
    expect(Number(counted)).toBeLessThanOrEqual(10 * MOST);
  });

  it('counts answers that had no price at the time at the price that is given now', async ({
    desk,
    onTestFinished,
  }) => {
    const server = await billingServer({ onTestFinished }, () => ANSWER);
    await desk.write('rows.csv', questions(60));
    const words = [...RUN, '--base-url', server.url, '--concurrency', '4'];
    await desk.pass([...words, '--limit', '30']);
    // Ten tokens at 3 and five at 15 millionths: 0.000105 a call, of which 30 are made.
    const { status, stderr } = await desk.run([...words, ...PRICED, '--budget', '0.006']);
    expect([status, stderr]).toEqual([4, expect.stringContaining('is reached')]);
    expect(server.calls.length).toBeGreaterThan(30);
    expect(server.calls.length * 0.000105).toBeLessThanOrEqual(0.006);
  });

  it.for([
    ['calls that were lost', DROP],
    ['answers that tell no tokens', SILENT],
  ] as const)('is refused for %s without a price or a bound', async ([, reply], { desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished }, (call) => (call <= 3 ? reply : ANSWER));
    await desk.write('rows.csv', questions(20));
    const words = [...RUN, '--base-url', server.url, '--concurrency', '1', '--max-attempts', '1'];
    await desk.run([...words, '--limit', '10']);
    const { status, stderr } = await desk.run([...words, ...PRICED, '--budget', '1']);
    expect([status, server.calls.length]).toEqual([2, 10]);
    expect(stderr).toMatch(
      /--budget cannot be kept: what 3 calls of earlier sessions cost is not known and has no known bound/,
    );
    expect(stderr).toMatch(/another folder with --out/);
    // Without one the run resumes.
    await desk.run([...words, ...PRICED]);
    expect(server.calls.length).toBe(20);
  });

  it('is refused where they paid in another currency', async ({ desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished }, () => ANSWER);
    await desk.write('rows.csv', questions(20));
    const words = [...RUN, '--price', `m=${PRICE}`, '--base-url', server.url];
    await desk.pass([...words, '--currency', 'USD', '--limit', '10']);
    const { status, stderr } = await desk.run([...words, '--currency', 'EUR', '--budget', '1']);
    expect([status, server.calls.length]).toEqual([2, 10]);
    expect(stderr).toMatch(/--budget is in EUR, but earlier sessions of this run paid 0\.00105 USD/);
  });

  it('is refused where an older promptgrid kept no record of lost calls', async ({ desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished }, () => ANSWER);
    await desk.write('rows.csv', questions(20));
    const words = [...RUN, ...PRICED, '--base-url', server.url];
    await desk.pass([...words, '--limit', '10']);
    const { keepsLostCalls, ...older } = parseObject(await desk.read('run/run.json'));
    expect(keepsLostCalls).toBe(true);
    await desk.write('run/run.json', JSON.stringify(older));
    const refused = await desk.run([...words, '--budget', '1']);
    expect([refused.status, server.calls.length]).toEqual([2, 10]);
    expect(refused.stderr).toMatch(/a session of an older promptgrid had none/);
    await desk.pass(words);
    expect(server.calls.length).toBe(20);
    expect(parseObject(await desk.read('run/run.json'))).toMatchObject({ keepsLostCalls: false });
  });
});

describe.concurrent('a run that lost answers', { timeout: 120_000 }, () => {
  it('says how many may have been billed, and for how much at most', async ({ desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished }, (call) => (call % 3 === 0 ? DROP : ANSWER));
    await desk.write('rows.csv', questions(20));
    const words = [...RUN, ...PRICED, '--base-url', server.url, '--concurrency', '1', '--max-attempts', '1'];
    const { status, stdout } = await desk.run(words);
    expect([status, server.calls.length]).toEqual([3, 20]);
    const line = /^6 calls got no usable answer and may have been billed: at most (0\.0\d+) \$$/m.exec(stdout);
    expect(Number(line?.[1])).toBeGreaterThanOrEqual((6 * 100 * 15) / 1e6);
    expect(Number(line?.[1])).toBeLessThanOrEqual(6 * MOST);
    const summary = parseObject(await desk.read('run/summary.json'));
    const lostCostsAtMost = [{ total: expect.stringMatching(/^0\.0\d+$/), currency: 'USD' }];
    expect(summary).toMatchObject({ lostCalls: 6, lostCostsAtMost, unknownLostCosts: 0, total: { errored: 6 } });
    const onPage = { calls: 6, isBound: false, costsAtMost: summary['lostCostsAtMost'], unbounded: 0, results: 0 };
    const lostOn = async (file: string): Promise<unknown> => readReportPage(await desk.read(file)).head.lost;
    expect(await lostOn('run/report.html')).toEqual(onPage);

    // Commands that read the run say the same of it.
    const scored = await desk.run(['score', 'run', '--score', 'exact']);
    expect(scored.stdout.split('\n')).toContain(line?.[0]);
    const document = parseObject((await desk.run(['score', 'run', '--score', 'exact', '--json'])).stdout);
    expect(document).toMatchObject({ lostCalls: 6, lostCostsAtMost, unknownLostCosts: 0 });
    expect(await lostOn('run/report.html')).toEqual(onPage);
    expect((await desk.pass(['report', 'run'])).stdout).toContain(`· ${line?.[0]}`);
    const report = parseObject((await desk.pass(['report', 'run', '--json'])).stdout);
    expect(report).toMatchObject({ lostCalls: 6, lostCostsAtMost, unknownLostCosts: 0 });
    await desk.pass(['report', 'run', '--format', 'html', '--output', 'page.html']);
    expect(await lostOn('page.html')).toEqual(onPage);

    // They stay lost when their rows are completed.
    const again = await desk.run([...words, '--retry-errored', '--json']);
    expect(parseObject(again.stdout)).toMatchObject({ completed: 18, errored: 2, lostCalls: 8, unknownLostCosts: 0 });
  });

  it('says that it is unknown for how much where there is no price', async ({ desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished }, (call) => (call === 2 ? DROP : ANSWER));
    await desk.write('rows.csv', questions(5));
    const { stdout } = await desk.pass([...RUN, '--base-url', server.url, '--concurrency', '1']);
    expect(stdout).toMatch(/^1 call got no usable answer and may have been billed: unknown$/m);
    const summary = parseObject(await desk.read('run/summary.json'));
    expect(summary).toMatchObject({ lostCalls: 1, lostCostsAtMost: [], unknownLostCosts: 1 });
  });

  it('says nothing, and keeps no file, if none was lost: refusals cost nothing', async ({ desk, onTestFinished }) => {
    const refused = { status: 429, body: '{"error":{"message":"slow down"}}' };
    const server = await billingServer({ onTestFinished }, (call) => (call === 2 ? refused : ANSWER));
    await desk.write('rows.csv', questions(5));
    const { stdout } = await desk.pass([...RUN, ...PRICED, '--base-url', server.url, '--concurrency', '1']);
    expect(stdout).toMatch(/^1 of 6 calls failed$/m);
    expect(stdout).not.toContain('billed');
    expect(parseObject(await desk.read('run/summary.json'))).toMatchObject({ lostCalls: 0, lostCostsAtMost: [] });
    expect(await desk.list('run')).not.toContain('holds.jsonl');
  });
});

describe.concurrent('a budget when failures report their cost', { timeout: 60_000 }, () => {
  it('counts the tokens that an error reports, separately for each attempt', async ({ desk, onTestFinished }) => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const failed = { status: 500, body: JSON.stringify({ error: { message: 'it broke' }, usage }) };
    const server = await billingServer({ onTestFinished }, (call) => (call <= 2 ? failed : ANSWER));
    await desk.write('rows.csv', questions(1));
    const words = [...RUN, ...PRICED, '--base-url', server.url, '--budget', '1'];
    await desk.pass(words);
    const summary = parseObject(await desk.read('run/summary.json'));
    expect(summary).toMatchObject({
      lostCalls: 0,
      total: { wastedCalls: 2, wastedCosts: [{ total: '0.00021' }], costs: [{ total: '0.000105' }] },
    });
    // Counted once in a later session: three calls and what is left of the budget for a fourth.
    await desk.write('rows.csv', questions(2));
    const next = await desk.run([...words.slice(0, -1), '0.001']);
    expect(next.stderr).toContain('is reached: 0.000315 USD paid, and the next call could cost');
  });

  it('stops where calls are billed above their worst case, and says so', async ({ desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished }, () => ANSWER, 300);
    await desk.write('rows.csv', questions(40));
    const words = [...RUN, ...PRICED, '--base-url', server.url, '--budget', '0.05', '--concurrency', '1'];
    const { status, stderr } = await desk.run(words);
    expect(status).toBe(4);
    expect(stderr).toMatch(
      /; a call was billed 0\.00453 USD although its price and its limit of tokens allow 0\.001\d+ USD at most/,
    );
    const rows = await csvResults(desk, 'run');
    expect(rows.length * 0.00453).toBeLessThanOrEqual(0.05);
    expect(rows.length).toBeGreaterThan(8);
  });
});
