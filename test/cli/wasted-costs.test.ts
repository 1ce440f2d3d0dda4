import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { isJsonArray, isJsonObject, type JsonObject, objectOf, textOf } from '../../src/core/json.ts';
import { formatDecimal, parseDecimal } from '../../src/core/money.ts';
import { seededRandom } from '../../src/core/sampling.ts';
import { type ChatServer, chatServer, listOf, type Outcome } from '../support/chat-server.ts';
import type { Desk, RunningCli } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it, RunningHere } from '../support/in-process.ts';
import { readReportPage } from '../support/page.ts';
import { parseObject, questions } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '--out', 'run', '--provider', 'custom', '-m', 'm', '--max-tokens', '100', '--no-cache'];
/** Ten tokens at 3 and five at 15 millionths: 0.000105 a call, answered or failed. */
const PRICED = ['--price', 'm=3,15', '--price', 'judge=3,15', '--currency', 'USD'];
const CALL = parseDecimal('0.000105') ?? 0n;
const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

/** A failure that was billed. @param retryAfter seconds */
function billed(retryAfter: number): Outcome {
  const headers = { 'retry-after': String(retryAfter) };
  return { status: 500, headers, body: { error: { message: 'upstream failed' }, usage: USAGE } };
}

/** A server that bills each call alike. @param reply by the call's number, from 1, and its model */
function billingServer(context: Ending, reply: (call: number, model: string) => Outcome): Promise<ChatServer> {
  return chatServer(context, ({ before, model }) => reply(before + 1, model), { list: listOf('m', 'judge') });
}

function wordsFor({ url }: ChatServer, ...more: readonly string[]): readonly string[] {
  return [...RUN, ...PRICED, '--base-url', url, '--concurrency', '4', ...more];
}

/** Starts it where such a signal can reach it. */
function startFor(signal: NodeJS.Signals, desk: Desk, words: readonly string[]): RunningCli | RunningHere {
  return signal === 'SIGKILL' ? desk.start(words) : new RunningHere(words, { cwd: desk.folder });
}

/** Sums of money in one currency. */
function sum(costs: unknown): bigint {
  if (!Array.isArray(costs)) throw new TypeError('no costs');
  return costs.reduce((all: bigint, cost) => all + (parseDecimal(textOf(objectOf(cost)['total']) ?? '') ?? 0n), 0n);
}

/** What a document says was paid. */
function paidBy(totals: JsonObject): bigint {
  return sum(totals['costs']) + sum(totals['wastedCosts']);
}

async function summaryOf(desk: Desk): Promise<JsonObject> {
  return parseObject(await desk.read('run/summary.json'));
}

/** What the budget of a session that can make no call says was paid. */
async function paidByBudget(desk: Desk, words: readonly string[], rows: number): Promise<string | undefined> {
  await desk.write('rows.csv', questions(rows));
  const { stderr } = await desk.run([...words, '--budget', '0.00000001']);
  return /is reached: ([\d.]+) USD paid/.exec(stderr)?.[1];
}

