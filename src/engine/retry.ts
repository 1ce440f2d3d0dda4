import { type CallError, isRetryable } from '../core/call-error.ts';

/** How often and how long a trial is tried again. */
export interface RetryPolicy {
  /** Most calls for one trial, from 1. */
  readonly maxAttempts: number;
  /** Longest time from a trial's first call to its last, in milliseconds. */
  readonly maxWaitMs: number;
  /** Upper end of the first random pause, in milliseconds; doubles with every attempt. */
  readonly baseDelayMs: number;
  /** Upper end of any random pause, in milliseconds. */
  readonly maxDelayMs: number;
}

/** Pauses of a second at first and a minute at most. */
export const DEFAULT_DELAYS = { baseDelayMs: 1000, maxDelayMs: 60_000 } as const;

/** What is known when a call has failed. */
interface FailedAttempt {
  readonly error: CallError;
  /** Calls made for the trial so far. */
  readonly attempts: number;
  /** Milliseconds since the trial's first call. */
  readonly elapsedMs: number;
  /** From 0 up to, not including, 1. */
  readonly random: number;
}

/**
 * How long to wait before the next attempt, in milliseconds; null where there is none.
 * Full jitter, a random pause from 0 to an exponentially growing end: M. Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog, 2015. A Retry-After is the least that is waited, and half a second of jitter follows it.
 */
export function nextDelayMs(policy: RetryPolicy, failed: FailedAttempt): number | null {
  const { error, attempts, elapsedMs, random } = failed;
  if (!(error.mayRetry ?? isRetryable(error.kind)) || attempts >= policy.maxAttempts) return null;
  const ceilingMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempts - 1));
  const delayMs = error.retryAfterMs === undefined ? random * ceilingMs : error.retryAfterMs + random * 500;
  return elapsedMs + delayMs > policy.maxWaitMs ? null : delayMs;
}
