import { describe, expect, it } from 'vitest';
import { readClock } from '../../../src/app/page/clock.ts';
import type { ErrorCount } from '../../../src/core/error-tally.ts';
import type { Result } from '../../../src/core/result.ts';

const BEGIN_MS = Date.parse('2026-01-01T00:00:00Z');

function errored(afterMs: number, errorMessage: string): Result {
  const at = new Date(BEGIN_MS + afterMs).toISOString();
  const key = { trialId: 't', rowId: 'r', prompt: 'p', model: 'm', provider: 'x', temperature: null, repeat: 1 };
  return { ...key, latencyMs: 1, attempts: 1, at, status: 'errored', errorCode: 'overloaded', errorMessage };
}

function reason(text: string): ErrorCount {
  return { code: 'overloaded', reason: text, count: 1, trialId: 't', variants: [] };
}

async function* results(list: readonly Result[]): AsyncGenerator<Result> {
  yield* list;
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

describe('the time of errors', () => {
  it('is counted by reason, although messages differ in their numbers', async () => {
    const list = [errored(0, 'HTTP 503: try 17'), errored(10, 'HTTP 500: broken'), errored(20, 'HTTP 503: try 4')];
    const clock = await readClock(results(list), [reason('HTTP 503: try 17'), reason('HTTP 500: broken')]);
    expect(clock?.errors.map(sum)).toEqual([2, 1]);
    expect(clock?.fromMs).toBe(BEGIN_MS);
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
