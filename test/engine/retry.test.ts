import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALL_ERROR_KINDS, CallError, isRetryable } from '../../src/core/call-error.ts';
import { DEFAULT_DELAYS, lastError, nextDelayMs, type RetryPolicy } from '../../src/engine/retry.ts';

const POLICY: RetryPolicy = { maxAttempts: 20, maxWaitMs: 3_600_000, ...DEFAULT_DELAYS };
const ALMOST_ONE = 1 - Number.EPSILON / 2;

describe('nextDelayMs', () => {
  it('draws from 0 to a bound that doubles with every attempt, a minute at most', () => {
    const failed = { error: new CallError('network', ''), elapsedMs: 0 };
    const range = (attempts: number) =>
      [0, 0.5, ALMOST_ONE].map((random) => nextDelayMs(POLICY, { ...failed, attempts, random }));
    expect(range(1)).toEqual([0, 500, expect.closeTo(1000, 6)]);
    expect(range(2)).toEqual([0, 1000, expect.closeTo(2000, 6)]);
    expect(range(6)).toEqual([0, 16_000, expect.closeTo(32_000, 6)]);
    expect(range(7)).toEqual([0, 30_000, expect.closeTo(60_000, 6)]);
    expect(range(19)).toEqual([0, 30_000, expect.closeTo(60_000, 6)]);
  });

  it('waits at least as long as the server asks, and half a second longer at most', () => {
    const attempt = fc.record({
      attempts: fc.integer({ min: 1, max: 19 }),
      random: fc.double({ min: 0, max: ALMOST_ONE, noNaN: true }),
      retryAfterMs: fc.nat({ max: 3_000_000 }),
    });
    fc.assert(
      fc.property(attempt, ({ attempts, random, retryAfterMs }) => {
        const error = new CallError('rate_limited', '', { retryAfterMs });
        const delayMs = nextDelayMs(POLICY, { error, attempts, elapsedMs: 0, random }) ?? Number.NaN;
        expect(delayMs).toBeGreaterThanOrEqual(retryAfterMs);
        expect(delayMs).toBeLessThanOrEqual(retryAfterMs + 500);
      }),
    );
  });

  it('spreads retries over time', () => {
    const error = new CallError('rate_limited', '', { retryAfterMs: 10_000 });
    const delaysMs = [0, 0.25, 0.75].map((random) => nextDelayMs(POLICY, { error, attempts: 1, elapsedMs: 0, random }));
    expect(delaysMs).toEqual([10_000, 10_125, 10_375]);
  });

  it('follows the server on whether to retry, within the allowed attempts', () => {
    const failed = { attempts: 1, elapsedMs: 0, random: 0 };
    const told = (mayRetry: boolean) => ({ ...failed, error: new CallError('server_error', '', { mayRetry }) });
    expect([true, false].map((mayRetry) => nextDelayMs(POLICY, told(mayRetry)))).toEqual([0, null]);
    const refused = { ...failed, error: new CallError('invalid_request', '', { mayRetry: true }) };
    expect(nextDelayMs(POLICY, refused)).toBe(0);
    expect(nextDelayMs(POLICY, { ...refused, attempts: POLICY.maxAttempts })).toBeNull();
  });

  it('ends after the allowed attempts', () => {
    const failed = { error: new CallError('timeout', ''), elapsedMs: 0, random: 0 };
    expect(nextDelayMs({ ...POLICY, maxAttempts: 3 }, { ...failed, attempts: 2 })).toBe(0);
    expect(nextDelayMs({ ...POLICY, maxAttempts: 3 }, { ...failed, attempts: 3 })).toBeNull();
    expect(nextDelayMs({ ...POLICY, maxAttempts: 1 }, { ...failed, attempts: 1 })).toBeNull();
  });

  it('ends if the next call would be later than the maximum time', () => {
    const error = new CallError('overloaded', '', { retryAfterMs: 60_000 });
    const failed = { error, attempts: 1, random: 0 };
    expect(nextDelayMs({ ...POLICY, maxWaitMs: 100_000 }, { ...failed, elapsedMs: 40_000 })).toBe(60_000);
    expect(nextDelayMs({ ...POLICY, maxWaitMs: 100_000 }, { ...failed, elapsedMs: 40_001 })).toBeNull();
  });

  it('stays within all its bounds, whatever failed', () => {
    const policies = fc.record({
      maxAttempts: fc.integer({ min: 1, max: 2000 }),
      maxWaitMs: fc.nat({ max: 10_000_000 }),
      baseDelayMs: fc.integer({ min: 1, max: 5000 }),
      maxDelayMs: fc.integer({ min: 1, max: 100_000 }),
    });
    const failures = fc.record({
      kind: fc.constantFrom(...CALL_ERROR_KINDS),
      attempts: fc.integer({ min: 1, max: 2000 }),
      elapsedMs: fc.nat({ max: 10_000_000 }),
      random: fc.double({ min: 0, max: ALMOST_ONE, noNaN: true }),
    });
    fc.assert(
      fc.property(policies, failures, (policy, { kind, ...failed }) => {
        const delayMs = nextDelayMs(policy, { error: new CallError(kind, ''), ...failed });
        if (delayMs === null) return;
        expect(isRetryable(kind)).toBe(true);
        expect(failed.attempts).toBeLessThan(policy.maxAttempts);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(policy.maxDelayMs);
        expect(failed.elapsedMs + delayMs).toBeLessThanOrEqual(policy.maxWaitMs);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(CALL_ERROR_KINDS)('retries only temporary errors: %s', (kind) => {
    const failed = { error: new CallError(kind, ''), attempts: 1, elapsedMs: 0, random: 0 };
    expect(nextDelayMs(POLICY, failed)).toBe(isRetryable(kind) ? 0 : null);
  });
});

describe('lastError', () => {
  const policy = { ...POLICY, maxWaitMs: 600_000 };
  const failed = (elapsedMs: number, retryAfterMs: number | undefined, attempts = 1) =>
    lastError(policy, { error: new CallError('rate_limited', 'Slow down', { retryAfterMs }), elapsedMs, attempts })
      .message;
  const told = 'Slow down (not retried: the server asks for a longer wait than --max-wait 600 allows)';

  it('says that a trial is not retried because the server asks for too long a wait', () => {
    expect([failed(0, 600_001), failed(500_000, 100_001)]).toEqual([told, told]);
  });

  it('says nothing of a wait that is not the reason', () => {
    expect(failed(0, 600_000)).toBe('Slow down');
    expect(failed(600_001, undefined)).toBe('Slow down');
    expect(failed(0, 600_001, policy.maxAttempts)).toBe('Slow down');
    const error = new CallError('invalid_request', 'No', { retryAfterMs: 700_000 });
    expect(lastError(policy, { error, elapsedMs: 0, attempts: 1 })).toBe(error);
  });
});
