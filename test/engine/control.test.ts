import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallError } from '../../src/core/call-error.ts';
import { RunControl } from '../../src/engine/control.ts';
import { listen } from '../support/http-server.ts';

const LONG_MS = 600_000;

let server: Server;
let url: string;
beforeEach(async () => {
  // A server that takes every request and answers only those for /answer.
  server = createServer((incoming, outgoing) => {
    if (incoming.url === '/answer') outgoing.end('an answer');
  });
  url = `http://127.0.0.1:${await listen(server)}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('RunControl', () => {
  it('runs until it is stopped', () => {
    const control = new RunControl();
    expect([control.draining.aborted, control.killed, control.reason]).toEqual([false, false, null]);
  });

  it('stops new calls and keeps those in flight', async () => {
    const control = new RunControl();
    const asked = attemptOf(control, LONG_MS, async (signal) => {
      control.stop({ kind: 'interrupted' });
      return ask('/answer', signal);
    });
    expect(await asked).toBe('an answer');
    expect([control.draining.aborted, control.killed, control.reason]).toEqual([true, false, { kind: 'interrupted' }]);
  });

  it('keeps the first reason', () => {
    const control = new RunControl();
    control.stop({ kind: 'unauthorized', message: 'the key was refused' });
    control.stop({ kind: 'interrupted' });
    control.kill();
    expect(control.reason).toEqual({ kind: 'unauthorized', message: 'the key was refused' });
  });

  it('ends every call in flight on kill, and says that it did', async () => {
    const control = new RunControl();
    const attempts = [1, 2, 3].map(() => failureOf(attemptOf(control, LONG_MS, (signal) => ask('/silence', signal))));
    await requests('/silence', 3);
    control.kill();
    for (const error of await Promise.all(attempts)) expect(error).toMatchObject({ kind: 'cancelled' });
    expect([control.draining.aborted, control.killed, control.reason]).toEqual([true, true, { kind: 'interrupted' }]);
  });

  it('makes no call after kill', async () => {
    const control = new RunControl();
    control.kill();
    let calls = 0;
    const error = await failureOf(
      attemptOf(control, LONG_MS, async () => {
        calls += 1;
      }),
    );
    expect(error).toMatchObject({ kind: 'cancelled' });
    expect(calls).toBe(0);
  });

  it('ends a call that takes too long, and says after how long', async () => {
    const error = await failureOf(attemptOf(new RunControl(), 25, (signal) => ask('/silence', signal)));
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ kind: 'timeout', message: 'no whole answer within 0.025 s' });
  });

  it('reports its own reason if the ended call fails with another one', async () => {
    const control = new RunControl();
    const late = attemptOf(control, 25, (signal) => failWhenEnded('/silence', signal));
    expect(await failureOf(late)).toMatchObject({ kind: 'timeout' });
    const asked = failureOf(attemptOf(control, LONG_MS, (signal) => failWhenEnded('/kill', signal)));
    await requests('/kill', 1);
    control.kill();
    expect(await asked).toMatchObject({ kind: 'cancelled' });
  });

  it('does not change a failure that it did not cause', async () => {
    const broken = new CallError('network', 'the connection broke');
    expect(await failureOf(attemptOf(new RunControl(), LONG_MS, () => Promise.reject(broken)))).toBe(broken);
  });

  it('leaves a failure that tells what became of the ended call', async () => {
    const control = new RunControl();
    const kept = new CallError('cancelled', 'ended', { isKept: true });
    const asked = attemptOf(control, LONG_MS, (signal) => ask('/silence', signal).catch(() => Promise.reject(kept)));
    control.kill();
    expect(await failureOf(asked)).toBe(kept);
  });

  it('allows more time than a timer can count', async () => {
    const answer = await attemptOf(new RunControl(), 1e12, async (signal) => {
      await delay(20);
      return ask('/answer', signal);
    });
    expect(answer).toBe('an answer');
  });

  it('ends each of several calls after its own time', { timeout: 10_000 }, async () => {
    const control = new RunControl();
    const long = failureOf(attemptOf(control, LONG_MS, (signal) => ask('/silence', signal)));
    for (const timeoutMs of [25, 20]) {
      const short = failureOf(attemptOf(control, timeoutMs, (signal) => ask('/silence', signal)));
      expect(await short).toMatchObject({ message: `no whole answer within ${timeoutMs / 1000} s` });
    }
    control.kill();
    expect(await long).toMatchObject({ kind: 'cancelled' });
  });

  it('keeps no process alive once its calls have ended', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const control = new RunControl();
    await Promise.all([1, 2].map(() => attemptOf(control, LONG_MS, (signal) => ask('/answer', signal))));
    const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    expect(after).toBeLessThanOrEqual(before);
  });

  it('has no effect on a call that has ended', async () => {
    const control = new RunControl();
    const signals: AbortSignal[] = [];
    await attemptOf(control, 20, async (signal) => signals.push(signal));
    control.kill();
    await delay(40);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});

/** One attempt, from its beginning to its end. */
async function attemptOf<T>(
  control: RunControl,
  timeoutMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const begun = control.begin(timeoutMs);
  try {
    return await call(begun.signal);
  } catch (error) {
    throw begun.failure(error);
  } finally {
    begun.end();
  }
}

async function ask(path: string, signal: AbortSignal): Promise<string> {
  const { body } = await request(`${url}${path}`, { signal });
  return body.text();
}

/** A transport that takes its being ended for a broken connection. */
async function failWhenEnded(path: string, signal: AbortSignal): Promise<never> {
  await ask(path, signal).catch(() => undefined);
  throw new CallError('network', 'the connection broke');
}

/** Waits until so many requests for a path have reached the server. */
async function requests(path: string, count: number): Promise<void> {
  let left = count;
  await new Promise<void>((resolve) => {
    server.on('request', ({ url: asked }) => {
      if (asked === path) left -= 1;
      if (left === 0) resolve();
    });
  });
}

async function failureOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => {
      throw new Error('nothing went wrong');
    },
    (error: unknown) => error,
  );
}
