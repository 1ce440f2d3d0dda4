import { describe, expect, it } from 'vitest';
import { readClock } from '../../../src/app/page/clock.ts';
import type { ErrorCount } from '../../../src/core/error-tally.ts';
import type { Moment } from '../../../src/store/usual-line.ts';

const BEGIN_MS = Date.parse('2026-01-01T00:00:00Z');

function errored(afterMs: number, errorMessage: string): Moment {
  return { ...answer(afterMs, 1), status: 'errored', error: { errorCode: 'overloaded', errorMessage } };
}

function answer(afterMs: number, latencyMs: number, attempts = 1): Moment {
  const at = new Date(BEGIN_MS + afterMs).toISOString();
  return { at, latencyMs, attempts, judgeOf: undefined, status: 'completed', error: null };
}

function reason(text: string): ErrorCount {
  return { code: 'overloaded', reason: text, count: 1, trialId: 't', variants: [] };
}

async function* results(list: readonly Moment[]): AsyncGenerator<readonly Moment[]> {
  for (const moment of list) yield [moment];
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

describe('the time of errors', () => {
  it('is counted by reason, although messages differ in their numbers', async () => {
    const list = [errored(0, 'HTTP 503: try 17'), errored(10, 'HTTP 500: broken'), errored(20, 'HTTP 503: try 4')];
    const clock = await readClock(results(list), [reason('HTTP 503: try 17'), reason('HTTP 500: broken')]);
    expect(clock?.errors.map(sum)).toEqual([2, 1]);
    expect(clock?.fromMs).toBe(BEGIN_MS - 1);
  });

  it('has at most 120 spans, however long the run took, and loses no error', async () => {
    const day = 24 * 3600 * 1000;
    const list = Array.from({ length: 1000 }, (_, index) => errored((index * day) / 1000, 'HTTP 503'));
    const clock = await readClock(results(list), [reason('HTTP 503')]);
    const [counts = []] = clock?.errors ?? [];
    expect(counts.length).toBeLessThanOrEqual(120);
    expect(counts.length).toBeGreaterThan(50);
    expect(sum(counts)).toBe(1000);
    expect((clock?.spanMs ?? 0) * counts.length).toBeGreaterThanOrEqual(day * 0.99);
  });

  it('is unknown without results', async () => {
    expect(await readClock(results([]), [])).toBeNull();
  });
});

describe('the time of a run', () => {
  const minute = 60_000;
  const day = 24 * 60 * minute;

  it('is that from the first call to the last answer', async () => {
    const clock = await readClock(results([answer(900, 1000), answer(2000, 500), answer(2100, 1900)]), []);
    expect(clock).toMatchObject({ tookMs: 2200, pausedMs: 0 });
  });

  it('leaves out the day between two sessions, but no wait for a server', async () => {
    const waited = [answer(1000, 1000), answer(9 * minute, 1000)];
    expect(await readClock(results(waited), [])).toMatchObject({ tookMs: 9 * minute, pausedMs: 0 });
    const resumed = await readClock(results([answer(1000, 1000), answer(day, 1000), answer(day + 500, 700)]), []);
    expect(resumed).toMatchObject({ tookMs: 2500, pausedMs: day - 2000, spanMs: 250 });
    expect(resumed?.answers.length).toBe(11);
  });

  it('counts the time of judges and of no answer from the cache', async () => {
    const cached = { ...answer(5000, 0, 0) };
    const clock = await readClock(results([answer(1000, 1000), { ...answer(2000, 500), judgeOf: 't' }, cached]), []);
    expect(clock?.tookMs).toBe(5000);
    expect(sum(clock?.answers ?? [])).toBe(2);
    expect(sum(clock?.inFlight ?? [])).toBeCloseTo(1500 / 250, 5);
  });

  it('has the calls in flight and the retried attempts of each span', async () => {
    const four = [answer(1000, 1000), answer(1000, 1000), answer(1000, 500), answer(1250, 250, 3)];
    const clock = await readClock(results(four), []);
    expect(clock?.inFlight.slice(0, 5)).toEqual([2, 2, 3, 3, 1]);
    expect(sum(clock?.retried ?? [])).toBe(2);
    expect(clock?.retried[5]).toBe(2);
  });

  it('has the same calls in flight after spans became longer', async () => {
    const steady = Array.from({ length: 600 }, (_, index) => answer(1000 * (1 + index), 1000));
    const clock = await readClock(results(steady), []);
    expect(clock?.inFlight.slice(1, -1).every((calls) => Math.abs(calls - 1) < 0.01)).toBe(true);
  });
});
