import { describe, expect } from 'vitest';
import { exitStatusOf } from '../../../src/app/run/index.ts';
import { type ChatCall, plainServer } from '../../support/chat-server.ts';
import { it } from '../../support/cli.ts';
import { FastClock } from '../../support/fast-clock.ts';
import { fastRun } from '../../support/fast-run.ts';
import { csvResults, questions } from '../../support/results.ts';

/** Minutes pass in seconds, for the program and for the servers alike. */
const FACTOR = 30;
const MINUTE_MS = 60_000;

describe.concurrent('a limit of calls a minute', () => {
  it('that the server reports is never hit, and fully used', async ({ desk }) => {
    const clock = new FastClock(FACTOR);
    const gateway = await desk.gateway({ maxRpm: 600, clock: clock.elapsedMs });
    await desk.write('rows.csv', questions(1500));
    const outcome = await fastRun(desk, clock, { model: ['gpt-4o'], baseUrl: gateway.url, rpm: 600 });
    expect(outcome).toMatchObject({ state: 'completed', summary: { total: { completed: 1500, calls: 1500 } } });
    expect(gateway.stats()).toMatchObject({ refused429: 0, served: 1500, duplicates: 0 });
    // On a busy machine, minutes that pass in seconds leave less time than they say.
    expect(gateway.stats().maxPerWindow).toBeGreaterThan(200);
  });

  it('that has to be discovered causes few refusals, and the run ends', async ({ desk }) => {
    const clock = new FastClock(FACTOR);
    const gateway = await desk.gateway({ maxRpm: 300, clock: clock.elapsedMs });
    await desk.write('rows.csv', questions(1500));
    // On a busy machine the fast clock makes minutes of its pauses: the pace is to be found out, not six attempts.
    const flags = { model: ['gpt-4o'], baseUrl: gateway.url, maxAttempts: 20 };
    const outcome = await fastRun(desk, clock, flags);
    expect(outcome).toMatchObject({ state: 'completed', summary: { total: { completed: 1500 } } });
    const { refused429, calls, served, duplicates } = gateway.stats();
    expect({ served, duplicates }).toEqual({ served: 1500, duplicates: 0 });
    expect(refused429).toBeGreaterThan(0);
    expect(refused429 / calls).toBeLessThan(0.05);
  });
});

/** Tokens of every call. */
const TOKENS = { promptTokens: 20, completionTokens: 80 };

/** The most tokens within any 60 s. */
function mostTokens(calls: readonly ChatCall[]): number {
  const within = calls.map(({ atMs: endMs }) => calls.filter(({ atMs }) => atMs > endMs - MINUTE_MS && atMs <= endMs));
  return Math.max(...within.map(({ length }) => length)) * (TOKENS.promptTokens + TOKENS.completionTokens);
}

describe.concurrent('a limit of tokens a minute', () => {
  it('is kept in every 60 s, and fully used', async ({ desk, onTestFinished }) => {
    const clock = new FastClock(FACTOR);
    const nowMs = clock.elapsedMs;
    const server = await plainServer({ onTestFinished }, { ...TOKENS, nowMs });
    await desk.write('rows.csv', questions(150));
    const flags = { provider: 'custom', model: ['plain'], baseUrl: server.url, maxTokens: 100, tpm: 6000 };
    const outcome = await fastRun(desk, clock, flags);
    expect(outcome).toMatchObject({ state: 'completed', summary: { total: { completed: 150 } } });
    expect(server.calls).toHaveLength(150);
    // 15,000 tokens in all.
    expect(mostTokens(server.calls)).toBeLessThanOrEqual(6000);
    expect(mostTokens(server.calls)).toBeGreaterThan(4000);
  });

  it('is smaller than one trial, which ends with an error that says so', async ({ desk, onTestFinished }) => {
    const server = await plainServer({ onTestFinished });
    await desk.write('rows.csv', `prompt\nshort\n${'long '.repeat(300)}\nshort too\n`);
    const flags = { provider: 'custom', model: ['plain'], baseUrl: server.url, maxTokens: 100, tpm: 200 };
    const outcome = await fastRun(desk, new FastClock(FACTOR), flags);
    expect(exitStatusOf(outcome)).toBe(3);
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => row['status'])).toEqual(['completed', 'errored', 'completed']);
    expect(rows[1]).toMatchObject({ error_code: 'exceeds_limit', attempts: '0', output: '' });
    expect(rows[1]?.['error_message']).toMatch(/\d+ tokens, more than --tpm lets in/);
    expect(server.calls).toHaveLength(2);
  });
});
