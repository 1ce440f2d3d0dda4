import { describe, expect, it } from 'vitest';
import { readDurationMs, readResetMs, readSpokenWaitMs } from '../../src/providers/durations.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const now = (): number => NOW;

describe('a duration', () => {
  it.each([
    ['6m0s', 360_000],
    ['1s', 1000],
    ['12ms', 12],
    ['1h2m3.5s', 3_723_500],
    ['859.5µs', 0.8595],
    ['17', 17_000],
    ['0.5', 500],
    ['', null],
    ['soon', null],
    ['6m 0s', null],
    ['5x', null],
    ['-1s', null],
  ])('is read from "%s"', (text, expectedMs) => {
    const read = readDurationMs(text);
    if (expectedMs === null) expect(read).toBeNull();
    else expect(read).toBeCloseTo(expectedMs, 6);
  });
});

describe('the time until a limit resets', () => {
  it.each([
    ['OpenAI', '6m0s', 360_000],
    ['Anthropic', '2026-11-28T12:01:30Z', 90_000],
    ['an instant that is over', '2026-11-28T11:00:00Z', 0],
    ['seconds since 1970', String(NOW / 1000 + 45), 45_000],
    ['milliseconds since 1970', String(NOW + 45_000), 45_000],
    ['seconds', '45', 45_000],
    ['none', '', null],
    ['a word', 'tomorrow', null],
  ])('is read in the format of %s', (_whose, text, expectedMs) => {
    expect(readResetMs(text, now)).toBe(expectedMs);
  });
});

describe('a wait in a sentence', () => {
  it.each([
    ['Quota exceeded. Please retry in 30s.', 30_000],
    ['Please retry in 30.123s.', 30_123],
    ['Please try again in 6m0s. Visit our page', 360_000],
    ['Please retry in 10h17m5.7s.', 37_025_700],
    ['Please try again in 7m12s. Limit 200, Used 200', 432_000],
    ['Rate limit is exceeded. Try again in 58 seconds.', 58_000],
    ['Please retry after 26 seconds.', 26_000],
    ['Please wait 17 seconds', 17_000],
    ['wait for about 2 minutes and 5 seconds', 125_000],
    ['The limit resets in 1 hour, 30 minutes', 5_400_000],
    ['You can try your request again in 250 ms', 250],
    ['Limit resets at: 2026-11-28 12:00:50 UTC', 50_000],
    ['You will regain access on 2026-11-29 at 00:00 UTC.', 43_200_000],
    ['Please retry after 2026-11-28T13:00:10+01:00', 10_000],
    ['try again after 2026-11-28T11:00:00Z', 0],
  ])('is read from "%s"', (text, expectedMs) => {
    expect(readSpokenWaitMs(text, now)).toBe(expectedMs);
  });

  it.each([
    '',
    'Please try again later.',
    'Try again later (limit: 5 requests per 60 s)',
    'The request took 30 s',
    'retry in 30',
    'Limit 200 requests per 1 day. Please contact us',
    'Please try again. In 30 s the log rotates',
    'waited for 30 s without an answer',
  ])('is not read from "%s"', (text) => {
    expect(readSpokenWaitMs(text, now)).toBeNull();
  });

  it('is searched for in bounded time, however long and unusual a text is', () => {
    const texts = ['retry in 1s,'.repeat(20_000), `retry ${'in '.repeat(50_000)}`, `wait ${'1h'.repeat(50_000)}`];
    for (const text of texts) readSpokenWaitMs(text, now);
    expect(readSpokenWaitMs(`${'x'.repeat(5000)} retry in 30s`, now)).toBeNull();
  });
});
