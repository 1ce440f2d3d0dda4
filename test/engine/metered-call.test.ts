import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CallError } from '../../src/core/call-error.ts';
import { StorageError } from '../../src/core/errors.ts';
import { Budget } from '../../src/engine/budget.ts';
import { RunControl } from '../../src/engine/control.ts';
import { HoldFile } from '../../src/engine/hold-file.ts';
import { makeMeteredCall } from '../../src/engine/metered-call.ts';
import { openAccount } from './accounts.ts';
import { ManualClock } from './manual-clock.ts';
import { completed, trialId } from './results.ts';

const MINUTE_MS = 60_000;

it('a call whose hold cannot be written down is not made, and gives back its money and its place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-metered-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const holds = await HoldFile.open(join(folder, 'holds.jsonl'), () => false);
  await holds.close();
  const clock = new ManualClock();
  const limits = { rpm: null, tpm: null, concurrency: 8, isFixed: true };
  const account = openAccount(limits, clock);
  const [budget, control] = [new Budget(100n, 0n), new RunControl()];
  const meters = { budget, holds: holds.book('RUB'), accounts: [account], control, clock, timeoutMs: 1000 };
  let calls = 0;
  const made = makeMeteredCall(meters, { trialId: trialId(1), tokens: 1, cost: 100n }, () => {
    calls += 1;
    return Promise.resolve(completed(1).completion);
  });
  await expect(made).rejects.toBeInstanceOf(StorageError);
  expect([calls, account.inFlight, budget.spent]).toEqual([0, 0, 0n]);
  expect(await budget.reserve(100n)).not.toBeNull();
});

describe('a call counts against a limit of requests a minute', () => {
  it.each<[string, CallError, number]>([
    ['that the server answered with an error', new CallError('server_error', 'no', { httpStatus: 500 }), 60_200],
    ['that was refused', new CallError('rate_limited', 'no', { httpStatus: 429 }), 60_200],
    ['for which a proxy answered', new CallError('server_error', 'no', { httpStatus: 504 }), 120_200],
    ['that took too long', new CallError('timeout', 'no'), 120_200],
    ['whose connection broke', new CallError('network', 'no'), 120_200],
  ])('%s', async (_what, error, untilMs) => {
    const clock = new ManualClock();
    const account = openAccount({ rpm: 1, tpm: null, concurrency: 8, isFixed: true }, clock);
    const meters = {
      budget: null,
      holds: null,
      accounts: [account],
      control: new RunControl(),
      clock,
      timeoutMs: 1000,
    };
    const need = { trialId: trialId(1), tokens: 1, cost: 0n };
    await makeMeteredCall(meters, need, () => Promise.reject(error));
    await makeMeteredCall(meters, need, () => Promise.resolve(completed(1).completion));
    expect(clock.elapsedMs()).toBe(untilMs);
  });

  it('not where another limit was waited for in vain', async () => {
    const clock = new ManualClock();
    const limits = { rpm: 1, tpm: null, concurrency: 8, isFixed: true };
    const [ofModel, ofAll] = [openAccount(limits, clock), openAccount(limits, clock)];
    const control = new RunControl();
    const meters = { budget: null, holds: null, accounts: [ofModel, ofAll], control, clock, timeoutMs: 1000 };
    await ofAll.enter(0, control.draining);
    const made = makeMeteredCall(meters, { trialId: trialId(1), tokens: 1, cost: 0n }, () =>
      Promise.resolve(completed(1).completion),
    );
    await clock.until(500);
    control.stop({ kind: 'interrupted' });
    expect([await made, ofModel.inFlight, ofAll.inFlight]).toEqual([null, 0, 1]);
    await clock.until(MINUTE_MS + 200);
    await ofModel.enter(0, new AbortController().signal);
    expect(clock.elapsedMs()).toBe(MINUTE_MS + 200);
  });
});
