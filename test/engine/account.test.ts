import { setMaxListeners } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account, CallEnd } from '../../src/engine/account.ts';
import { type AccountLimits, openAccount } from './accounts.ts';
import { heapMegabytes } from './heap.ts';
import { ManualClock } from './manual-clock.ts';

const UNLIMITED: AccountLimits = { rpm: null, tpm: null, concurrency: 100, isFixed: false };
/** Two calls of such an account are 200 ms apart. */
const FIVE_A_SECOND: AccountLimits = { ...UNLIMITED, rpm: 301 };
const ANSWERED: CallEnd = { kind: 'answered', tokens: 0, pauseMs: 0 };
const forEver = new AbortController().signal;
setMaxListeners(0, forEver);

describe('Account', () => {
  it('admits calls at once without limits', async () => {
    const { account, clock } = opened(UNLIMITED);
    for (let call = 0; call < 1000; call++) expect(await account.enter(1e9, forEver)).not.toBeNull();
    expect(clock.elapsedMs()).toBe(0);
    expect(account.inFlight).toBe(1000);
  });

  it('is first come, first served, however large the calls', async () => {
    const call = fc.record({
      gapMs: fc.oneof(fc.constant(0), fc.nat({ max: 5000 })),
      tokens: fc.integer({ min: 1, max: 100 }),
      latencyMs: fc.nat({ max: 10_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 40, size: 'max' }), async (calls) => {
        const { account, clock } = opened({ ...FIVE_A_SECOND, tpm: 100 });
        const served: number[] = [];
        const make = async ({ tokens, latencyMs }: (typeof calls)[number], index: number): Promise<void> => {
          const permit = await account.enter(tokens, forEver);
          served.push(index);
          await clock.pass(latencyMs);
          permit?.leave({ kind: 'answered', tokens, pauseMs: 0 });
        };
        const made: Promise<void>[] = [];
        for (const [index, planned] of calls.entries()) {
          await clock.pass(planned.gapMs);
          made.push(make(planned, index));
        }
        await Promise.all(made);
        expect(served).toEqual(calls.map((_call, index) => index));
      }),
      { numRuns: 50 },
    );
  });

  it.each<CallEnd['kind']>(['refused', 'answered'])(
    'holds all calls for the pause in a call that was %s',
    async (kind) => {
      const { account, clock } = opened(FIVE_A_SECOND);
      const first = await account.enter(0, forEver);
      const startsMs = [account.enter(0, forEver), account.enter(0, forEver)].map(startOf(clock));
      await clock.until(100);
      first?.leave(kind === 'refused' ? { kind, pauseMs: 90_400 } : { ...ANSWERED, pauseMs: 90_400 });
      await clock.until(50_000);
      startsMs.push(startOf(clock)(account.enter(0, forEver)));
      expect(await Promise.all(startsMs)).toEqual([90_500, 90_700, 90_900]);
    },
  );

  it('waits for the longest of several pauses', async () => {
    const { account, clock } = opened(UNLIMITED);
    const calls = await Promise.all([1, 2, 3].map(() => account.enter(0, forEver)));
    for (const [index, pauseMs] of [1000, 4000, 2000].entries()) calls[index]?.leave({ kind: 'refused', pauseMs });
    await account.enter(0, forEver);
    expect(clock.elapsedMs()).toBe(4000);
  });

  it('returns null at once to a call that gives up, and admits the next ones in time', async () => {
    const { account, clock } = opened(FIVE_A_SECOND);
    await account.enter(0, forEver);
    const patience = new AbortController();
    const impatient = account.enter(0, patience.signal);
    const behind = startOf(clock)(account.enter(0, forEver));
    await clock.until(60);
    patience.abort();
    expect(await impatient).toBeNull();
    expect(clock.elapsedMs()).toBe(60);
    expect(await behind).toBe(200);
    expect(account.inFlight).toBe(2);
  });

  it('skips a call that gave up in the middle of the queue', async () => {
    const { account, clock } = opened(FIVE_A_SECOND);
    await account.enter(0, forEver);
    const patience = new AbortController();
    const [ahead, impatient, behind] = [forEver, patience.signal, forEver].map((signal) => account.enter(0, signal));
    patience.abort();
    expect(await ahead).not.toBeNull();
    expect(await impatient).toBeNull();
    expect(await behind).not.toBeNull();
    expect(clock.elapsedMs()).toBe(400);
  });

  it('admits no call whose signal was already aborted', async () => {
    const { account } = opened(UNLIMITED);
    expect(await account.enter(0, AbortSignal.abort())).toBeNull();
    expect(account.inFlight).toBe(0);
  });

  it('reports the number of calls allowed in flight whenever it changes', async () => {
    const { account, clock, told } = opened({ ...UNLIMITED, concurrency: 10 });
    expect(account.concurrency).toBe(8);
    await endTogether(account, 8, ANSWERED);
    expect(told).toEqual([9]);
    await clock.pass(1);
    await endTogether(account, 9, ANSWERED);
    await endTogether(account, 10, ANSWERED);
    expect(told).toEqual([9, 10]);
    await clock.pass(1);
    await endTogether(account, 10, { kind: 'refused', pauseMs: 0 });
    expect(told).toEqual([9, 10, 9]);
    expect(account.concurrency).toBe(9);
  });

  it('keeps a fixed number of calls in flight whatever the server says', async () => {
    const { account, clock, told } = opened({ ...UNLIMITED, isFixed: true });
    await clock.pass(1);
    await endTogether(account, 100, { kind: 'refused', pauseMs: 30_000 });
    expect(account.concurrency).toBe(100);
    expect(told).toEqual([]);
  });

  it('needs constant memory for calls that waited under one signal', async () => {
    const { account } = opened(FIVE_A_SECOND);
    const wait = async (calls: number): Promise<number> => {
      for (let call = 0; call < calls; call++) (await account.enter(0, forEver))?.leave(ANSWERED);
      return heapMegabytes();
    };
    const beforeMegabytes = await wait(5000);
    expect((await wait(40_000)) - beforeMegabytes).toBeLessThan(1);
  });
});

function opened(limits: AccountLimits) {
  const clock = new ManualClock();
  const told: number[] = [];
  const account = openAccount(limits, clock, (limit) => void told.push(limit));
  return { account, clock, told };
}

/** When a call came in. */
function startOf(clock: ManualClock): (entering: Promise<unknown>) => Promise<number> {
  return (entering) => entering.then(() => clock.elapsedMs());
}

/** Makes calls that are in flight together and end one after the other. */
async function endTogether(account: Account, calls: number, end: CallEnd): Promise<void> {
  const permits = await Promise.all(Array.from({ length: calls }, () => account.enter(0, forEver)));
  for (const permit of permits) permit?.leave(end);
}
