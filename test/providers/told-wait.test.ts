import { describe, expect, it } from 'vitest';
import { readErrorFacts } from '../../src/providers/error-facts.ts';
import { ResponseHeaders } from '../../src/providers/response-headers.ts';
import { readToldWaitMs } from '../../src/providers/told-wait.ts';
import { failureOf, reply } from './endpoint.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');

function waitMs(headers: Readonly<Record<string, string | string[]>>, body: unknown = {}): number | undefined {
  return readToldWaitMs(ResponseHeaders.of(headers), readErrorFacts(body), NOW);
}

const RETRY_INFO = { error: { message: 'x', details: [{ '@type': 'google.rpc.RetryInfo', retryDelay: '30s' }] } };
const SENTENCE = { error: { message: 'Quota exceeded. Please retry in 40s.' } };

describe('the wait of a refused call', () => {
  it.each([
    ['the header before the body', { 'retry-after': '7' }, SENTENCE, 7000],
    ['the body where the header says 0', { 'retry-after': '0' }, SENTENCE, 40_000],
    ['the longest of a joined list', { 'retry-after': '2, 3,1' }, {}, 3000],
    ['the longest of repeated headers', { 'retry-after': ['', '1', '4'] }, {}, 4000],
    ['a list with an empty part', { 'retry-after': ' ,5, ' }, {}, 5000],
    ['no numbers that are no list', { 'retry-after': '2 3' }, SENTENCE, 40_000],
    ['no list with a word in it', { 'retry-after': '2, soon' }, SENTENCE, 40_000],
    ['0 where nothing else is told', { 'retry-after': '0' }, {}, 0],
    ['RetryInfo', {}, RETRY_INFO, 30_000],
    ['RetryInfo in a list', {}, [RETRY_INFO], 30_000],
    ['seconds and nanoseconds', {}, { error: { details: [{ retryDelay: { seconds: '3', nanos: 5e8 } }] } }, 3500],
    ['a field', {}, { message: 'x', retry_after: 12.5 }, 12_500],
    ['a field in milliseconds', {}, { error: { message: 'x', retry_after_ms: 800 } }, 800],
    ['a field before the sentence', {}, { error: { ...SENTENCE.error, retryAfter: 12 } }, 12_000],
    ['a field as a duration', {}, { message: 'x', retry_after: '1m30s' }, 90_000],
    ['a field as seconds since 1970', {}, { message: 'x', retry_after: NOW / 1000 + 20 }, 20_000],
    ['a field as milliseconds since 1970', {}, { message: 'x', retryAfter: NOW + 20_000 }, 20_000],
    ['a field in milliseconds since 1970', {}, { error: { message: 'x', retry_after_ms: `${NOW + 800}` } }, 800],
    ['a sentence', {}, SENTENCE, 40_000],
    ['a sentence of a router’s upstream', {}, { error: { message: 'x', metadata: { raw: SENTENCE } } }, 40_000],
    [
      'headers that a router repeats',
      {},
      {
        error: {
          message: 'x',
          metadata: { headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': `${NOW + 9000}` } },
        },
      },
      9000,
    ],
    ['no more than a year', { 'retry-after': '1e300' }, {}, 366 * 86_400_000],
    ['nothing where nothing is told', {}, { error: { message: 'Slow down' } }, undefined],
  ])('is %s', (_what, headers, body, expectedMs) => {
    expect(waitMs(headers, body)).toBe(expectedMs);
  });

  it.each<[string, Readonly<Record<string, string>>, number | undefined]>([
    ['OpenAI', { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' }, 360_000],
    [
      'Anthropic',
      {
        'anthropic-ratelimit-requests-remaining': '3',
        'anthropic-ratelimit-requests-reset': '2026-11-28T12:30:00Z',
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-28T12:00:20Z',
      },
      20_000,
    ],
    [
      'a subscription of Anthropic',
      { 'anthropic-ratelimit-unified-status': 'rejected', 'anthropic-ratelimit-unified-reset': `${NOW / 1000 + 60}` },
      60_000,
    ],
    ['OpenRouter', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW + 5000}` }, 5000],
    ['a gateway', { 'ratelimit-remaining': '0', 'ratelimit-reset': '12' }, 12_000],
    [
      'a clock that is a minute behind',
      { date: 'Sat, 28 Nov 2026 11:59:00 GMT', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW / 1000}` },
      60_000,
    ],
    [
      'the later of two limits',
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '4s',
      },
      4000,
    ],
    [
      'a limit of which something is left',
      { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '1s' },
      undefined,
    ],
    ['a limit without a reset', { 'x-ratelimit-remaining-requests': '0' }, undefined],
  ])('ends at the reset, by the headers of %s', (_whose, headers, expectedMs) => {
    expect(waitMs(headers)).toBe(expectedMs);
  });

  it('is part of the error, with any status', async () => {
    expect((await failureOf(reply(429, RETRY_INFO))).retryAfterMs).toBe(30_000);
    expect((await failureOf(reply(503, 'Overloaded. Try again in 20 seconds.'))).retryAfterMs).toBe(20_000);
    expect((await failureOf(reply(200, { error: { ...SENTENCE.error, code: 429 } }))).retryAfterMs).toBe(40_000);
  });
});

describe('the header Retry-After', () => {
  const ANSWERED = Date.parse('2026-01-02T03:04:05Z');

  it.each([
    [{}, undefined],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': ' 7 ' }, 7000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': '-3' }, 0],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '2s' }, 2000],
    [{ 'retry-after': '1m30s, 5' }, 90_000],
    [{ 'retry-after': `${ANSWERED / 1000 + 3}` }, 3000],
    [{ 'retry-after': `${ANSWERED / 1000 - 3}` }, 0],
    [{ 'retry-after': `${ANSWERED + 3000}` }, 3000],
    [{ 'retry-after': `${ANSWERED / 1000}`, date: 'Fri, 02 Jan 2026 03:03:05 GMT' }, 60_000],
    [{ 'retry-after': '2026-01-02T03:04:35Z' }, 30_000],
    [{ 'retry-after-ms': '2s' }, 2000],
    [{ 'retry-after-ms': '2592000000' }, 2_592_000_000],
    [{ 'retry-after-ms': `${ANSWERED + 250}` }, 250],
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
    [{ 'retry-after': ['2', '9'] }, 9000],
  ])('is read from %j', (headers, expectedMs) => {
    expect(readToldWaitMs(ResponseHeaders.of(headers), readErrorFacts({}), ANSWERED)).toBe(expectedMs);
  });

  it.each([429, 503])('is in the error of an answer with status %i', async (status) => {
    const refused = await failureOf(reply(status, {}, { 'retry-after': '7' }));
    expect(refused.retryAfterMs).toBe(7000);
    expect((await failureOf(reply(status, {}))).retryAfterMs).toBeUndefined();
  });

  it('is measured from the time of the answer', async () => {
    const headers = { 'retry-after': 'Fri, 02 Jan 2026 03:04:35 GMT', date: 'Fri, 02 Jan 2026 03:04:05 GMT' };
    expect((await failureOf(reply(429, {}, headers), { now: () => 0 })).retryAfterMs).toBe(30_000);
  });
});
