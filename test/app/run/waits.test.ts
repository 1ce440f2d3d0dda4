import { describe, expect } from 'vitest';
import type { Pause } from '../../../src/app/events.ts';
import { exitStatusOf } from '../../../src/app/run/index.ts';
import { chatServer } from '../../support/chat-server.ts';
import { it } from '../../support/cli.ts';
import { FastClock } from '../../support/fast-clock.ts';
import { fastRun } from '../../support/fast-run.ts';
import type { Reply } from '../../support/http-server.ts';
import { questions } from '../../support/results.ts';

/** Half a minute passes in a second. */
const FACTOR = 30;
const ROWS = 10;

function slowDown(body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 429, body, headers };
}

const TOLD: readonly (readonly [where: string, refusal: Reply])[] = [
  ['a header', slowDown({ error: 'Slow down' }, { 'retry-after': '30' })],
  ['a header in milliseconds', slowDown({ error: 'Slow down' }, { 'retry-after-ms': '30000' })],
  ['RetryInfo', slowDown([{ error: { message: 'Quota', details: [{ retryDelay: '30s' }] } }])],
  ['a sentence', slowDown({ error: { message: 'Quota exceeded. Please retry in 30s.' } })],
  ['a plain text', slowDown('Too many requests, try again in 30 seconds')],
  [
    'the reset of a limit',
    slowDown('Slow down', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '30s' }),
  ],
];

describe.concurrent('a wait that a server requests', { timeout: 30_000 }, () => {
  it.for(TOLD)('in %s is kept, reported, and the rows complete', async ([, refusal], { desk, onTestFinished }) => {
    const clock = new FastClock(FACTOR);
    let openedAtMs: number | null = null;
    const server = await chatServer({ onTestFinished }, () => {
      openedAtMs ??= clock.elapsedMs() + 30_000;
      return clock.elapsedMs() < openedAtMs ? refusal : 'Paris';
    });
    await desk.write('rows.csv', questions(ROWS));
    const pauses: Pause[] = [];
    const warnings: string[] = [];
    const flags = { provider: 'custom', baseUrl: server.url, model: ['m'] };
    const outcome = await fastRun(desk, clock, flags, {
      events: {
        onPause: (pause) => pauses.push(pause),
        onWarning: (text) => warnings.push(text),
      },
    });
    expect(exitStatusOf(outcome)).toBe(0);
    expect(outcome.summary.total.completed).toBe(ROWS);
    // The first call to a model runs alone, so nothing else is refused.
    expect(server.calls).toHaveLength(ROWS + 1);
    expect(pauses).toEqual([{ pauseMs: 30_000, reason: 'rate limit (429)' }]);
    expect(warnings).toEqual([]);
  });
});

describe.concurrent('a wait of an hour', { timeout: 30_000 }, () => {
  const HOUR = slowDown({ error: { message: 'Slow down' } }, { 'retry-after': '3601' });

  it('is announced at once, with the flag that bounds it', async ({ desk, onTestFinished }) => {
    const clock = new FastClock(3600);
    const server = await chatServer({ onTestFinished }, ({ before }) => (before === 0 ? HOUR : 'Paris'));
    await desk.write('rows.csv', questions(ROWS));
    const warnings: string[] = [];
    const flags = { provider: 'custom', baseUrl: server.url, model: ['m'], price: ['m=1,1'], currency: 'USD' };
    const outcome = await fastRun(desk, clock, flags, { events: { onWarning: (text) => warnings.push(text) } });
    expect(warnings).toEqual([
      expect.stringMatching(/^the server imposes a pause of 1 h 1 min, until .*rate limit \(429\).*--stop-after-wait/),
    ]);
    // --max-wait still bounds how long a trial is retried.
    expect(outcome.summary.total).toMatchObject({ completed: ROWS - 1, errored: 1 });
    const reason = 'HTTP 429: Slow down (not retried: the server asks for a longer wait than --max-wait 600 allows)';
    expect(outcome.summary.errors).toMatchObject([{ code: 'rate_limited', count: 1, reason }]);
  });

  it('ends the run at once if it is longer than allowed, and leaves all trials open', async ({
    desk,
    onTestFinished,
  }) => {
    let isOver = false;
    const server = await chatServer({ onTestFinished }, ({ before }) => (isOver || before < 4 ? 'Paris' : HOUR));
    await desk.write('rows.csv', questions(ROWS));
    const flags = { provider: 'custom', baseUrl: server.url, model: ['m'], concurrency: 1, stopAfterWait: 60 };
    const clock = new FastClock(1);
    const outcome = await fastRun(desk, clock, flags);
    expect(exitStatusOf(outcome)).toBe(4);
    expect(server.calls).toHaveLength(5);
    expect(outcome.summary.total).toMatchObject({ completed: 4, errored: 0 });
    expect(outcome).toMatchObject({ state: 'stopped', stopKind: 'wait' });
    expect(outcome.stoppedBecause).toMatch(/^the server imposes a pause of 1 h 1 min until .*: rate limit \(429\)/);
    const waitMs = Date.parse(outcome.resumeAt ?? '') - clock.date().getTime();
    expect(waitMs).toBeGreaterThan(3_500_000);
    expect(waitMs).toBeLessThanOrEqual(3_601_000);
    isOver = true;
    const resumed = await fastRun(desk, clock, flags);
    expect(exitStatusOf(resumed)).toBe(0);
    expect(server.calls).toHaveLength(ROWS + 1);
  });
});

describe('waiting for a limit of one’s own', () => {
  it('is no pause that a server imposes', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => 'Paris');
    await desk.write('rows.csv', questions(4));
    const pauses: Pause[] = [];
    const flags = { provider: 'custom', baseUrl: server.url, model: ['m'], rpm: 6, stopAfterWait: 1 };
    const outcome = await fastRun(desk, new FastClock(60), flags, {
      events: { onPause: (pause) => pauses.push(pause) },
    });
    expect(exitStatusOf(outcome)).toBe(0);
    expect(pauses).toEqual([]);
  });
});
