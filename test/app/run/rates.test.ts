import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { RunControl } from '../../../src/engine/control.ts';
import { type ChatCall, plainServer } from '../../support/chat-server.ts';
import { it } from '../../support/cli.ts';
import { FastClock } from '../../support/fast-clock.ts';
import { fastRun } from '../../support/fast-run.ts';
import { questions } from '../../support/results.ts';
import { stallingProxy } from '../../support/stalling-proxy.ts';

/** Minutes pass in seconds, for the program and for the servers alike. */
const FACTOR = 30;
const MINUTE_MS = 60_000;
const KEY = 'sk-test-0123456789';

/** The most requests within any 60 s, by the server's own count. */
function mostRequests(calls: readonly ChatCall[]): number {
  const within = calls.map(({ atMs: fromMs }) =>
    calls.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + MINUTE_MS),
  );
  return Math.max(...within.map(({ length }) => length));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}

describe.concurrent('a limit of requests a minute, by the count of the server', () => {
  it('is kept if the network stalls for 15 s with 64 requests in flight', async ({ desk, onTestFinished }) => {
    const clock = new FastClock(FACTOR);
    const server = await plainServer({ onTestFinished }, { nowMs: clock.elapsedMs });
    const proxy = await stallingProxy({ onTestFinished }, server.url);
    await desk.write('rows.csv', questions(700));
    const pace = { rpm: 300, concurrency: 64, concurrencyMode: 'fixed' } as const;
    const running = fastRun(desk, clock, { provider: 'custom', model: ['plain'], baseUrl: proxy.url, ...pace });
    await until(() => server.calls.length >= 250);
    proxy.stall();
    const stalledAt = clock.elapsedMs();
    await until(() => clock.elapsedMs() >= stalledAt + 15_000);
    proxy.resume();
    expect(await running).toMatchObject({ state: 'completed', summary: { total: { completed: 700, calls: 700 } } });
    expect(server.calls).toHaveLength(700);
    expect(mostRequests(server.calls)).toBeLessThanOrEqual(300);
    // On a busy machine, minutes that pass in seconds leave less time than they say.
    expect(mostRequests(server.calls)).toBeGreaterThan(75);
  });

  it('is kept if a killed run is resumed, and its earlier requests arrive only then', async ({
    desk,
    onTestFinished,
  }) => {
    const clock = new FastClock(FACTOR);
    const server = await plainServer({ onTestFinished }, { nowMs: clock.elapsedMs });
    const proxy = await stallingProxy({ onTestFinished }, server.url);
    await desk.write('rows.csv', questions(150));
    const pace = { rpm: 60, concurrency: 30, concurrencyMode: 'fixed' } as const;
    const flags = { provider: 'custom', model: ['plain'], baseUrl: proxy.url, ...pace };
    const [control, stateFolder] = [new RunControl(), desk.path('state')];
    const first = fastRun(desk, clock, flags, { control, stateFolder });
    await until(() => server.calls.length >= 20);
    proxy.stall();
    const stalledAt = clock.elapsedMs();
    await until(() => clock.elapsedMs() >= stalledAt + 40_000);
    control.kill();
    await expect(first).rejects.toThrow('interrupted');
    const killedAt = clock.elapsedMs();
    const resumed = fastRun(desk, clock, flags, { stateFolder });
    // Far less than the minute in which lost requests may arrive: a busy machine may wake up a second late.
    await until(() => clock.elapsedMs() >= killedAt + 20_000);
    proxy.resume();
    expect(await resumed).toMatchObject({ state: 'completed', summary: { total: { completed: 150 } } });
    // Abandoned requests of the first run arrived all the same.
    expect(server.calls.length).toBeGreaterThan(150);
    expect(mostRequests(server.calls)).toBeLessThanOrEqual(60);
  });

  it('is kept by two parallel runs with one key', async ({ desk, onTestFinished }) => {
    const clock = new FastClock(FACTOR);
    const server = await plainServer({ onTestFinished }, { nowMs: clock.elapsedMs });
    await desk.write('rows.csv', questions(120));
    const flags = { provider: 'custom', model: ['plain'], baseUrl: server.url, apiKeyEnv: 'KEY', rpm: 90 };
    const environment = { env: { KEY }, stateFolder: desk.path('state') };
    const runs = ['one', 'two'].map((out) => fastRun(desk, clock, { ...flags, out: desk.path(out) }, environment));
    for (const outcome of await Promise.all(runs)) expect(outcome).toMatchObject({ state: 'completed' });
    expect(server.calls).toHaveLength(240);
    expect(mostRequests(server.calls)).toBeLessThanOrEqual(90);
    expect(mostRequests(server.calls)).toBeGreaterThan(30);
    const files = (await desk.list('state')).filter((name) => name.endsWith('data.mdb'));
    expect(files).toHaveLength(1);
    for (const name of files) expect(await desk.read(`state/${name}`)).not.toContain(KEY);
  });

  it('is kept by one run that calls two addresses of one host with one key', async ({ desk, onTestFinished }) => {
    const clock = new FastClock(FACTOR);
    const server = await plainServer({ onTestFinished }, { nowMs: clock.elapsedMs });
    await desk.write('rows.csv', questions(100));
    const other = server.url.replace('127.0.0.1', 'localhost');
    await desk.write(
      'promptgrid.yaml',
      `providers:\n  custom: {baseUrl: ${server.url}, apiKeyEnv: KEY}\n  openai: {baseUrl: ${other}, apiKeyEnv: KEY}\n`,
    );
    const flags = { model: ['custom/plain', 'openai/plain'], rpm: 90 };
    expect(await fastRun(desk, clock, flags, { env: { KEY } })).toMatchObject({ state: 'completed' });
    expect(server.calls).toHaveLength(200);
    expect(mostRequests(server.calls)).toBeLessThanOrEqual(90);
  });

  it('of one model is kept in addition to that of the account, and delays no other model', async ({
    desk,
    onTestFinished,
  }) => {
    const clock = new FastClock(FACTOR);
    const server = await plainServer({ onTestFinished }, { nowMs: clock.elapsedMs });
    await desk.write('rows.csv', questions(60));
    await desk.write('promptgrid.yaml', 'rpm: 120\nlimits:\n  slow: {rpm: 30}\n');
    const flags = { provider: 'custom', model: ['slow', 'plain'], baseUrl: server.url, modelCheck: false };
    expect(await fastRun(desk, clock, flags)).toMatchObject({ state: 'completed' });
    const ofSlow = server.calls.filter(({ model }) => model === 'slow');
    expect(ofSlow).toHaveLength(60);
    expect(mostRequests(ofSlow)).toBeLessThanOrEqual(30);
    expect(mostRequests(server.calls)).toBeLessThanOrEqual(120);
  });

  it('that is not set touches no folder', async ({ desk, onTestFinished }) => {
    const server = await plainServer({ onTestFinished });
    await desk.write('rows.csv', questions(3));
    const stateFolder = desk.path('state');
    await fastRun(
      desk,
      new FastClock(FACTOR),
      { provider: 'custom', model: ['plain'], baseUrl: server.url },
      { stateFolder },
    );
    expect((await desk.list()).filter((name) => name.startsWith('state'))).toEqual([]);
  });
});
