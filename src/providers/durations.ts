import { readNumber } from './read.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Units of Go's `time.Duration`, and days, in milliseconds. */
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

const GO_DURATION = /^(?:\d{1,12}(?:\.\d{1,12})?(?:ns|us|µs|μs|ms|s|m|h|d)){1,8}$/;
const GO_PART = /(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h|d)/g;

/**
 * `6m0s`, `1.5s`, `120ms` or a plain number, in milliseconds; null for anything else.
 * @param unitMs of a plain number, default seconds
 */
export function readDurationMs(given: string, unitMs: number = SECOND_MS): number | null {
  const text = given.trim();
  const number = readNumber(text);
  if (number !== null) return number * unitMs;
  if (!GO_DURATION.test(text)) return null;
  let durationMs = 0;
  for (const [, amount, unit = ''] of text.matchAll(GO_PART)) durationMs += Number(amount) * (UNIT_MS[unit] ?? 0);
  return durationMs;
}

/** A wait from here on, of 30 years, is the time since 1970. */
const EPOCH_MS = 1e12;
/** And from here on it was given in milliseconds and read as seconds. */
const EPOCH_AS_SECONDS_MS = 1e15;

/**
 * The wait that a number means, in milliseconds: a duration, or an instant as the time since 1970, which some servers
 * give in its place; at least 0.
 * @param nowMs milliseconds since the epoch, called only for an instant
 */
export function waitOf(givenMs: number, nowMs: () => number): number {
  if (givenMs < EPOCH_MS) return Math.max(0, givenMs);
  return Math.max(0, (givenMs < EPOCH_AS_SECONDS_MS ? givenMs : givenMs / SECOND_MS) - nowMs());
}

/**
 * Milliseconds until a limit resets, or until a retry may succeed, from any vendor's header: a duration (`6m0s`,
 * OpenAI), an instant (RFC 3339, Anthropic), seconds, or seconds or milliseconds since 1970 (OpenRouter); null for
 * anything else.
 * @param nowMs milliseconds since the epoch, called only if the header gives an instant
 */
export function readResetMs(text: string, nowMs: () => number): number | null {
  const durationMs = readDurationMs(text);
  if (durationMs !== null) return waitOf(durationMs, nowMs);
  const atMs = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs());
}

const SPOKEN_UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:ms|msecs?|milliseconds?)$/, 1],
  [/^(?:s|secs?|seconds?)$/, SECOND_MS],
  [/^(?:m|mins?|minutes?)$/, MINUTE_MS],
  [/^(?:h|hrs?|hours?)$/, HOUR_MS],
  [/^(?:d|days?)$/, DAY_MS],
];

const UNIT = '(?:ms|msecs?|milliseconds?|secs?|seconds?|s|mins?|minutes?|m|hrs?|hours?|h|days?|d)(?![a-z])';
const SPOKEN = `(?:\\d{1,9}(?:\\.\\d{1,12})?\\s?${UNIT}(?:,?\\s(?:and\\s)?)?){1,5}`;
const ABOUT = '(?:about\\s|approximately\\s|another\\s|at\\sleast\\s|~)?';
const SUBJECT = '\\b(?:retry|retried|try|wait|available|access|resets?|refresh(?:es)?)\\b';
/** `Please retry in 10h17m5.7s`, `try again in 6m0s`, `Please retry after 26 seconds`. */
const WAIT_IN = new RegExp(`${SUBJECT}[^.!?\\n]{0,60}?\\b(?:in|after|for)\\s${ABOUT}(${SPOKEN})`, 'i');
/** `Please wait 17 seconds`. */
const WAIT_FOR = new RegExp(`\\bwait:?\\s${ABOUT}(${SPOKEN})`, 'i');
/** `Limit resets at: 2026-12-01 12:00:00 UTC`, `You will regain access on 2026-12-01 at 00:00 UTC`. */
const WAIT_UNTIL = new RegExp(
  `${SUBJECT}[^.!?\\n]{0,60}?(\\d{4}-\\d\\d-\\d\\d)(?:T|\\sat\\s|\\s)(\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?)\\s?(Z|UTC|GMT|[+-]\\d\\d:\\d\\d)`,
  'i',
);
/** A reason states it in its first sentences; the rest may be of any length. */
const LONGEST_REASON = 4000;

/**
 * Milliseconds to wait according to a sentence; null if it gives none.
 * @param nowMs milliseconds since the epoch, called only if the sentence gives an instant
 */
export function readSpokenWaitMs(text: string, nowMs: () => number): number | null {
  const reason = text.slice(0, LONGEST_REASON).replace(/\s+/g, ' ');
  const spoken = WAIT_IN.exec(reason)?.[1] ?? WAIT_FOR.exec(reason)?.[1];
  if (spoken !== undefined) return spokenMs(spoken.toLowerCase());
  const [, date, time, zone = ''] = WAIT_UNTIL.exec(reason) ?? [];
  if (date === undefined || time === undefined) return null;
  const atMs = Date.parse(`${date}T${time}${/^[+-]/.test(zone) ? zone : 'Z'}`);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs());
}

function spokenMs(spoken: string): number {
  let durationMs = 0;
  for (const [, amount, word = ''] of spoken.matchAll(/(\d+(?:\.\d+)?)\s?([a-z]+)/g)) {
    const unit = SPOKEN_UNITS.find(([pattern]) => pattern.test(word));
    durationMs += Number(amount) * (unit?.[1] ?? 0);
  }
  return durationMs;
}
