import { describe, expect } from 'vitest';
import { chatServer, completion, listOf } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { jsonLines, parseObject, questions } from '../support/results.ts';

const PILOT = 40;
const CONCURRENCY = 4;
const GRID = ['rows.csv', '-m', 'gpt-4o', '--concurrency', String(CONCURRENCY), '--out', 'run'];
const ESTIMATE = ['estimate', ...GRID, '--pilot', String(PILOT)];

async function stateOf(desk: Desk): Promise<unknown> {
  return parseObject(await desk.read('run/run.json'))['state'];
}

describe.concurrent('a pilot that is stopped', () => {
  it('by SIGINT keeps what was answered, ends with 130, and resumes with the same command', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 25 });
    await desk.write('rows.csv', questions(60));
    const words = [...ESTIMATE, '--base-url', gateway.url];
    const cli = desk.start(words);
    await cli.until(() => gateway.stats().served >= PILOT / 2);
    cli.signal('SIGINT');
    const { status, stderr } = await cli.ended;
    expect(status).toBe(130);
    expect(stderr).toMatch(/resume with: npx promptgrid run rows\.csv .*--out run/);
    expect(await stateOf(desk)).toBe('interrupted');
    const { served } = gateway.stats();
    expect(served).toBeLessThan(PILOT);
    expect(jsonLines(await desk.read('run/journal.jsonl'))).toHaveLength(served);

    await desk.pass(words);
    expect(gateway.stats().served).toBe(PILOT);
    await desk.pass(['run', ...GRID, '--base-url', gateway.url]);
    expect(gateway.stats()).toMatchObject({ served: 60, duplicates: 0 });
  });

  it('by kill -9 pays again at most what was in flight', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 25 });
    await desk.write('rows.csv', questions(60));
    const words = [...ESTIMATE, '--base-url', gateway.url];
    const cli = desk.start(words);
    await cli.until(() => gateway.stats().served >= PILOT / 2);
    cli.signal('SIGKILL');
    expect((await cli.ended).signal).toBe('SIGKILL');

    const { stdout } = await desk.pass([...words, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ trials: 60, done: PILOT });
    expect(gateway.stats().served).toBeLessThanOrEqual(PILOT + CONCURRENCY);
    await desk.pass(['run', ...GRID, '--base-url', gateway.url]);
    expect(gateway.stats().served).toBeLessThanOrEqual(60 + CONCURRENCY);
    expect(await stateOf(desk)).toBe('completed');
  });

  it('by its budget ends with 4, never pays more, and reports what it knows', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(60));
    // A call of at most 10 completion tokens costs about 0.04 rubles; 0.5 are enough for ten and more.
    const limits = ['--max-tokens', '10', '--budget', '0.5', '--base-url', gateway.url];
    const { status, stdout, stderr } = await desk.run([...ESTIMATE, ...limits, '--json']);
    expect(status).toBe(4);
    const { served, billed } = gateway.stats();
    expect(served).toBeGreaterThan(4);
    expect(served).toBeLessThan(PILOT);
    expect(Number(billed)).toBeLessThanOrEqual(0.5);
    expect(JSON.parse(stdout)).toMatchObject({ trials: 60, done: served, total: { paid: billed } });
    expect(stderr).toMatch(/budget/);
  });
});

describe.concurrent('an estimate of a run with results', () => {
  it('without a price is what it has paid, if nothing is left to call', async ({ desk, onTestFinished }) => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, total_cost: 0.25 };
    const server = await chatServer({ onTestFinished }, (call) => ({ body: completion('Yes.', call, usage) }), {
      list: listOf('plain'),
    });
    await desk.write('rows.csv', questions(4));
    const grid = ['rows.csv', '-m', 'plain', '--base-url', server.url, '--out', 'run'];
    await desk.pass(['run', ...grid], { env: { GPTUNNEL_API_KEY: 'key' } });
    const { stdout } = await desk.pass(['estimate', ...grid, '--json'], { env: { GPTUNNEL_API_KEY: 'key' } });
    const cost = { low: '1', expected: '1', high: '1', ceiling: '1' };
    expect(parseObject(stdout)).toMatchObject({ done: 4, totals: [{ currency: 'RUB', cost, paid: '1' }] });
    expect(parseObject(stdout)['unknownPrices']).toEqual([]);
  });

  it('counts errored trials as open if they are to be retried', async ({ desk, onTestFinished }) => {
    const server = await chatServer(
      { onTestFinished },
      ({ before }) => (before % 2 === 0 ? 'Yes.' : { status: 400, body: { error: { message: `no ${before}` } } }),
      { list: listOf('plain') },
    );
    await desk.write('rows.csv', questions(8));
    const at = ['--provider', 'custom', '--base-url', server.url, '--price', 'plain=1,2', '--currency', 'USD'];
    const grid = ['rows.csv', '-m', 'plain', '--concurrency', '1', '--out', 'run', ...at];
    expect((await desk.run(['run', ...grid])).status).toBe(3);
    const done = parseObject((await desk.pass(['estimate', ...grid, '--json'])).stdout);
    expect(done).toMatchObject({ trials: 8, done: 8, totals: [{ cost: { expected: '0.00008' } }] });
    const retried = parseObject((await desk.pass(['estimate', ...grid, '--retry-errored', '--json'])).stdout);
    expect(retried).toMatchObject({ trials: 8, done: 4, totals: [{ paid: '0.00008', cost: { expected: '0.00016' } }] });
  });
});
