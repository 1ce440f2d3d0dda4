import { readResetMs, readSpokenWaitMs } from './durations.ts';
import type { ErrorFacts } from './error-facts.ts';
import { readNumber } from './read.ts';
import { headerText, type ResponseHeaders, readRetryAfterMs } from './retry-after.ts';

/** No server means a longer wait than a leap year; such a number is a mistake, and no date could be made of it. */
const LONGEST_WAIT_MS = 366 * 86_400_000;

/**
 * How long a server asks to be left alone, in milliseconds, wherever its answer says so: in `retry-after-ms` and
 * `Retry-After`, in a field of the body (RetryInfo, `retry_after`), in a sentence of the reason, and else in the reset
 * of a limit of which nothing is left. undefined where it does not say.
 * @param nowMs the current time in milliseconds since the epoch
 */
export function readToldWaitMs(headers: ResponseHeaders, facts: ErrorFacts, nowMs: number): number | undefined {
  const asked = readRetryAfterMs(headers, nowMs);
  // `Retry-After: 0` says that it may be tried again; a reason that tells a wait knows better.
  const told = asked === undefined || asked === 0 ? (readBodyWaitMs(headers, facts, nowMs) ?? asked) : asked;
  return told === undefined ? undefined : Math.min(LONGEST_WAIT_MS, Math.max(0, told));
}

function readBodyWaitMs(headers: ResponseHeaders, facts: ErrorFacts, nowMs: number): number | undefined {
  const serverNow = (): number => serverTimeMs(headers, nowMs);
  const { message, waitMs } = facts;
  if (waitMs !== null) return waitMs;
  const spoken = message === null ? null : readSpokenWaitMs(message, serverNow);
  if (spoken !== null) return spoken;
  return readRetryAfterMs(facts.headers, nowMs) ?? readResetWaitMs({ ...headers, ...facts.headers }, serverNow);
}

/** A server's instants are measured by its own clock, where its answer has a `Date`. */
export function serverTimeMs(headers: ResponseHeaders, nowMs: number): number {
  const told = Date.parse(headerText(headers, 'date') ?? '');
  return Number.isNaN(told) ? nowMs : told;
}

/**
 * Milliseconds until the last of the limits begins anew of which nothing is left, by any vendor's headers:
 * `x-ratelimit-remaining-tokens` and `x-ratelimit-reset-tokens`, `anthropic-ratelimit-requests-remaining`, …
 */
function readResetWaitMs(headers: ResponseHeaders, nowMs: () => number): number | undefined {
  let latestMs: number | undefined;
  for (const name of Object.keys(headers)) {
    if (!name.includes('ratelimit') || !isUsedUp(name, headerText(headers, name))) continue;
    const resetMs = readResetMs(headerText(headers, name.replace(/remaining|status/, 'reset')) ?? '', nowMs);
    if (resetMs !== null) latestMs = Math.max(latestMs ?? 0, resetMs);
  }
  return latestMs;
}

/** Anthropic's subscriptions tell a status in the place of what remains. */
function isUsedUp(name: string, value: string | null): boolean {
  if (name.endsWith('-status')) return value === 'rejected';
  const remaining = name.includes('remaining') ? readNumber(value) : null;
  return remaining !== null && remaining <= 0;
}
