import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Account, CallEnd } from '../../src/engine/account.ts';
import { type AccountLimits, openAccount } from './accounts.ts';
import { ManualClock } from './manual-clock.ts';

const MINUTE_MS = 60_000;
/** Two calls under a limit of n a minute that the user sets are this long apart, divided by n. */
const SPACED_MINUTE_MS = 60_200;
const UNLIMITED: AccountLimits = { rpm: null, tpm: null, concurrency: 200, isFixed: false };
const ANSWERED: CallEnd = { kind: 'answered', tokens: null, pauseMs: 0 };
const forEver = new AbortController().signal;
setMaxListeners(0, forEver);

describe('an account after a long pause', () => {
  it('resumes at the pace of the calls admitted within the last minute', async () => {
    const { account, clock } = await refusedAfter({ answered: 100, inFlight: 0, pauseMs: 30_000 });
    expect(await startsMs(account, clock, 4)).toEqual([0, 610, 1220, 1830]);
  });

  it('counts unanswered calls as admitted', async () => {
    const { account, clock } = await refusedAfter({ answered: 1, inFlight: 99, pauseMs: 30_000 });
    expect(await startsMs(account, clock, 4)).toEqual([0, 610, 1220, 1830]);
  });

  it.each<[string, Parameters<typeof refusedAfter>[0]]>([
    ['the pause is short', { answered: 100, inFlight: 0, pauseMs: 4999 }],
    ['nothing was let in', { answered: 0, inFlight: 0, pauseMs: 30_000 }],
    ['the user fixed the pace', { answered: 100, inFlight: 0, pauseMs: 30_000, limits: { isFixed: true } }],
  ])('learns no pace if %s', async (_why, refusal) => {
    const { account, clock } = await refusedAfter(refusal);
    expect(await startsMs(account, clock, 3)).toEqual([0, 0, 0]);
  });

  it('learns no pace from a server that refuses every call', async () => {
    const { account, clock } = await refusedAfter({ answered: 0, inFlight: 0, alsoRefused: 8, pauseMs: 30_000 });
    expect(await startsMs(account, clock, 3)).toEqual([0, 0, 0]);
  });

  it('does not count refused calls as admitted', async () => {
    const { account, clock } = await refusedAfter({ answered: 50, inFlight: 50, alsoRefused: 70, pauseMs: 30_000 });
    expect(await startsMs(account, clock, 3)).toEqual([0, 610, 1220]);
  });

  it('never goes faster than the user allows', async () => {
    const { account, clock } = await refusedAfter({ answered: 10, inFlight: 0, pauseMs: 30_000, limits: { rpm: 6 } });
    await keepCalling(account, clock, 60 * MINUTE_MS);
    expect(await gapMs(account, clock)).toBeCloseTo(SPACED_MINUTE_MS / 6, 6);
  });

  it('speeds up a little after every minute without a refusal, and not before', async () => {
    const { account, clock } = await refusedAfter({ answered: 100, inFlight: 0, pauseMs: 30_000 });
    await keepCalling(account, clock, 25_000);
    expect(await gapMs(account, clock)).toBeCloseTo(610, 6);
    await keepCalling(account, clock, MINUTE_MS);
    expect(await gapMs(account, clock)).toBeCloseTo(610 * 0.9, 6);
    await keepCalling(account, clock, MINUTE_MS);
    expect(await gapMs(account, clock)).toBeCloseTo(610 * 0.9 ** 2, 6);
  });

  it('waits a full minute again after a refusal without a long pause', async () => {
    const { account, clock } = await refusedAfter({ answered: 100, inFlight: 0, pauseMs: 30_000 });
    await keepCalling(account, clock, 25_000);
    (await account.enter(0, forEver))?.leave({ kind: 'refused', pauseMs: 0 });
    await keepCalling(account, clock, 45_000);
    expect(await gapMs(account, clock)).toBeCloseTo(610, 6);
  });

  it.each([
    ['quick', 120, 300, 1000],
    ['slow', 120, 3000, 12_000],
  ])('finds a limit of %s answers and stays near it without many refusals', async (_how, limit, fromMs, toMs) => {
    const { answersPerMinute, refusals } = await runAgainstLimit(limit, fromMs, toMs, 20);
    const later = answersPerMinute.slice(2);
    expect(later.reduce((sum, answers) => sum + answers, 0) / later.length).toBeGreaterThan(limit * 0.75);
    expect(Math.min(...later)).toBeGreaterThan(limit * 0.4);
    expect(refusals).toBeLessThan(limit);
  });
});

