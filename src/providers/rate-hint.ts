import type { RateHint } from '../core/completion.ts';
import { readResetMs } from './durations.ts';
import { readNumber } from './read.ts';
import type { ResponseHeaders } from './response-headers.ts';
import { serverTimeMs } from './told-wait.ts';

/** The headers of one limit. */
interface LimitHeaders {
  readonly remaining: string;
  readonly reset: string;
  /** True if the remaining amount is tokens, otherwise calls. */
  readonly isTokens: boolean;
}

/** OpenAI's names, which most others adopted, Anthropic's, and the plain ones of OpenRouter and of gateways. */
const LIMITS: readonly LimitHeaders[] = [
  { remaining: 'x-ratelimit-remaining-requests', reset: 'x-ratelimit-reset-requests', isTokens: false },
  { remaining: 'x-ratelimit-remaining-tokens', reset: 'x-ratelimit-reset-tokens', isTokens: true },
  {
    remaining: 'anthropic-ratelimit-requests-remaining',
    reset: 'anthropic-ratelimit-requests-reset',
    isTokens: false,
  },
  { remaining: 'anthropic-ratelimit-tokens-remaining', reset: 'anthropic-ratelimit-tokens-reset', isTokens: true },
  { remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset', isTokens: false },
];

/**
 * The account's tightest limit according to a response's headers; undefined if no limit has both a remaining amount and
 * a reset. A reset is read in each vendor's format: `6m0s`, an instant, seconds or milliseconds since 1970.
 * @param tokens what this call spent, used as an estimate for the next; null if unknown
 * @param now the current time in milliseconds since the epoch
 */
export function readRateHint(headers: ResponseHeaders, tokens: number | null, now: () => number): RateHint | undefined {
  let tightest: RateHint | undefined;
  for (const limit of LIMITS) {
    if (!headers.has(limit.remaining)) continue;
    const hint = readLimit(headers, limit, { size: limit.isTokens ? (tokens ?? 0) : 1, now });
    if (hint !== undefined && (tightest === undefined || hint.remainingCalls < tightest.remainingCalls))
      tightest = hint;
  }
  return tightest;
}

function readLimit(
  headers: ResponseHeaders,
  limit: LimitHeaders,
  { size, now }: { readonly size: number; readonly now: () => number },
): RateHint | undefined {
  const remaining = readNumber(headers.text(limit.remaining));
  if (remaining === null || size <= 0) return undefined;
  const resetMs = readResetMs(headers.text(limit.reset) ?? '', () => serverTimeMs(headers, now()));
  return resetMs === null ? undefined : { remainingCalls: Math.max(0, Math.floor(remaining / size)), resetMs };
}
