import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CallError } from '../../src/core/call-error.ts';
import type { Completion } from '../../src/core/completion.ts';
import { StorageError } from '../../src/core/errors.ts';
import type { HoldLog } from '../../src/core/hold-log.ts';
import { UNKNOWN_COST } from '../../src/core/usage.ts';
import type { Account } from '../../src/engine/account.ts';
import { Budget } from '../../src/engine/budget.ts';
import { CallSlots } from '../../src/engine/call-slots.ts';
import { RunControl } from '../../src/engine/control.ts';
import { type Meters, makeMeteredCall, type Need, type WantedCall } from '../../src/engine/metered-call.ts';
import { HoldFile } from '../../src/store/hold-file.ts';
import { openAccount } from './accounts.ts';
import { ManualClock } from './manual-clock.ts';
import { completed, trialId } from './results.ts';

async function holdFile(): Promise<HoldFile> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-metered-'));
  const holds = await HoldFile.open(join(folder, 'holds.jsonl'), () => false);
  onTestFinished(async () => {
    await holds.close();
    await rm(folder, { recursive: true });
  });
  return holds;
}

const MINUTE_MS = 60_000;

interface Metered extends MetersOf {
  readonly budget: Budget;
  readonly account: Account;
}

interface MetersOf extends Meters {
  readonly accounts: readonly Account[];
}

/** Makes a call of a trial within these limits. */
function makeCall(
  meters: MetersOf,
  { trialId: id, ...need }: Need & { readonly trialId: string },
  send: WantedCall['send'],
): ReturnType<typeof makeMeteredCall> {
  const { accounts } = meters;
  return makeMeteredCall(meters, {
    trialId: id,
    isJudge: false,
    need,
    accounts,
    isGivenUp: () => false,
    send,
    priced: (outcome) => outcome,
  });
}

/** Meters with a budget of 100. */
function metersWith(holds: HoldLog): Metered {
  const [clock, control] = [new ManualClock(), new RunControl()];
  const limits = { rpm: null, tpm: null, concurrency: 8, isFixed: true };
  const account = openAccount(limits, clock);
  const budget = new Budget({ amount: 100n, currency: 'RUB' }, { paid: 0n, unknown: 0n, unknownCalls: 0 });
  return { budget, holds, account, accounts: [account], slots: new CallSlots(8), control, clock, timeoutMs: 1000 };
}

const NEED = { trialId: trialId(1), tokens: 1, cost: 40n };