interface Refusal {
  readonly answered: number;
  /** Calls that are answered only a minute after the refusal. */
  readonly inFlight: number;
  /** Calls that are refused one after the other, right after the first refusal. */
  readonly alsoRefused?: number;
  readonly pauseMs: number;
  readonly limits?: Partial<AccountLimits>;
}

/** An account that was refused once, when the pause is over. */
async function refusedAfter({ answered, inFlight, alsoRefused = 0, pauseMs, limits = {} }: Refusal) {
  const clock = new ManualClock();
  const account = openAccount({ ...UNLIMITED, ...limits }, clock);
  for (let call = 0; call < answered; call++) (await account.enter(0, forEver))?.leave(ANSWERED);
  const slow = await Promise.all(Array.from({ length: inFlight }, () => account.enter(0, forEver)));
  const refused = await Promise.all(Array.from({ length: alsoRefused + 1 }, () => account.enter(0, forEver)));
  for (const permit of refused) permit?.leave({ kind: 'refused', pauseMs });
  for (const permit of slow) void clock.pass(MINUTE_MS).then(() => permit?.leave(ANSWERED));
  await clock.pass(pauseMs);
  return { account, clock };
}

/** When calls that are asked for now come in, from the first on. */
async function startsMs(account: Account, clock: ManualClock, calls: number): Promise<readonly number[]> {
  const starts: number[] = [];
  for (let call = 0; call < calls; call++) {
    await account.enter(0, forEver);
    starts.push(clock.elapsedMs());
  }
  return starts.map((startMs) => startMs - (starts[0] ?? 0));
}

async function gapMs(account: Account, clock: ManualClock): Promise<number> {
  const [, second = 0] = await startsMs(account, clock, 2);
  return second;
}

async function keepCalling(account: Account, clock: ManualClock, durationMs: number): Promise<void> {
  const endMs = clock.elapsedMs() + durationMs;
  while (clock.elapsedMs() < endMs) (await account.enter(0, forEver))?.leave(ANSWERED);
}

/**
 * Works for so many minutes, with as many calls in flight as may be, against a server that takes so many calls in each
 * minute and sends the others away until the next one.
 */
async function runAgainstLimit(limit: number, fromMs: number, toMs: number, minutes: number) {
  const clock = new ManualClock();
  const account = openAccount(UNLIMITED, clock);
  const taken = new Map<number, number>();
  const answersPerMinute: number[] = Array.from({ length: minutes }, () => 0);
  let refusals = 0;
  let calls = 0;
  const call = async (): Promise<void> => {
    const permit = await account.enter(0, forEver);
    await clock.pass(30);
    const minute = Math.floor(clock.elapsedMs() / MINUTE_MS);
    if ((taken.get(minute) ?? 0) >= limit) {
      refusals += 1;
      permit?.leave({ kind: 'refused', pauseMs: (minute + 1) * MINUTE_MS - clock.elapsedMs() });
      return;
    }
    taken.set(minute, (taken.get(minute) ?? 0) + 1);
    calls += 1;
    await clock.pass(fromMs + ((calls * 7919) % (toMs - fromMs)));
    const answeredIn = Math.floor(clock.elapsedMs() / MINUTE_MS);
    if (answeredIn < minutes) answersPerMinute[answeredIn] = (answersPerMinute[answeredIn] ?? 0) + 1;
    permit?.leave(ANSWERED);
  };
  let inFlight = 0;
  await new Promise<void>((resolve) => {
    const callAndGoOn = async (): Promise<void> => {
      inFlight += 1;
      await call();
      inFlight -= 1;
      fill();
    };
    const fill = (): void => {
      while (inFlight < account.concurrency && clock.elapsedMs() < minutes * MINUTE_MS) void callAndGoOn();
      if (inFlight === 0) resolve();
    };
    fill();
  });
  return { answersPerMinute, refusals };
}
