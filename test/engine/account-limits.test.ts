import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Account, type AccountLimits, type CallEnd } from '../../src/engine/account.ts';
import { ManualClock } from './manual-clock.ts';

const MINUTE_MS = 60_000;
const UNLIMITED: AccountLimits = { rpm: null, tpm: null, concurrency: 1000, isFixed: true };
const forEver = new AbortController().signal;

describe('an account with a limit of calls a minute', () => {
  const call = fc.record({
    gapMs: fc.oneof(fc.constant(0), fc.nat({ max: 300 }), fc.nat({ max: 70_000 })),
    latencyMs: fc.nat({ max: 20_000 }),
    lateMs: fc.oneof(fc.constantFrom(0, 900), fc.nat({ max: 900 })),
  });

  it('lets no 60 s hold more, also where calls reach the server up to 900 ms late', async () => {
    const rpms = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 9, max: 90 }));
    await fc.assert(
      fc.asyncProperty(rpms, fc.array(call, { maxLength: 150, size: 'max' }), async (rpm, calls) => {
        const made = await makeCalls({ ...UNLIMITED, rpm }, calls.map(spendNothing));
        const arrivals = made.map(({ startMs }, index) => startMs + (calls[index]?.lateMs ?? 0));
        expect(mostWithin(MINUTE_MS, arrivals)).toBeLessThanOrEqual(rpm);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps to a limit of hundreds while thousands wait, and makes use of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(600, 601, 1000), fc.infiniteStream(fc.nat({ max: 900 })), async (rpm, late) => {
        const calls = Array.from({ length: 2500 }, () => ({ gapMs: 0, latencyMs: 1000 }));
        const made = await makeCalls({ ...UNLIMITED, rpm }, calls.map(spendNothing));
        const lateness = [...late.take(calls.length)];
        const arrivals = made.map(({ startMs }, index) => startMs + (lateness[index] ?? 0));
        expect(mostWithin(MINUTE_MS, arrivals)).toBeLessThanOrEqual(rpm);
        const minutes = (made.at(-1)?.startMs ?? Number.POSITIVE_INFINITY) / MINUTE_MS;
        expect(calls.length / minutes).toBeGreaterThan(rpm * 0.98);
      }),
      { numRuns: 4 },
    );
  });

  it('spreads calls instead of making them in bursts', async () => {
    const calls = Array.from({ length: 1300 }, () => ({ gapMs: 0, latencyMs: 10 }));
    const made = await makeCalls({ ...UNLIMITED, rpm: 600 }, calls.map(spendNothing));
    expect(
      mostWithin(
        6000,
        made.map(({ startMs }) => startMs),
      ),
    ).toBeLessThanOrEqual(62);
  });

  it('saves nothing up while nobody calls', async () => {
    const calls = [0, 3_600_000, ...Array.from({ length: 100 }, () => 0)].map((gapMs) => ({ gapMs, latencyMs: 10 }));
    const made = await makeCalls({ ...UNLIMITED, rpm: 60 }, calls.map(spendNothing));
    expect(
      mostWithin(
        MINUTE_MS,
        made.map(({ startMs }) => startMs),
      ),
    ).toBeLessThanOrEqual(60);
  });
});

