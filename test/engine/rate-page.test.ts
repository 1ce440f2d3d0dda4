import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RatePage, readRatePage } from '../../src/engine/rate-page.ts';
import type { Owner } from '../../src/io/process-owner.ts';

const MINUTE_MS = 60_000;
const OWNER: Owner = { pid: 7, host: 'here', started: '42', boot: 'b', pidNamespace: 'pid:[1]' };

interface Entry {
  readonly atMs: number;
  readonly calls: number;
  readonly tokens: number;
  readonly isLost: boolean;
}

const entry = fc.record({
  atMs: fc.nat({ max: 200_000 }),
  calls: fc.integer({ min: 1, max: 3 }),
  tokens: fc.nat({ max: 500 }),
  isLost: fc.boolean(),
});

function pageOf(entries: readonly Entry[]): RatePage {
  const page = new RatePage(MINUTE_MS);
  for (const { atMs, calls, tokens, isLost } of entries) {
    if (isLost) page.lost(atMs, calls, tokens);
    else page.arrived(atMs, calls, tokens);
  }
  return page;
}

/** Until when an entry counts at least. */
function countsUntilMs({ atMs, isLost }: Entry): number {
  return atMs + MINUTE_MS * (isLost ? 2 : 1);
}

describe('RatePage', () => {
  it('counts each call for a minute from its end, two if it was lost, and at most 200 ms longer', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), fc.nat({ max: 60 }), (entries, most) => {
        const page = pageOf(entries);
        const nowMs = 200_000;
        page.settle(nowMs);
        const waitMs = page.msUntilAtMost(most, 'calls', { span: 'window', nowMs });
        const left = (atMs: number): number =>
          entries.filter((each) => countsUntilMs(each) > atMs).reduce((sum, { calls }) => sum + calls, 0);
        // Never too soon, and not a fifth of a second too late.
        expect(left(nowMs + waitMs)).toBeLessThanOrEqual(most);
        if (waitMs > 200) expect(left(nowMs + waitMs - 201)).toBeGreaterThan(most);
      }),
    );
  });

  it('is the same after writing and reading', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), fc.nat(), (entries, nextStartMs) => {
        const page = pageOf(entries);
        page.nextStartMs = nextStartMs;
        page.hold('7.1', OWNER, { tokens: 5, factor: 1.5, untilMs: 1000 });
        const read = readRatePage(page.text(), MINUTE_MS);
        expect(read?.text()).toBe(page.text());
        expect(read?.users()).toEqual([{ id: '7.1', owner: OWNER, untilMs: 1000 }]);
        expect([read?.inFlight('calls'), read?.inFlight('tokens')]).toEqual([1, 8]);
      }),
    );
  });

  it.each([
    ['no JSON', '{'],
    ['another version', '{"version":2,"nextStartMs":0,"ended":[],"inFlight":[]}'],
    ['a list cut off', '{"version":1,"nextStartMs":0,"ended":[1,2],"inFlight":[]}'],
    ['a negative number', '{"version":1,"nextStartMs":0,"ended":[1,-2,3],"inFlight":[]}'],
    ['calls of nobody', '{"version":1,"nextStartMs":0,"ended":[],"inFlight":[{"id":"1.1","calls":1}]}'],
  ])('rejects a text that is %s', (_what, text) => {
    expect(readRatePage(text, MINUTE_MS)).toBeNull();
  });

  it('counts entries from the future, as after a reboot, for two minutes', () => {
    const page = pageOf([
      { atMs: 9_000_000, calls: 2, tokens: 0, isLost: false },
      { atMs: 8_000_000, calls: 1, tokens: 0, isLost: true },
    ]);
    page.settle(5000);
    const untilMs = page.msUntilAtMost(0, 'calls', { span: 'window', nowMs: 5000 });
    expect(untilMs).toBeGreaterThan(2 * MINUTE_MS);
    expect(untilMs).toBeLessThanOrEqual(2 * MINUTE_MS + 200);
    page.settle(5000 + untilMs);
    expect(page.isEmpty).toBe(true);
  });

  it('counts the calls of an ended process from their latest possible end', () => {
    const page = new RatePage(MINUTE_MS);
    page.hold('7.1', OWNER, { tokens: 10, factor: 1, untilMs: 30_000 });
    page.hold('7.1', OWNER, { tokens: 10, factor: 2, untilMs: 40_000 });
    page.abandon('7.1', 3_600_000);
    expect(page.inFlight('calls')).toBe(0);
    const wait = { span: 'window', nowMs: 40_000 } as const;
    expect(page.msUntilAtMost(39, 'tokens', wait)).toBe(2 * MINUTE_MS + 200);
    expect(page.msUntilAtMost(40, 'tokens', wait)).toBe(0);
    page.settle(3_600_000);
    expect(page.isEmpty).toBe(true);
  });

  it('takes no more space the more calls it counts', () => {
    const page = new RatePage(MINUTE_MS);
    for (let atMs = 0; atMs < 10 * MINUTE_MS; atMs += 7) {
      page.settle(atMs);
      page.arrived(atMs, 1, 1000);
      page.lost(atMs, 1, 1000);
    }
    expect(page.text().length).toBeLessThan(40_000);
  });
});
