import { readDurationMs, readResetMs, readSpokenWaitMs, waitOf } from './durations.ts';
import type { ErrorFacts } from './error-facts.ts';
import { readNumber } from './read.ts';
import { ResponseHeaders } from './response-headers.ts';

/** No server means a wait longer than a leap year; such a number is a mistake, and would not form a valid date. */
const LONGEST_WAIT_MS = 366 * 86_400_000;

/**
 * How long a server asks to wait, in milliseconds, wherever its response says so. Sources in order: `retry-after-ms`
 * and `Retry-After`, a field of the body (RetryInfo, `retry_after`), a sentence of the reason, the reset of an
 * exhausted limit. undefined if it does not say.
 * @param nowMs the current time in milliseconds since the epoch
 */
export function readToldWaitMs(headers: ResponseHeaders, facts: ErrorFacts, nowMs: number): number | undefined {
  const asked = readRetryAfterMs(headers, nowMs);
  // `Retry-After: 0` allows an immediate retry; a reason that gives a wait is more precise.
  const told = asked === undefined || asked === 0 ? (readBodyWaitMs(headers, facts, nowMs) ?? asked) : asked;
  return told === undefined ? undefined : Math.min(LONGEST_WAIT_MS, Math.max(0, told));
}

function readBodyWaitMs(headers: ResponseHeaders, facts: ErrorFacts, nowMs: number): number | undefined {
  const serverNow = (): number => serverTimeMs(headers, nowMs);
  const { message, waitMs } = facts;
  if (waitMs !== null) return waitOf(waitMs, serverNow);
  const spoken = message === null ? null : readSpokenWaitMs(message, serverNow);
  if (spoken !== null) return spoken;
  const repeated = ResponseHeaders.of(facts.headers);
  return readRetryAfterMs(repeated, nowMs) ?? readResetWaitMs(headers.behind(repeated), serverNow);
}

/**
 * How long the server asks to wait, in milliseconds: `retry-after-ms`, else `Retry-After` as seconds or as an HTTP date
 * (RFC 9110, section 10.2.3), or in the other forms of reset headers. An instant is measured from the response's own
 * `Date` if there is one. Of several values, which proxies add or join by commas, the longest wait counts.
 * @param nowMs the current time, for an instant without a `Date` header
 */
export function readRetryAfterMs(headers: ResponseHeaders, nowMs: number): number | undefined {
  const serverNow = (): number => serverTimeMs(headers, nowMs);
  const milliseconds = longest(
    (headers.all('retry-after-ms') ?? []).flatMap((text) => waitsIn(text, readAsMs, serverNow)),
  );
  if (milliseconds !== undefined) return milliseconds;
  return longest((headers.all('retry-after') ?? []).flatMap((text) => waitsOrDate(text, serverNow)));
}

type ReadWait = (text: string, nowMs: () => number) => number | null;

function readAsMs(text: string, nowMs: () => number): number | null {
  const durationMs = readDurationMs(text, 1);
  return durationMs === null ? null : waitOf(durationMs, nowMs);
}

/** A date has a comma of its own. `Date.parse` takes numbers alone for one too, such as `2 3`. */
function waitsOrDate(text: string, nowMs: () => number): readonly number[] {
  const waits = waitsIn(text, readResetMs, nowMs);
  if (waits.length > 0) return waits;
  const until = text.includes(':') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(until) ? [] : [until - nowMs()];
}

/** The waits of a list, which may have empty parts; none if it has anything else. */
function waitsIn(text: string, read: ReadWait, nowMs: () => number): readonly number[] {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  const waits = parts.map((part) => read(part.trim(), nowMs));
  return waits.every((each) => each !== null) ? waits : [];
}

/** The longest wait, at least 0; undefined without any. */
function longest(waits: readonly number[]): number | undefined {
  return waits.length === 0 ? undefined : Math.max(0, ...waits);
}

/** A server's instants are measured by its own clock if its response has a `Date`. */
export function serverTimeMs(headers: ResponseHeaders, nowMs: number): number {
  const told = Date.parse(headers.text('date') ?? '');
  return Number.isNaN(told) ? nowMs : told;
}

/**
 * Milliseconds until the last of the exhausted limits resets, by any vendor's headers: `x-ratelimit-remaining-tokens`
 * and `x-ratelimit-reset-tokens`, `anthropic-ratelimit-requests-remaining`, …
 */
function readResetWaitMs(headers: ResponseHeaders, nowMs: () => number): number | undefined {
  let latestMs: number | undefined;
  for (const name of headers.names()) {
    if (!name.includes('ratelimit') || !isUsedUp(name, headers.text(name))) continue;
    const resetMs = readResetMs(headers.text(name.replace(/remaining|status/, 'reset')) ?? '', nowMs);
    if (resetMs !== null) latestMs = Math.max(latestMs ?? 0, resetMs);
  }
  return latestMs;
}

/** Anthropic's subscriptions report a status instead of a remaining amount. */
function isUsedUp(name: string, value: string | null): boolean {
  if (name.endsWith('-status')) return value === 'rejected';
  const remaining = name.includes('remaining') ? readNumber(value) : null;
  return remaining !== null && remaining <= 0;
}