describe('a call', () => {
  it('whose hold cannot be written is not made, and returns its money and its slot', async () => {
    const holds = await HoldFile.open(join(tmpdir(), 'promptgrid-no-such-folder', 'holds.jsonl'), () => false);
    const meters = metersWith(holds.exact('RUB'));
    let calls = 0;
    const made = makeCall(meters, { ...NEED, cost: 100n }, () => {
      calls += 1;
      return Promise.resolve(completed(1).completion);
    });
    await expect(made).rejects.toBeInstanceOf(StorageError);
    expect([calls, meters.account.inFlight, meters.budget.spent]).toEqual([0, 0, 0n]);
    expect(await meters.budget.reserve(100n)).not.toBeNull();
  });

  const answer = completed(1).completion;
  const paid = { amount: 7n, currency: 'RUB' };
  it.each<readonly [string, Completion | CallError, spent: bigint, lost: number]>([
    ['an answer that tells its cost', answer, 3n, 0],
    ['an answer of unknown cost', { ...answer, cost: UNKNOWN_COST }, 40n, 0],
    ['a time-out', new CallError('timeout', 'no whole answer'), 40n, 1],
    ['a broken connection', new CallError('network', 'other side closed'), 40n, 1],
    ['no connection', new CallError('network', 'refused', { isUnsent: true }), 0n, 0],
    ['a page of a gateway', new CallError('server_error', 'HTTP 504', { httpStatus: 504 }), 40n, 1],
    [
      'a JSON error of a gateway',
      new CallError('server_error', 'HTTP 504', { httpStatus: 504, isApiError: true }),
      40n,
      1,
    ],
    ['an API without capacity', new CallError('overloaded', 'HTTP 503', { httpStatus: 503, isApiError: true }), 0n, 0],
    ['a gateway without a backend', new CallError('overloaded', 'HTTP 503', { httpStatus: 503 }), 40n, 1],
    ['a refusal', new CallError('rate_limited', 'HTTP 429', { httpStatus: 429 }), 0n, 0],
    ['an error that tells its cost', new CallError('server_error', 'HTTP 500', { httpStatus: 500, paid }), 7n, 0],
    ['a refusal that tells its cost', new CallError('rate_limited', 'HTTP 429', { httpStatus: 429, paid }), 7n, 0],
    ['one that is kept elsewhere', new CallError('cancelled', 'c', { isKept: true }), 40n, 1],
  ])('that ends with %s', async (_what, outcome, spent, lost) => {
    const holds = await holdFile();
    const meters = metersWith(holds.exact('RUB'));
    await makeCall(meters, NEED, () =>
      outcome instanceof CallError ? Promise.reject(outcome) : Promise.resolve(outcome),
    );
    if (!(outcome instanceof CallError)) await meters.holds.stored(NEED.trialId);
    expect([meters.budget.spent, holds.lost.calls]).toEqual([spent, lost]);
    await holds.close();
  });

  it('leaves its slot, however it ends', { timeout: 10_000 }, async () => {
    const meters = { ...metersWith((await holdFile()).exact('RUB')), slots: new CallSlots(1) };
    for (const outcome of [new CallError('network', 'no'), answer, new CallError('server_error', 'no')]) {
      const made = await makeCall(meters, { ...NEED, cost: 1n }, () =>
        outcome instanceof CallError ? Promise.reject(outcome) : Promise.resolve(outcome),
      );
      expect(made?.outcome).toBe(outcome);
    }
  });

  it.each([
    ['stays held if its answer is kept elsewhere', { isKept: true }, 40n, 1],
    ['costs nothing if it was taken back in time', { isUnsent: true }, 0n, 0],
  ] as const)('that we end %s', async (_what, details, spent, lost) => {
    const holds = await holdFile();
    const meters = metersWith(holds.exact('RUB'));
    await makeCall(meters, NEED, (signal) => {
      meters.control.kill();
      return Promise.reject(signal.aborted ? new CallError('cancelled', 'ended', details) : new Error('still wanted'));
    });
    expect([meters.budget.spent, holds.lost.calls]).toEqual([spent, lost]);
  });

  it('that we end costs its maximum once it is sent, and nothing before', async () => {
    const holds = await holdFile();
    const meters = metersWith(holds.exact('RUB'));
    const { control } = meters;
    await makeCall(meters, NEED, async (signal) => {
      control.kill();
      signal.throwIfAborted();
      return answer;
    });
    expect(meters.budget.spent).toBe(40n);
    await makeCall(meters, { ...NEED, trialId: trialId(2) }, () => Promise.resolve(answer));
    expect(meters.budget.spent).toBe(40n);
    await holds.close();
  });
});

describe('a call counts against a limit of requests per minute', () => {
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
      holds: (await holdFile()).bound('RUB'),
      accounts: [account],
      slots: new CallSlots(8),
      control: new RunControl(),
      clock,
      timeoutMs: 1000,
    };
    const need = { trialId: trialId(1), tokens: 1, cost: 0n };
    await makeCall(meters, need, () => Promise.reject(error));
    await makeCall(meters, need, () => Promise.resolve(completed(1).completion));
    expect(clock.elapsedMs()).toBe(untilMs);
  });

  it('not if another limit was waited for in vain', async () => {
    const clock = new ManualClock();
    const limits = { rpm: 1, tpm: null, concurrency: 8, isFixed: true };
    const [ofModel, ofAll] = [openAccount(limits, clock), openAccount(limits, clock)];
    const control = new RunControl();
    const holds = (await holdFile()).bound('RUB');
    const meters = {
      budget: null,
      holds,
      accounts: [ofModel, ofAll],
      slots: new CallSlots(8),
      control,
      clock,
      timeoutMs: 1000,
    };
    await ofAll.enter(0, control.draining);
    const made = makeCall(meters, { trialId: trialId(1), tokens: 1, cost: 0n }, () =>
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
