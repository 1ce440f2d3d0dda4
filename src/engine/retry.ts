import { type CallError, isRetryable } from '../core/call-error.ts';

/** How often and for how long a trial is retried. */
export interface RetryPolicy {
  /** Maximum number of calls for one trial, at least 1. */
  readonly maxAttempts: number;
  /** Maximum time from a trial's first call to its last, in milliseconds. */
  readonly maxWaitMs: number;
  /** Upper bound of the first random pause, in milliseconds; doubles with every attempt. */
  readonly baseDelayMs: number;
  /** Upper bound of any random pause, in milliseconds. */
  readonly maxDelayMs: number;
}

/** Pauses of up to a second at first and a minute at most. */
export const DEFAULT_DELAYS = { baseDelayMs: 1000, maxDelayMs: 60_000 } as const;

/** What is known after a failed call. */
interface FailedAttempt {
  readonly error: CallError;
  /** Calls made for the trial so far. */
  readonly attempts: number;
  /** Milliseconds since the trial's first call. */
  readonly elapsedMs: number;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: number;
}

/**
 * How long to wait before the next attempt, in milliseconds; null if there is none. Full jitter, a random pause between
 * 0 and an exponentially growing bound: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. A
 * Retry-After is the minimum wait, and half a second of jitter follows it.
 */
export function nextDelayMs(policy: RetryPolicy, failed: FailedAttempt): number | null {
  const { error, attempts, elapsedMs, random } = failed;
  if (!mayTryAgain(policy, failed)) return null;
  const ceilingMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempts - 1));
  const delayMs = error.retryAfterMs === undefined ? random * ceilingMs : error.retryAfterMs + random * 500;
  return elapsedMs + delayMs > policy.maxWaitMs ? null : delayMs;
}

/**
 * The error of a trial that is not retried. Its message says so if the reason is the wait that the server asks for: then
 * others wait as long and are answered.
 */
export function lastError(policy: RetryPolicy, failed: Omit<FailedAttempt, 'random'>): CallError {
  const { error, elapsedMs } = failed;
  const isTooLong = error.retryAfterMs !== undefined && elapsedMs + error.retryAfterMs > policy.maxWaitMs;
  if (!isTooLong || !mayTryAgain(policy, failed)) return error;
  // Without the time asked for, which counts down from one error to the next: errors are counted by their messages.
  const allowed = `--max-wait ${policy.maxWaitMs / 1000}`;
  const message = `${error.message} (not retried: the server asks for a longer wait than ${allowed} allows)`;
  return error.with({ message });
}

function mayTryAgain({ maxAttempts }: RetryPolicy, { error, attempts }: Omit<FailedAttempt, 'random'>): boolean {
  return (error.mayRetry ?? isRetryable(error.kind)) && attempts < maxAttempts;
}
