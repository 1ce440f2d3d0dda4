import { describe, expect, it } from 'vitest';
import { RunControl } from '../../src/engine/control.ts';
import { describeSpan } from '../../src/engine/moments.ts';
import { Pauses } from '../../src/engine/pauses.ts';
import { ManualClock } from './manual-clock.ts';
import { refusal } from './variants.ts';

const HOUR_MS = 3_600_000;

function watch(stopAfterMs: number | null) {
  const [clock, control] = [new ManualClock(), new RunControl()];
  const told: (readonly [pauseMs: number, reason: string])[] = [];
  const warnings: string[] = [];
  const pauses = new Pauses({
    stopAfterMs,
    clock,
    control,
    onPause: (pauseMs, reason) => told.push([pauseMs, reason]),
    onWarning: (text) => warnings.push(text),
  });
  return { clock, control, told, warnings, pauses };
}

function limited(retryAfterMs: number | undefined, httpStatus = 429) {
  return refusal('HTTP 429: Slow down', 'rate_limited', { httpStatus, retryAfterMs });
}

describe('a pause that a server imposes', () => {
  it('is reported with its length and its reason, and again when its end moves', async () => {
    const { pauses, told, clock } = watch(null);
    expect(pauses.imposed(limited(28_000))).toBe(false);
    pauses.imposed(limited(28_000));
    pauses.imposed(limited(5000));
    await clock.pass(1000);
    pauses.imposed(limited(28_000));
    pauses.imposed(refusal('x', 'overloaded', { httpStatus: 503, retryAfterMs: 40_000 }));
    expect(told).toEqual([
      [28_000, 'rate limit (429)'],
      [28_000, 'rate limit (429)'],
      [40_000, 'overloaded (503)'],
    ]);
  });

  it('without a length is ignored', () => {
    const { pauses, told, control } = watch(0);
    expect(pauses.imposed(limited(undefined))).toBe(false);
    expect(pauses.imposed(limited(0))).toBe(false);
    expect([told, control.reason]).toEqual([[], null]);
  });

  it('stops the run if it is longer than allowed, with the time to resume', () => {
    const { pauses, told, control } = watch(60_000);
    expect(pauses.imposed(limited(60_000))).toBe(false);
    expect(control.reason).toBeNull();
    expect(pauses.imposed(limited(HOUR_MS))).toBe(true);
    expect(control.reason).toEqual({
      kind: 'wait',
      message: expect.stringMatching(/^1 h until .*\(1970-01-01T01:00:00Z\): rate limit \(429\): HTTP 429: Slow down$/),
      resumeAt: '1970-01-01T01:00:00.000Z',
    });
    expect(told).toEqual([[60_000, 'rate limit (429)']]);
  });

  it('of more than an hour is announced, once for all affected calls', async () => {
    const { pauses, warnings, clock, control } = watch(null);
    pauses.imposed(limited(HOUR_MS));
    expect(warnings).toEqual([]);
    for (let call = 0; call < 30; call++) {
      pauses.imposed(limited(2 * HOUR_MS));
      await clock.pass(100);
    }
    expect(warnings).toEqual([expect.stringMatching(/a pause of 2 h, until .*rate limit \(429\).*--stop-after-wait/)]);
    await clock.pass(2 * HOUR_MS);
    pauses.imposed(limited(3 * HOUR_MS));
    expect(warnings).toHaveLength(2);
    expect(control.reason).toBeNull();
  });
});

describe('a duration in words', () => {
  it.each([
    [1, '1 s'],
    [30_000, '30 s'],
    [60_000, '1 min'],
    [389_500, '6 min 30 s'],
    [HOUR_MS, '1 h'],
    [37_025_700, '10 h 18 min'],
    [48 * HOUR_MS, '48 h'],
  ])('of %i ms is %s', (durationMs, words) => {
    expect(describeSpan(durationMs)).toBe(words);
  });
});
