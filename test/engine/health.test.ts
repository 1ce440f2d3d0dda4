import { describe, expect, it } from 'vitest';
import type { CallErrorKind } from '../../src/core/call-error.ts';
import { EndpointHealth } from '../../src/engine/health.ts';

describe('EndpointHealth', () => {
  it.each<CallErrorKind>(['network', 'timeout', 'server_error', 'overloaded'])(
    'considers an endpoint down after ten failures over half a minute: %s',
    (kind) => {
      const health = new EndpointHealth();
      expect(failAt(health, kind, [0, 1, 2, 3, 4, 5, 6, 7, 29_999])).toEqual(Array(9).fill(false));
      expect(failAt(health, kind, [29_999, 30_000, 30_001])).toEqual([false, true, true]);
    },
  );

  it('does not give up after fewer than ten failures, however long they take', () => {
    const health = new EndpointHealth();
    const hoursMs = Array.from({ length: 10 }, (_, index) => index * 3_600_000);
    expect(failAt(health, 'timeout', hoursMs)).toEqual([...Array(9).fill(false), true]);
  });

  it('does not give up within half a minute, however many failures there are', () => {
    const health = new EndpointHealth();
    const manyMs = Array.from({ length: 1000 }, (_, index) => 100_000 + index * 30);
    expect(failAt(health, 'network', manyMs)).not.toContain(true);
  });

  it('reports the time until the decision once enough calls have failed', () => {
    const health = new EndpointHealth();
    expect(health.verdictMs(0)).toBeNull();
    failAt(health, 'network', Array(9).fill(1000));
    expect(health.verdictMs(90_000)).toBeNull();
    failAt(health, 'network', [5000]);
    expect([5000, 30_999, 31_000, 90_000].map((nowMs) => health.verdictMs(nowMs))).toEqual([26_000, 1, 0, 0]);
    health.alive(80_000);
    expect(health.verdictMs(90_000)).toBeNull();
  });

  it('starts again after an answer', () => {
    const health = new EndpointHealth();
    failAt(health, 'network', Array(9).fill(0));
    health.alive(1000);
    expect(failAt(health, 'network', [40_000, 41_000, 80_000])).toEqual([false, false, false]);
    expect(failAt(health, 'network', Array(7).fill(80_000))).toEqual([...Array(6).fill(false), true]);
  });

  it.each<CallErrorKind>(['rate_limited', 'invalid_request', 'invalid_response', 'model_not_found'])(
    'counts a refusal as a sign of life: %s',
    (kind) => {
      const health = new EndpointHealth();
      failAt(health, 'network', Array(20).fill(0));
      expect(failAt(health, kind, [40_000])).toEqual([false]);
      expect(failAt(health, 'network', Array(9).fill(80_000))).not.toContain(true);
    },
  );
});

describe('trials that began before the last answer', () => {
  it('are no evidence against the endpoint, however many fail', () => {
    const health = new EndpointHealth();
    health.alive(1000);
    for (let trial = 0; trial < 50; trial++) expect(failedTrial(health, 500, 20_000 + trial * 1000)).toBe(false);
    expect(health.isSuspect).toBe(true);
  });

  it('are distinguished from those that began after it: five of them must fail', () => {
    const health = new EndpointHealth();
    health.alive(1000);
    for (let trial = 0; trial < 20; trial++) failedTrial(health, 500, 20_000);
    const ofNew = Array.from({ length: 5 }, (_, trial) => failedTrial(health, 1001, 60_000 + trial));
    expect(ofNew).toEqual([false, false, false, false, true]);
  });

  it('count for one trial each, however often it is retried', () => {
    const health = new EndpointHealth();
    health.alive(1000);
    for (let attempts = 1; attempts <= 30; attempts++) {
      const call = { kind: 'network', nowMs: attempts * 5000, trialStartedMs: 2000, attempts } as const;
      expect(health.failed(call)).toBe(false);
    }
  });
});

/** A trial of its own fails at each of these moments, with its first call. */
function failAt(health: EndpointHealth, kind: CallErrorKind, momentsMs: readonly number[]): readonly boolean[] {
  return momentsMs.map((nowMs) => health.failed({ kind, nowMs, trialStartedMs: nowMs, attempts: 1 }));
}

/** A trial's first call times out. */
function failedTrial(health: EndpointHealth, trialStartedMs: number, nowMs: number): boolean {
  return health.failed({ kind: 'timeout', nowMs, trialStartedMs, attempts: 1 });
}
