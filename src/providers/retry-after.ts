import { readNumber } from './read.ts';

/** Response headers as undici gives them: names in lower case. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The first value of a header; null where it is absent. */
export function headerText(headers: ResponseHeaders, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/**
 * How long the server asks to be left alone, in milliseconds: `retry-after-ms`, else `Retry-After` as seconds or as
 * an HTTP date (RFC 9110, section 10.2.3), which is measured from the answer's own `Date` where it has one.
 * @param nowMs the current time, for a date without a `Date` beside it
 */
export function readRetryAfterMs(headers: ResponseHeaders, nowMs: number): number | undefined {
  const milliseconds = readNumber(headerText(headers, 'retry-after-ms'));
  if (milliseconds !== null) return Math.max(0, milliseconds);
  const text = headerText(headers, 'retry-after') ?? '';
  const seconds = readNumber(text);
  if (seconds !== null) return Math.max(0, seconds * 1000);
  const until = Date.parse(text);
  if (Number.isNaN(until)) return undefined;
  const serverNow = Date.parse(headerText(headers, 'date') ?? '');
  return Math.max(0, until - (Number.isNaN(serverNow) ? nowMs : serverNow));
}