describe('an account with a limit of tokens a minute', () => {
  const call = fc.record({
    gapMs: fc.oneof(fc.constant(0), fc.nat({ max: 2000 }), fc.nat({ max: 70_000 })),
    latencyMs: fc.oneof(fc.nat({ max: 3000 }), fc.nat({ max: 90_000 })),
    reservedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    usedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    end: fc.constantFrom('told', 'told', 'told', 'untold', 'failed', 'refused', 'counted'),
  });

  it('lets no 60 s hold more, at whatever moment of a call the server counts its tokens', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(call, { maxLength: 60, size: 'max' }),
        async (tpm, calls) => {
          const made = await makeCalls(
            { ...UNLIMITED, tpm },
            calls.map(({ gapMs, latencyMs, reservedShare, usedShare, end }) => {
              const reserved = Math.max(1, Math.round(reservedShare * tpm));
              return { gapMs, latencyMs, reserved, ...spending(end, reserved, Math.round(usedShare * reserved)) };
            }),
          );
          // A window can be moved until it begins with the end of a call: it then holds no call less.
          for (const { endMs: fromMs } of made) {
            const inWindow = made.filter(({ startMs, endMs }) => endMs >= fromMs && startMs < fromMs + MINUTE_MS);
            expect(inWindow.reduce((sum, { spent }) => sum + spent, 0)).toBeLessThanOrEqual(tpm);
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  it('spreads tokens over the minute, and makes use of them', async () => {
    const calls = Array.from({ length: 1500 }, () => ({
      ...{ gapMs: 0, latencyMs: 1000, reserved: 400 },
      ...spending('told', 400, 300),
    }));
    const made = await makeCalls({ ...UNLIMITED, tpm: 60_000 }, calls, 10);
    const ends = made.map(({ endMs }) => endMs);
    expect(mostWithin(10_000, ends) * 300).toBeLessThan(60_000 / 4);
    expect((300 * calls.length) / ((ends.at(-1) ?? 0) / MINUTE_MS)).toBeGreaterThan(60_000 * 0.9);
  });

  it.each([1, 2, 3, 4, 5, 6])('comes through with %i tokens a minute', async (tpm) => {
    const clock = new ManualClock();
    const account = new Account({ ...UNLIMITED, tpm }, clock, () => undefined);
    const patience = new AbortController();
    const entered = account.enter(1, patience.signal);
    void clock.until(3_600_000).then(() => patience.abort());
    expect(await entered).not.toBeNull();
  });

  it('knows which calls it can never let in', () => {
    const account = new Account({ ...UNLIMITED, tpm: 1000 }, new ManualClock(), () => undefined);
    expect([0, 1000, 1001].map((tokens) => account.admits(tokens))).toEqual([true, true, false]);
    expect(new Account(UNLIMITED, new ManualClock(), () => undefined).admits(1e9)).toBe(true);
  });

  it.each<[string, CallEnd, number]>([
    ['was never made', { kind: 'failed', isCounted: false }, 0],
    ['was refused', { kind: 'refused', pauseMs: 0 }, 0],
    ['spent nothing', { kind: 'answered', tokens: 0, pauseMs: 0 }, 0],
    ['failed, and may have spent it', { kind: 'failed', isCounted: true }, 61_000],
    ['does not tell what it spent', { kind: 'answered', tokens: null, pauseMs: 0 }, 61_000],
  ])('gives back at once what is left of a call that %s', async (_how, end, waitMs) => {
    const clock = new ManualClock();
    const account = new Account({ ...UNLIMITED, tpm: 1000 }, clock, () => undefined);
    const first = await account.enter(1000, forEver);
    const second = account.enter(1000, forEver);
    await clock.until(5000);
    first?.leave(end);
    expect(await second).not.toBeNull();
    expect(clock.elapsedMs() - 5000).toBe(waitMs);
  });
});

interface PlannedCall {
  /** Since the call before was asked for. */
  readonly gapMs: number;
  readonly latencyMs: number;
  readonly reserved: number;
  /** What the server counts. */
  readonly spent: number;
  readonly end: CallEnd;
}

interface MadeCall {
  readonly startMs: number;
  readonly endMs: number;
  readonly spent: number;
}

type EndName = 'told' | 'untold' | 'failed' | 'refused' | 'counted';

/** @param used what the call spends where the server counts it */
function spending(name: EndName, reserved: number, used: number): Pick<PlannedCall, 'spent' | 'end'> {
  switch (name) {
    case 'told':
      return { spent: used, end: { kind: 'answered', tokens: used, pauseMs: 0 } };
    case 'untold':
      return { spent: reserved, end: { kind: 'answered', tokens: null, pauseMs: 0 } };
    case 'counted':
      return { spent: reserved, end: { kind: 'failed', isCounted: true } };
    case 'failed':
      return { spent: 0, end: { kind: 'failed', isCounted: false } };
    case 'refused':
      return { spent: 0, end: { kind: 'refused', pauseMs: 0 } };
  }
}

function spendNothing({ gapMs, latencyMs }: Pick<PlannedCall, 'gapMs' | 'latencyMs'>): PlannedCall {
  return { gapMs, latencyMs, reserved: 0, ...spending('told', 0, 0) };
}

/** Carries calls out on a clock of their own, in order. @param most in flight and waiting at once */
async function makeCalls(
  limits: AccountLimits,
  calls: readonly PlannedCall[],
  most = Number.POSITIVE_INFINITY,
): Promise<readonly MadeCall[]> {
  const clock = new ManualClock();
  const account = new Account(limits, clock, () => undefined);
  const make = async ({ latencyMs, reserved, spent, end }: PlannedCall): Promise<MadeCall> => {
    const permit = await account.enter(reserved, forEver);
    const startMs = clock.elapsedMs();
    await clock.pass(latencyMs);
    permit?.leave(end);
    return { startMs, endMs: clock.elapsedMs(), spent };
  };
  const made: Promise<MadeCall>[] = [];
  for (const [index, call] of calls.entries()) {
    if (call.gapMs > 0) await clock.pass(call.gapMs);
    await made[index - most];
    made.push(make(call));
  }
  return Promise.all(made);
}

/** The most events in any window, closed at one end. */
function mostWithin(windowMs: number, eventsMs: readonly number[]): number {
  const sorted = [...eventsMs].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, atMs] of sorted.entries()) {
    while ((sorted[first] ?? atMs) <= atMs - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
