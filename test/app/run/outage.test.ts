import { describe, expect } from 'vitest';
import type { GivenFlags } from '../../../src/app/config/from-flags.ts';
import { exitStatusOf } from '../../../src/app/run/index.ts';
import { chatServer } from '../../support/chat-server.ts';
import { type Desk, it } from '../../support/cli.ts';
import { FastClock } from '../../support/fast-clock.ts';
import { fastRun } from '../../support/fast-run.ts';
import { csvResults, parseObject, questions } from '../../support/results.ts';

/** Half a minute without an answer passes in a second. */
const FACTOR = 30;
/** Half a minute without any answer, which ends a run, must outlast a busy machine. */
const SLOW_FACTOR = 4;
const POLLING = { interval: 1, timeout: 20_000 };

/** A row that the server breaks at. */
function isBad(row: number): boolean {
  return row % 4 === 0;
}

/** Runs until so many answers are there and the gateway is gone. */
async function runIntoOutage(desk: Desk, flags: GivenFlags) {
  const gateway = await desk.gateway({ latencyMs: 2 });
  const running = fastRun(desk, new FastClock(FACTOR), { ...flags, baseUrl: gateway.url });
  await expect.poll(() => gateway.stats().served, POLLING).toBeGreaterThanOrEqual(20);
  await gateway.close();
  return { outcome: await running, gateway };
}

describe.concurrent('an endpoint that goes down', () => {
  it.for([
    ['many trials under way', { model: ['gpt-4o'] }, 0],
    ['several models', { model: ['gpt-4o', 'yandexgpt'], concurrency: 64 }, 0],
    ['two trials under way', { model: ['gpt-4o'], concurrency: 2 }, 0],
    // Nothing is suspected before the tenth failure, and nine are the attempts of four trials.
    ['few attempts for each trial', { model: ['gpt-4o'], maxAttempts: 2 }, 4],
  ] as const)(
    'with %s ends the run with hardly any errored, and it resumes later',
    async ([, flags, most], { desk }) => {
      await desk.write('rows.csv', questions(400));
      const { outcome, gateway } = await runIntoOutage(desk, flags);
      expect(outcome).toMatchObject({
        state: 'stopped',
        stoppedBecause: expect.stringMatching(/^the endpoint is down:/),
      });
      expect(exitStatusOf(outcome)).toBe(4);
      const { completed, errored } = outcome.summary.total;
      expect(errored).toBeLessThanOrEqual(most);
      // A server may bill what it has no time left to send.
      expect(completed).toBeGreaterThan(0);
      expect(completed).toBeLessThanOrEqual(gateway.stats().served);
      expect(parseObject(await desk.read('run/run.json'))).toMatchObject({ state: 'stopped' });

      const again = await desk.gateway();
      const resumed = await fastRun(desk, new FastClock(FACTOR), { ...flags, baseUrl: again.url, retryErrored: true });
      expect(exitStatusOf(resumed)).toBe(0);
      expect(completed + again.stats().served).toBe(400 * flags.model.length);
      expect(await csvResults(desk, 'run')).toHaveLength(400 * flags.model.length);
    },
  );

  it('for a few moments only pauses the run, however few the attempts', async ({ desk }) => {
    await desk.write('rows.csv', questions(400));
    const gateway = await desk.gateway({ latencyMs: 2 });
    const clock = new FastClock(FACTOR);
    const flags = { model: ['gpt-4o'], maxAttempts: 3, concurrency: 12, baseUrl: gateway.url };
    const running = fastRun(desk, clock, flags);
    await expect.poll(() => gateway.stats().served, POLLING).toBeGreaterThanOrEqual(20);
    await gateway.close();
    const { served } = gateway.stats();
    await clock.sleep(10_000, new AbortController().signal);
    const again = await desk.gateway({ port: Number(new URL(gateway.url).port) });
    const outcome = await running;
    expect(outcome).toMatchObject({ state: 'completed', summary: { total: { completed: 400, errored: 0 } } });
    expect(served + again.stats().served).toBeLessThanOrEqual(400 + 12);
  });
});

describe.concurrent('a trial that fails for good', () => {
  it('while others are answered is recorded as errored and ends nothing', async ({ desk }) => {
    await desk.write('rows.csv', questions(120));
    const gateway = await desk.gateway({ faults: { rate5xx: 0.6 }, seed: 3 });
    const flags = { model: ['gpt-4o'], maxAttempts: 2, concurrency: 4, baseUrl: gateway.url };
    const outcome = await fastRun(desk, new FastClock(SLOW_FACTOR), flags);
    expect(outcome.state).toBe('completed');
    const { completed, errored } = outcome.summary.total;
    expect(completed).toBe(gateway.stats().served);
    expect(errored).toBe(120 - completed);
    expect(errored).toBeGreaterThan(20);
  });

  it('and comes to hold every place with others of its kind ends nothing', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, ({ content }) =>
      isBad(Number(content)) ? { status: 500, body: 'Broken', headers: { 'retry-after': '20' } } : 'Paris',
    );
    const rows = Array.from({ length: 160 }, (_, row) => row);
    await desk.write('rows.csv', `id,prompt\n${rows.map((row) => `q${row},${row}`).join('\n')}\n`);
    const flags = { provider: 'custom', model: ['m'], baseUrl: server.url, maxAttempts: 2, concurrency: 16 };
    const outcome = await fastRun(desk, new FastClock(FACTOR), flags);
    expect(outcome.state).toBe('completed');
    expect(outcome.summary.total).toMatchObject({ completed: 120, errored: 40 });
    const tries = rows.map((row) => server.calls.filter(({ content }) => content === String(row)).length);
    for (const [row, count] of tries.entries()) {
      expect(count).toBeGreaterThanOrEqual(isBad(row) ? 2 : 1);
      expect(count).toBeLessThanOrEqual(isBad(row) ? 3 : 1);
    }
  });
});