describe.concurrent('a call that was billed without an answer', { timeout: 120_000 }, () => {
  it.for([
    ['Ctrl-C', 'SIGINT', []],
    ['Ctrl-C with a budget', 'SIGINT', ['--budget', '1']],
    ['a kill with a budget', 'SIGKILL', ['--budget', '1']],
  ] as const)(
    'is in every figure after %s in the pause before its retry',
    async ([, signal, more], { desk, onTestFinished }) => {
      const server = await billingServer({ onTestFinished }, (call) => (call === 1 ? billed(30) : 'An answer.'));
      await desk.write('rows.csv', questions(1));
      const words = wordsFor(server, ...more);
      const cli = startFor(signal, desk, words);
      await cli.until(() => server.calls.length === 1);
      // With a budget, the cost is in the folder before the pause begins.
      await untilTold(desk, cli, signal);
      cli.signal(signal);
      const first = await cli.ended;
      if (signal === 'SIGINT') expect(first.stdout).toContain('1 of 1 calls failed, 0.000105 $ paid for them');
      // Before another session has settled what a kill left open.
      const estimated = parseObject((await desk.pass(['estimate', ...words.slice(1), '--json'])).stdout);
      expect(estimated).toMatchObject({ done: 0, total: { paid: '0.000105', unknownCosts: 0 } });
      expect(parseObject((await desk.pass(['watch', 'run', '--json'])).stdout)).toMatchObject({
        costs: [{ total: '0.000105', currency: 'USD' }],
      });

      const { stdout } = await desk.pass(words);
      expect(server.calls.length).toBe(2);
      expect(stdout).toMatch(/^1 of 1 trials: 1 completed · 0\.000105 \$ .*\n1 of 2 calls failed, 0\.000105 \$ paid/m);
      const wasted = { calls: 2, wastedCalls: 1, wastedCosts: [{ total: '0.000105', currency: 'USD' }] };
      expect(await summaryOf(desk)).toMatchObject({ lostCalls: 0, total: wasted });
      expect(readReportPage(await desk.read('run/report.html')).head.total).toMatchObject(wasted);

      // Neither a session with nothing to do nor other scores take it away.
      const again = await desk.pass([...words, '--json']);
      expect(parseObject(again.stdout)).toMatchObject({ nothingToDo: true, ...wasted });
      await desk.pass(['score', 'run', '--score', 'word-count:1-']);
      expect(await summaryOf(desk)).toMatchObject({ total: wasted });
      expect(parseObject((await desk.pass(['watch', 'run', '--json'])).stdout)).toMatchObject({
        costs: [{ total: '0.00021', currency: 'USD' }],
      });
      expect(await paidByBudget(desk, words.slice(0, words.length - more.length), 2)).toBe('0.00021');
    },
  );

  it('stays in every figure when --retry-errored replaces its result', async ({ desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished }, (call) => (call <= 4 ? billed(0) : 'An answer.'));
    await desk.write('rows.csv', questions(2));
    const words = wordsFor(server, '--max-attempts', '1');
    const first = await desk.run(words);
    expect(first.stdout).toContain('2 of 2 calls failed, 0.00021 $ paid for them');
    await desk.run([...words, '--retry-errored']);
    const { stdout } = await desk.pass([...words, '--retry-errored', '--json']);
    expect(server.calls.length).toBe(6);
    const wasted = { calls: 6, wastedCalls: 4, wastedCosts: [{ total: '0.00042', currency: 'USD' }] };
    expect(parseObject(stdout)).toMatchObject({ completed: 2, cost: { total: '0.00021' }, ...wasted });
    expect(await summaryOf(desk)).toMatchObject({ total: wasted });
    await desk.pass(['score', 'run', '--score', 'word-count:1-']);
    expect(await summaryOf(desk)).toMatchObject({ total: wasted });
    expect(await paidByBudget(desk, words, 3)).toBe('0.00063');
  });

  it('of a judge is in its figures too, and so is that in the bill beside the estimate', async ({
    desk,
    onTestFinished,
  }) => {
    const verdict = '{"reason":"good","score":1}';
    let left = 3;
    const server = await billingServer({ onTestFinished }, (_, model) => {
      if (model === 'm') return 'An answer.';
      left -= 1;
      return left >= 0 ? billed(0) : verdict;
    });
    await desk.write('rows.csv', questions(20));
    const judged = ['--score', 'judge:good', '--judge-model', 'judge', '--max-attempts', '1'];
    const words = wordsFor(server, ...judged);
    await desk.run(words);
    await desk.pass([...words, '--retry-errored']);
    const { total, judge, estimate } = await summaryOf(desk);
    const wasted = { wastedCalls: 3, wastedCosts: [{ total: '0.000315', currency: 'USD' }] };
    expect([total, judge]).toEqual([
      expect.objectContaining({ ...wasted, calls: 43 }),
      expect.objectContaining({ ...wasted, calls: 23, completed: 20 }),
    ]);
    const { actual } = objectOf(estimate);
    const [costs, judges] = ['costs', 'judges'].map((name) => objectOf(actual)[name]);
    expect([costs, judges]).toEqual([
      [expect.objectContaining({ total: '0.0021' })],
      [expect.objectContaining({ total: '0.002415' })],
    ]);
  });

  it('is told apart from answers that are not part of the run any more', async ({ desk, onTestFinished }) => {
    const server = await billingServer({ onTestFinished }, (call) => (call === 1 ? billed(0) : 'An answer.'));
    await desk.write('rows.csv', questions(4));
    const words = wordsFor(server);
    await desk.pass(words);
    await desk.write('rows.csv', questions(3));
    const { stdout } = await desk.pass(words);
    expect(stdout).toContain('1 of 4 calls failed, 0.000105 $ paid for them\n');
    expect(stdout).toContain('1 result is not part of this run any more: 0.000105 $ paid for it\n');
    const unused = { results: 1, costs: [{ total: '0.000105', currency: 'USD' }] };
    expect(await summaryOf(desk)).toMatchObject({ unused });
    expect(parseObject((await desk.pass([...words, '--json'])).stdout)).toMatchObject({ unused });
    expect(await paidByBudget(desk, words, 5)).toBe('0.000525');
  });
});

/** Waits until a call's cost is in holds.jsonl, where a kill must not come before. */
async function untilTold(desk: Desk, cli: RunningCli | RunningHere, signal: string): Promise<void> {
  if (signal === 'SIGKILL')
    await cli.until(() => readFileSync(desk.path('run/holds.jsonl'), 'utf8').includes('"as":"told"'));
}

describe.concurrent('the money of a run that is interrupted, killed and retried at random', {
  timeout: 240_000,
}, () => {
  it.for([1, 2])(
    'is what the server billed and what the budget counts (seed %i)',
    async (seed, { desk, onTestFinished }) => {
      const random = seededRandom(seed);
      const server = await billingServer({ onTestFinished }, () => (random() < 0.3 ? billed(0.05) : 'An answer.'));
      await desk.write('rows.csv', questions(60));
      const words = wordsFor(server, '--max-attempts', '2', '--budget', '1');
      for (let session = 0; session < 5; session++) {
        const wanted = server.calls.length + 5 + Math.floor(random() * 12);
        const signal = random() < 0.5 ? 'SIGINT' : 'SIGKILL';
        const cli = startFor(signal, desk, random() < 0.5 ? words : [...words, '--retry-errored']);
        await Promise.race([cli.until(() => server.calls.length >= wanted), cli.ended]);
        cli.signal(signal);
        await cli.ended;
      }
      const { stdout } = await desk.run([...words, '--retry-errored', '--json']);
      const document = parseObject(stdout);
      const bill = BigInt(server.calls.length) * CALL;
      const paid = paidBy(document);
      expect(paid).toBeLessThanOrEqual(bill);
      expect(paid + sum(document['lostCostsAtMost'])).toBeGreaterThanOrEqual(bill);
      const { total } = await summaryOf(desk);
      expect(isJsonObject(total ?? null) && isJsonArray(objectOf(total)['costs'])).toBe(true);
      expect(paidBy(objectOf(total))).toBe(paid);
      // A call is lost only where a kill caught it in flight.
      const known = server.calls.length - Number(document['lostCalls']);
      expect(paid).toBeGreaterThanOrEqual(BigInt(known) * CALL);
      expect(await paidByBudget(desk, words.slice(0, -2), 61)).toBe(formatDecimal(paid));
    },
  );
});
