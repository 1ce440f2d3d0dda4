import { describe, expect } from 'vitest';
import { parseDecimal } from '../../src/core/money.ts';
import { plainServer } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { csvResults, objectAt, parseObject, questions, sumDecimals } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '--out', 'run'];
const TRIALS = 1000;

/** A share of an amount in percent, as a decimal number. */
function percentOf(amount: string, percent: number): string {
  return String((Number(amount) * percent) / 100);
}

function picounits(text: string): bigint {
  const amount = parseDecimal(text);
  if (amount === null) throw new TypeError(`no decimal: "${text}"`);
  return amount;
}

/** Total cost of the rows. */
async function wholeCost(desk: Desk, grid: readonly string[]): Promise<string> {
  const gateway = await desk.gateway();
  await desk.pass(['run', 'rows.csv', '--out', 'whole', ...grid, '--base-url', gateway.url]);
  return gateway.stats().billed;
}

describe.concurrent('a run with a budget', () => {
  it('stops short of it, resumes with a higher one, and pays nothing twice', async ({ desk }) => {
    await desk.write('rows.csv', questions(TRIALS));
    const grid = ['-m', 'gpt-4o', '-t', '0.5', '--max-tokens', '120'];
    const whole = await wholeCost(desk, grid);
    const gateway = await desk.gateway({ latencyMs: 2 });
    const words = [...RUN, ...grid, '--base-url', gateway.url];
    const budget = percentOf(whole, 37);
    const { status, stdout, stderr } = await desk.run([...words, '--budget', budget, '--json']);
    expect(status).toBe(4);
    expect(stderr).toMatch(
      /the budget of [\d.]+ RUB is reached: [\d.]+ RUB paid, and the next call could cost up to [\d.]+ RUB\nresume with a higher --budget in place of MORE: npx promptgrid run .* --budget MORE\n/,
    );
    const { billed, served } = gateway.stats();
    expect(picounits(billed)).toBeLessThanOrEqual(picounits(budget));
    expect(picounits(billed)).toBeGreaterThanOrEqual(picounits(percentOf(budget, 90)));
    expect(parseObject(stdout)).toMatchObject({ state: 'stopped', completed: served, errored: 0 });
    expect(objectAt(parseObject(stdout), 'cost')).toMatchObject({ total: billed, currency: 'RUB' });
    expect(await csvResults(desk, 'run')).toHaveLength(served);

    await desk.pass([...words, '--budget', percentOf(whole, 150)]);
    expect(gateway.stats()).toMatchObject({ served: TRIALS, duplicates: 0, billed: whole });
    const rows = await csvResults(desk, 'run');
    expect(sumDecimals(rows.map((row) => row['total_cost'] ?? ''))).toBe(whole);
  });

  it('is kept by the bill however often the run is killed, including calls in flight at the time', async ({ desk }) => {
    await desk.write('rows.csv', questions(300));
    const grid = ['-m', 'gpt-4o', '--max-tokens', '40', '--concurrency', '8'];
    const whole = await wholeCost(desk, grid);
    const gateway = await desk.gateway({ latencyMs: 5 });
    const budget = percentOf(whole, 80);
    const words = [...RUN, ...grid, '--base-url', gateway.url, '--budget', budget];
    for (const served of [40, 80, 120]) {
      const cli = desk.start(words);
      await cli.until(() => gateway.stats().served >= served);
      cli.signal('SIGKILL');
      await cli.ended;
    }
    const { status, stderr } = await desk.run(words);
    // Calls in flight at the kills are counted, but not as paid.
    const told = /the budget of [\d.]+ RUB is reached: ([\d.]+) RUB paid, ([\d.]+) RUB counted for (\d+) calls /.exec(
      stderr,
    );
    expect([status, told]).toEqual([4, expect.anything()]);
    const [, paid = '', counted = '', unknownCalls = ''] = told ?? [];
    const { billed, duplicates } = gateway.stats();
    expect(duplicates).toBeLessThanOrEqual(3 * 8);
    expect(picounits(billed)).toBeLessThanOrEqual(picounits(budget));
    const rows = await csvResults(desk, 'run');
    const kept = sumDecimals(rows.map((row) => row['total_cost'] ?? ''));
    expect(kept).toBe(paid);
    expect(Number(unknownCalls)).toBeLessThanOrEqual(3 * 8);
    expect(picounits(kept) + picounits(counted)).toBeGreaterThanOrEqual(picounits(billed));
    expect(picounits(kept)).toBeLessThanOrEqual(picounits(billed));
    expect(picounits(kept)).toBeGreaterThan(picounits(billed) / 2n);
  });

  it.for([
    ['whose answers are bounded', ['--max-tokens', '1000'], /^raise --budget, or lower --max-tokens$/m],
    ['whose answers only the model bounds', [], /^give --max-tokens, .*; or raise --budget$/m],
  ] as const)('that pays for no call of a run %s is refused, and nothing is left', async ([, more, hint], { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    const words = [...RUN, '-m', 'gpt-4o', ...more, '--base-url', gateway.url, '--budget', '1'];
    const { message, hint: told } = await refused(desk, gateway, words);
    expect(message).toMatch(/the budget of 1 RUB is too small: a call could cost up to [\d.]+ RUB/);
    expect(told).toMatch(hint);
    expect(await desk.list()).toEqual(['rows.csv']);
  });

  it('that pays for no call is not refused where a cache may have the answers', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    const grid = ['-m', 'gpt-4o', '-t', '0', '--base-url', gateway.url];
    await desk.pass(['run', 'rows.csv', '--out', 'first', ...grid]);
    await desk.pass([...RUN, ...grid, '--budget', '1']);
    const other = ['run', 'rows.csv', '--prompt', 'Other: {{ prompt }}', '--out', 'other', ...grid, '--budget', '1'];
    const { status, stderr } = await desk.run(other);
    expect(status).toBe(4);
    expect(stderr).toMatch(/is too small: .*\ngive --max-tokens, .* in place of MORE: .* --budget MORE\n/);
  });

  it.for(['0', '-5', 'much'])('of "%s" is refused', async (budget, { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    const words = [...RUN, '-m', 'gpt-4o', '--base-url', gateway.url, `--budget=${budget}`];
    const { message } = await refused(desk, gateway, words);
    expect(message).toMatch(/budget/);
  });
});

describe.concurrent('a budget without costs from the server', () => {
  const OTHER = ['--provider', 'custom', '-m', 'plain', '--no-cache'];

  it.for([
    ['a price', ['--max-tokens', '20'], /custom\/plain: its price/, /--price plain=<prompt>,<completion>/],
    ['a bound', ['--price', 'plain=1,2', '--currency', 'USD'], /length of its answers/, /--max-tokens/],
    ['a currency', ['--price', 'plain=1,2', '--max-tokens', '20'], /currency/, /--currency USD/],
  ] as const)('is refused without %s', async ([, flags, message, hint], { desk, onTestFinished }) => {
    const server = await plainServer({ onTestFinished });
    await desk.write('rows.csv', questions(3));
    const words = [...RUN, ...OTHER, '--base-url', server.url, '--budget', '1', ...flags];
    const { status, stdout, stderr } = await desk.run(words);
    expect({ status, stdout, calls: server.calls.length }).toEqual({ status: 2, stdout: '', calls: 0 });
    const [first = '', second = '', ...more] = stderr.split('\n');
    expect(first).toMatch(message);
    expect(second).toMatch(hint);
    expect(more).toEqual(['']);
    expect(await desk.list()).toEqual(['rows.csv']);
  });

  it('is kept by the given price, and the costs are marked as computed', async ({ desk, onTestFinished }) => {
    const server = await plainServer({ onTestFinished }, { promptTokens: 10, completionTokens: 5, latencyMs: 2 });
    await desk.write('rows.csv', questions(100));
    const price = ['--price', 'plain=1.5,6', '--currency', 'USD', '--max-tokens', '20'];
    const words = [...RUN, ...OTHER, '--base-url', server.url, ...price];
    // 10 × 1.5 + 5 × 6 millionths a call: of a hundred calls, 0.0045 in all.
    const stopped = await desk.run([...words, '--budget', '0.002']);
    expect(stopped.status).toBe(4);
    expect(server.calls.length).toBeLessThanOrEqual(44);
    expect(server.calls.length).toBeGreaterThanOrEqual(40);
    await desk.pass([...words, '--budget', '0.01']);
    expect(server.calls).toHaveLength(100);
    const rows = await csvResults(desk, 'run');
    const costs = rows.map((row) => [row['prompt_cost'], row['completion_cost'], row['total_cost'], row['currency']]);
    expect(costs).toEqual(rows.map(() => ['0.000015', '0.00003', '0.000045', 'USD']));
    expect(new Set(rows.map((row) => row['cost_source']))).toEqual(new Set(['computed']));
    expect(parseObject(await desk.read('run/run.json'))).toMatchObject({
      totals: { costs: [{ total: '0.0045', currency: 'USD' }], unknownCosts: 0 },
    });
  });
});

describe.concurrent('a balance', () => {
  const grid = ['-m', 'gpt-4o', '--max-tokens', '100'];

  it('that may not last causes a warning before the first call', async ({ desk }) => {
    const gateway = await desk.gateway({ balance: '20', latencyMs: 3_600_000 });
    await desk.write('rows.csv', questions(100));
    const cli = desk.start([...RUN, ...grid, '--base-url', gateway.url]);
    await cli.until(() => gateway.stats().calls > 0);
    expect(cli.stderr).toMatch(/^warning: gptunnel has 20 RUB left, and at its worst the run costs \d+(\.\d+)?:/m);
    expect(gateway.stats().served).toBe(0);
  });

  it('that lasts in any case causes none', async ({ desk }) => {
    const gateway = await desk.gateway({ balance: '200' });
    await desk.write('rows.csv', questions(100));
    const { stderr } = await desk.pass([...RUN, ...grid, '--base-url', gateway.url]);
    expect(stderr).not.toContain('warning');
  });
});
