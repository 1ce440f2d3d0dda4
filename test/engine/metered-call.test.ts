import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { StorageError } from '../../src/core/errors.ts';
import { Account } from '../../src/engine/account.ts';
import { Budget } from '../../src/engine/budget.ts';
import { RunControl } from '../../src/engine/control.ts';
import { HoldFile } from '../../src/engine/hold-file.ts';
import { makeMeteredCall } from '../../src/engine/metered-call.ts';
import { ManualClock } from './manual-clock.ts';
import { completed, trialId } from './results.ts';

it('a call whose hold cannot be written down is not made, and gives back its money and its place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-metered-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const holds = await HoldFile.open(join(folder, 'holds.jsonl'), () => false);
  await holds.close();
  const clock = new ManualClock();
  const limits = { rpm: null, tpm: null, concurrency: 8, isFixed: true };
  const account = new Account(limits, clock, () => undefined);
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
