import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallEnd } from '../../src/engine/account.ts';
import { CallSlots } from '../../src/engine/call-slots.ts';
import { type AccountLimits, openAccount } from './accounts.ts';
import { inSlot } from './in-slot.ts';
import { ManualClock } from './manual-clock.ts';

const MINUTE_MS = 60_000;
const UNLIMITED: AccountLimits = { rpm: null, tpm: null, concurrency: 1000, isFixed: true };
const forEver = new AbortController().signal;

/** A call that ended counts this long at most: a minute and two of the parts in which it is counted. */
const LONGEST_MS = 60_200;

describe('an account with a limit of calls per minute', () => {
  const call = fc.record({
    gapMs: fc.oneof(fc.constant(0), fc.nat({ max: 300 }), fc.nat({ max: 70_000 })),
    latencyMs: fc.oneof(fc.nat({ max: 500 }), fc.nat({ max: 90_000 })),
    arrivesAt: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    how: fc.constantFrom<CallHow[]>('answered', 'answered', 'refused', 'failed', 'lost', 'not made'),
  });

  it('never exceeds it within 60 s at the server, whenever requests arrive between sending and answer', async () => {
    const rpms = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 9, max: 90 }));
    await fc.assert(
      fc.asyncProperty(rpms, fc.array(call, { maxLength: 150, size: 'max' }), async (rpm, calls) => {
        const planned = calls.map(({ how, ...times }) => ({ ...times, reserved: 0, spent: 0, end: endOf(how) }));
        const made = await makeCalls({ ...UNLIMITED, rpm }, planned);
        const arrivals = made.flatMap(({ startMs, endMs }, index) => {
          const { arrivesAt = 0, how } = calls[index] ?? {};
          if (how === 'not made') return [];
          // A request that was given up without an answer may be taken up a minute later.
          return [startMs + arrivesAt * ((how === 'lost' ? endMs + MINUTE_MS : endMs) - startMs)];
        });
        expect(mostWithin(MINUTE_MS, arrivals)).toBeLessThanOrEqual(rpm);
      }),
      { numRuns: 80 },
    );
  });

  it('keeps the limit at a stalled server, where delayed requests arrive at once', async () => {
    const clock = new ManualClock();
    const account = openAccount({ ...UNLIMITED, rpm: 300, concurrency: 64 }, clock);
    const [fromMs, toMs] = [62_000, 77_000];
    const arrivals: number[] = [];
    const slots = new CallSlots(64);
    const arrive = async (): Promise<void> => {
      const permit = await account.enter(0, forEver);
      const sentMs = clock.elapsedMs();
      if (sentMs >= fromMs && sentMs < toMs) await clock.until(toMs);
      arrivals.push(clock.elapsedMs());
      await clock.pass(30);
      permit?.leave({ kind: 'answered', tokens: 0, pauseMs: 0 });
    };
    await Promise.all(Array.from({ length: 900 }, () => inSlot(slots, arrive)));
    expect(mostWithin(MINUTE_MS, arrivals)).toBe(300);
    expect(mostWithin(1, arrivals)).toBe(64);
  });

  it('keeps a limit of hundreds while thousands wait, and uses it as far as latency allows', async () => {
    const shares = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(600, 601, 1000), fc.constantFrom(0, 1000, 20_000), shares, async (...drawn) => {
        const [rpm, latencyMs, share] = drawn;
        const calls = Array.from({ length: 3 * rpm }, () => ({ gapMs: 0, latencyMs }));
        const made = await makeCalls({ ...UNLIMITED, rpm }, calls.map(spendNothing));
        const arrivesAt = [...share.take(calls.length)];
        const arrivals = made.map(({ startMs }, index) => startMs + latencyMs * (arrivesAt[index] ?? 0));
        expect(mostWithin(MINUTE_MS, arrivals)).toBeLessThanOrEqual(rpm);
        const lastMs = made.at(-1)?.startMs ?? Number.POSITIVE_INFINITY;
        expect(lastMs).toBeLessThanOrEqual(3 * (LONGEST_MS + latencyMs));
      }),
      { numRuns: 9 },
    );
  });

  it('spreads calls instead of sending them in bursts', async () => {
    const calls = Array.from({ length: 1300 }, () => ({ gapMs: 0, latencyMs: 10 }));
    const made = await makeCalls({ ...UNLIMITED, rpm: 600 }, calls.map(spendNothing));
    expect(
      mostWithin(
        6000,
        made.map(({ startMs }) => startMs),
      ),
    ).toBeLessThanOrEqual(62);
  });

  it('saves nothing up while there are no calls', async () => {
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

describe('an account with a limit of tokens per minute', () => {
  const call = fc.record({
    gapMs: fc.oneof(fc.constant(0), fc.nat({ max: 2000 }), fc.nat({ max: 70_000 })),
    latencyMs: fc.oneof(fc.nat({ max: 3000 }), fc.nat({ max: 90_000 })),
    reservedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    usedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    end: fc.constantFrom('told', 'told', 'told', 'untold', 'failed', 'refused', 'counted'),
  });

  it('never exceeds it within 60 s, at whatever moment of a call the server counts its tokens', async () => {
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

  it('spreads tokens over the minute, and uses them fully', async () => {
    const calls = Array.from({ length: 1500 }, () => ({
      gapMs: 0,
      latencyMs: 1000,
      reserved: 400,
      ...spending('told', 400, 300),
    }));
    const made = await makeCalls({ ...UNLIMITED, tpm: 60_000 }, calls, 10);
    const ends = made.map(({ endMs }) => endMs);
    expect(mostWithin(10_000, ends) * 300).toBeLessThan(60_000 / 4);
    expect((300 * calls.length) / ((ends.at(-1) ?? 0) / MINUTE_MS)).toBeGreaterThan(60_000 * 0.9);
  });

  it.each([1, 2, 3, 4, 5, 6])('works with %i tokens per minute', async (tpm) => {
    const clock = new ManualClock();
    const account = openAccount({ ...UNLIMITED, tpm }, clock);
    const patience = new AbortController();
    const entered = account.enter(1, patience.signal);
    void clock.until(3_600_000).then(() => patience.abort());
    expect(await entered).not.toBeNull();
  });

  it('knows which calls can never be admitted', () => {
    const account = openAccount({ ...UNLIMITED, tpm: 1000 }, new ManualClock());
    expect([0, 1000, 1001].map((tokens) => account.admits(tokens))).toEqual([true, true, false]);
    expect(openAccount(UNLIMITED, new ManualClock()).admits(1e9)).toBe(true);
  });

  it('raises the reservation of later calls to the highest observed ratio of actual to estimated tokens', async () => {
    const clock = new ManualClock();
    const account = openAccount({ ...UNLIMITED, tpm: 60_000 }, clock);
    const first = await Promise.all([1, 2, 3, 4].map(() => account.enter(1000, forEver)));
    first[0]?.leave({ kind: 'answered', tokens: 8000, pauseMs: 0 });
    // 8,000 are spent, and three in flight may spend 8,000 each: there is room for three more.
    const entered = Array.from({ length: 4 }, () => startOf(clock)(account.enter(1000, forEver)));
    void clock.until(5000).then(() => first[1]?.leave({ kind: 'answered', tokens: 1000, pauseMs: 0 }));
    expect(await Promise.all(entered)).toEqual([0, 0, 0, 5000]);
  });

  it('admits a call above the whole limit alone', async () => {
    const clock = new ManualClock();
    const account = openAccount({ ...UNLIMITED, tpm: 1000 }, clock);
    (await account.enter(100, forEver))?.leave({ kind: 'answered', tokens: 900, pauseMs: 0 });
    expect(await startOf(clock)(account.enter(800, forEver))).toBe(LONGEST_MS);
  });

  it.each<[string, CallEnd, number]>([
    ['was never made', { kind: 'not_made' }, 0],
    ['failed without spending any', { kind: 'failed', isCounted: false }, 0],
    ['was refused', { kind: 'refused', pauseMs: 0 }, 0],
    ['spent nothing', { kind: 'answered', tokens: 0, pauseMs: 0 }, 0],
    ['failed, and may have spent it', { kind: 'failed', isCounted: true }, LONGEST_MS],
    ['was given up, and may spend it yet', { kind: 'failed', isCounted: true, isLost: true }, LONGEST_MS + MINUTE_MS],
    ['does not tell what it spent', { kind: 'answered', tokens: null, pauseMs: 0 }, LONGEST_MS],
  ])('releases the rest of a call at once that %s', async (_how, end, waitMs) => {
    const clock = new ManualClock();
    const account = openAccount({ ...UNLIMITED, tpm: 1000 }, clock);
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

type CallHow = 'answered' | 'refused' | 'failed' | 'lost' | 'not made';

function endOf(how: CallHow): CallEnd {
  switch (how) {
    case 'answered':
      return { kind: 'answered', tokens: 0, pauseMs: 0 };
    case 'refused':
      return { kind: 'refused', pauseMs: 0 };
    case 'failed':
      return { kind: 'failed', isCounted: false };
    case 'lost':
      return { kind: 'failed', isCounted: true, isLost: true };
    case 'not made':
      return { kind: 'not_made' };
  }
}

/** When a call came in. */
function startOf(clock: ManualClock): (entering: Promise<unknown>) => Promise<number> {
  return (entering) => entering.then(() => clock.elapsedMs());
}

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
  const account = openAccount(limits, clock);
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
