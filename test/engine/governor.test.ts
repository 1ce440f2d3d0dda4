import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConcurrencyGovernor } from '../../src/engine/governor.ts';

describe('ConcurrencyGovernor', () => {
  it('begins with few calls, and with fewer if the ceiling is lower', () => {
    expect(new ConcurrencyGovernor(100, false).limit).toBe(8);
    expect(new ConcurrencyGovernor(3, false).limit).toBe(3);
  });

  it('doubles with every round trip until the server refuses', () => {
    const governor = new ConcurrencyGovernor(1000, false);
    for (const limit of [16, 32, 64, 128]) {
      roundTrip(governor);
      expect(governor.limit).toBe(limit);
    }
  });

  it('grows only while the allowed number of calls is in flight', () => {
    const governor = new ConcurrencyGovernor(100, false);
    for (let call = 0; call < 1000; call++) governor.answered(governor.limit - 1);
    expect(governor.limit).toBe(8);
    governor.answered(governor.limit);
    expect(governor.limit).toBe(9);
  });

  it('shrinks a little at a single refusal, then grows by one per round trip', () => {
    const governor = refusedAt(64);
    // One call of weight 1/16: half of that share is 1/32 of 64.
    expect(governor.limit).toBe(62);
    governor.refused(5000, 5000);
    const { limit } = governor;
    expect(limit).toBeLessThan(62);
    expect(limit).toBeGreaterThan(56);
    roundTrip(governor);
    expect(governor.limit).toBe(limit + 1);
  });

  it('halves if every call is refused', () => {
    const governor = drowned(64);
    for (const [limit, atMs] of [
      [31, 1000],
      [15, 2000],
      [7, 3000],
    ] as const) {
      governor.refused(atMs, atMs);
      expect(governor.limit).toBe(limit);
    }
  });

  it('forgets refusals as calls are answered', () => {
    const governor = drowned(64);
    for (let call = 0; call < 200; call++) governor.answered(0);
    governor.refused(1000, 1000);
    expect(governor.limit).toBe(60);
  });

  it('counts growth only after the cut', () => {
    const governor = drowned(64);
    for (let call = 0; call < 61; call++) governor.answered(governor.limit);
    for (let refusal = 0; refusal < 200; refusal++) governor.refused(0, 0);
    governor.refused(5000, 5000);
    const { limit } = governor;
    for (let call = 1; call < limit; call++) governor.answered(limit);
    expect(governor.limit).toBe(limit);
    governor.answered(limit);
    expect(governor.limit).toBe(limit + 1);
  });

  it('cuts once for all the calls in flight at the cut', () => {
    const governor = drowned(64);
    governor.refused(-1, 5000);
    governor.refused(0, 6000);
    expect(governor.limit).toBe(62);
    governor.refused(1, 6000);
    expect(governor.limit).toBe(31);
  });

  it('cuts once per second', () => {
    const governor = refusedAt(64);
    for (let atMs = 1; atMs < 1000; atMs++) governor.refused(atMs, atMs);
    expect(governor.limit).toBe(62);
    governor.refused(1000, 1000);
    expect(governor.limit).toBe(31);
  });

  it('takes about ten times as long if the next step is the refused number', () => {
    const governor = refusedAt(20);
    expect(governor.limit).toBe(19);
    const cautious = answersToGrow(governor);
    expect(cautious).toBeGreaterThanOrEqual(9 * 19);
    expect(cautious).toBeLessThanOrEqual(11 * 19);
  });

  it('grows as usual again once it is past the refused number', () => {
    const governor = refusedAt(20);
    while (governor.limit <= 20) governor.answered(governor.limit);
    expect(answersToGrow(governor)).toBe(21);
    expect(answersToGrow(governor)).toBe(22);
  });

  it('recovers within a hundred round trips after an outage that cut it to one', () => {
    const governor = refusedAt(32);
    for (let atMs = 1; atMs <= 60_000; atMs += 100) governor.refused(atMs, atMs);
    expect(governor.limit).toBe(1);
    let roundTrips = 0;
    while (governor.limit < 32) {
      roundTrip(governor);
      roundTrips += 1;
    }
    expect(roundTrips).toBeLessThan(100);
  });

  it('grows to the ceiling if a tenth is refused at random, whatever it does', () => {
    const governor = new ConcurrencyGovernor(64, false);
    let nowMs = 0;
    for (let call = 0; call < 20_000; call++) {
      if (call % governor.limit === 0) nowMs += 1005;
      if (call % 10 === 0) governor.refused(nowMs, nowMs + 5);
      else governor.answered(governor.limit);
    }
    expect(governor.limit).toBeGreaterThan(56);
  });

  it('stays near the number that the server accepts at a time', () => {
    const governor = new ConcurrencyGovernor(64, false);
    let [nowMs, refused, calls] = [0, 0, 0];
    while (calls < 4000) {
      const inFlight = governor.limit;
      nowMs += 1005;
      calls += inFlight;
      for (let call = 0; call < inFlight; call++) {
        if (call < 8) governor.answered(inFlight);
        else {
          refused += 1;
          governor.refused(nowMs - 5, nowMs);
        }
      }
    }
    expect(refused / calls).toBeLessThan(0.05);
    expect(governor.limit).toBeGreaterThan(4);
    expect(governor.limit).toBeLessThan(12);
  });

  it('stays between one and the ceiling in every case', () => {
    const event = fc.record({
      isRefusal: fc.boolean(),
      gapMs: fc.nat({ max: 3000 }),
      startedMsAgo: fc.nat({ max: 3000 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(event, { maxLength: 300 }), (ceiling, events) => {
        const governor = new ConcurrencyGovernor(ceiling, false);
        let nowMs = 0;
        for (const { isRefusal, gapMs, startedMsAgo } of events) {
          nowMs += gapMs;
          if (isRefusal) governor.refused(nowMs - startedMsAgo, nowMs);
          else governor.answered(governor.limit);
          expect(governor.limit).toBeGreaterThanOrEqual(1);
          expect(governor.limit).toBeLessThanOrEqual(ceiling);
          expect(Number.isInteger(governor.limit)).toBe(true);
        }
      }),
    );
  });

  it('reaches the ceiling and stays there', () => {
    const governor = new ConcurrencyGovernor(50, false);
    for (let call = 0; call < 200; call++) governor.answered(governor.limit);
    expect(governor.limit).toBe(50);
  });

  it('always allows the ceiling if it is fixed', () => {
    const governor = new ConcurrencyGovernor(64, true);
    expect(governor.limit).toBe(64);
    governor.refused(1, 1);
    governor.answered(64);
    expect(governor.limit).toBe(64);
  });
});

/** A governor that grew to a number and was refused there at 0 ms. */
function refusedAt(limit: number): ConcurrencyGovernor {
  const governor = new ConcurrencyGovernor(1000, false);
  while (governor.limit < limit) governor.answered(governor.limit);
  governor.refused(0, 0);
  expect(governor.limit).toBeLessThan(limit);
  return governor;
}

/** The same, all of whose calls were then refused. */
function drowned(limit: number): ConcurrencyGovernor {
  const governor = refusedAt(limit);
  for (let refusal = 0; refusal < 200; refusal++) governor.refused(0, 0);
  return governor;
}

/** As many answers as there are calls in flight. */
function roundTrip(governor: ConcurrencyGovernor): void {
  for (let left = governor.limit; left > 0; left--) governor.answered(governor.limit);
}

/** How many answers it takes to grow by one. */
function answersToGrow(governor: ConcurrencyGovernor): number {
  const limit = governor.limit;
  let answers = 0;
  while (governor.limit === limit) {
    governor.answered(limit);
    answers += 1;
  }
  return answers;
}
