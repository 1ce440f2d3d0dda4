import { describe, expect, it } from 'vitest';
import { headerText, readRetryAfterMs } from '../../src/providers/retry-after.ts';
import { failureOf, reply } from './endpoint.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');

describe('how long a server asks to be left alone', () => {
  it.each([
    [{}, undefined],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': ' 7 ' }, 7000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': '-3' }, 0],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': 'Infinity' }, undefined],
    [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:35 GMT' }, 30_000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:00 GMT' }, 0],
    // Measured by the server's own clock, which here is a minute behind.
    [{ 'retry-after': 'Fri, 02 Jan 2026 03:03:35 GMT', date: 'Fri, 02 Jan 2026 03:03:05 GMT' }, 30_000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:35 GMT', date: 'today' }, 30_000],
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    [{ 'retry-after-ms': '-1' }, 0],
    [{ 'retry-after-ms': '', 'retry-after': '1' }, 1000],
    [{ 'retry-after-ms': 'x', 'retry-after': '1' }, 1000],
    [{ 'retry-after': ['2', '9'] }, 2000],
  ])('is read from %j', (headers, expectedMs) => {
    expect(readRetryAfterMs(headers, NOW)).toBe(expectedMs);
  });

  it.each([429, 503])('is told by the error of an answer with status %i', async (status) => {
    const refused = await failureOf(reply(status, {}, { 'retry-after': '7' }));
    expect(refused.retryAfterMs).toBe(7000);
    expect((await failureOf(reply(status, {}))).retryAfterMs).toBeUndefined();
  });

  it('is measured from the time of the answer', async () => {
    const headers = { 'retry-after': 'Fri, 02 Jan 2026 03:04:35 GMT', date: 'Fri, 02 Jan 2026 03:04:05 GMT' };
    expect((await failureOf(reply(429, {}, headers), { now: () => 0 })).retryAfterMs).toBe(30_000);
  });
});

describe('a header', () => {
  it('has its first value, or none', () => {
    expect(headerText({ a: 'x', b: ['y', 'z'], c: [], d: undefined }, 'a')).toBe('x');
    expect(headerText({ b: ['y', 'z'] }, 'b')).toBe('y');
    expect(headerText({ c: [] }, 'c')).toBeNull();
    expect(headerText({}, 'd')).toBeNull();
  });
});
