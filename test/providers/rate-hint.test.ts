import { describe, expect, it } from 'vitest';
import type { RateHint } from '../../src/core/completion.ts';
import { readRateHint } from '../../src/providers/rate-hint.ts';
import { ResponseHeaders } from '../../src/providers/response-headers.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');

function hint(headers: Readonly<Record<string, string | string[]>>, tokens: number | null = 10): RateHint | undefined {
  return readRateHint(ResponseHeaders.of(headers), tokens, () => NOW);
}

const REQUESTS = { 'x-ratelimit-remaining-requests': '59', 'x-ratelimit-reset-requests': '1s' };

describe('an answer’s rate limit headers', () => {
  it('give nothing if absent, or without both a remainder and a reset', () => {
    expect(hint({})).toBeUndefined();
    expect(hint({ 'x-ratelimit-remaining-requests': '5' })).toBeUndefined();
    expect(hint({ 'x-ratelimit-reset-requests': '1s' })).toBeUndefined();
    expect(hint({ ...REQUESTS, 'x-ratelimit-reset-requests': 'soon' })).toBeUndefined();
  });

  it('give calls, and tokens in calls like this one, the tighter of the two', () => {
    expect(hint(REQUESTS)).toEqual({ remainingCalls: 59, resetMs: 1000 });
    const tokens = { 'x-ratelimit-remaining-tokens': '105', 'x-ratelimit-reset-tokens': '6m0s' };
    expect(hint({ ...REQUESTS, ...tokens })).toEqual({ remainingCalls: 10, resetMs: 360_000 });
    expect(hint({ ...REQUESTS, ...tokens }, 1)).toEqual({ remainingCalls: 59, resetMs: 1000 });
    expect(hint({ ...REQUESTS, ...tokens }, null)).toEqual({ remainingCalls: 59, resetMs: 1000 });
  });

  it('are read in the formats of Anthropic and OpenRouter', () => {
    const anthropic = {
      'anthropic-ratelimit-requests-remaining': '4',
      'anthropic-ratelimit-requests-reset': '2026-11-28T12:00:30Z',
      'anthropic-ratelimit-tokens-remaining': '20',
      'anthropic-ratelimit-tokens-reset': '2026-11-28T12:00:45Z',
    };
    expect(hint(anthropic)).toEqual({ remainingCalls: 2, resetMs: 45_000 });
    expect(hint({ 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': String(NOW + 8000) })).toEqual({
      remainingCalls: 3,
      resetMs: 8000,
    });
  });

  it('are measured by the server’s clock', () => {
    const date = 'Sat, 28 Nov 2026 11:59:50 GMT';
    expect(hint({ date, 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': String(NOW + 8000) })?.resetMs).toBe(18_000);
  });
});
