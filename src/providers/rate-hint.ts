import type { RateHint } from '../core/completion.ts';
import { readNumber } from './read.ts';
import { headerText, type ResponseHeaders } from './retry-after.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * What an answer's `x-ratelimit-remaining-*` and `x-ratelimit-reset-*` headers tell, the tighter of requests and
 * tokens; undefined where they do not tell both how much is left and until when. Names and durations (`1s`, `6m0s`,
 * `120ms`) as OpenAI's guide to rate limits has them.
 * @param tokens what this call spent, which is taken for the size of the next; null where it is not known
 */
export function readRateHint(headers: ResponseHeaders, tokens: number | null): RateHint | undefined {
  const requests = readLimit(headers, 'requests', 1);
  const spent = readLimit(headers, 'tokens', tokens ?? 0);
  if (requests === undefined || spent === undefined) return requests ?? spent;
  return spent.remainingCalls < requests.remainingCalls ? spent : requests;
}

function readLimit(headers: ResponseHeaders, what: 'requests' | 'tokens', size: number): RateHint | undefined {
  const remaining = readNumber(headerText(headers, `x-ratelimit-remaining-${what}`));
  if (remaining === null || size <= 0) return undefined;
  const resetMs = readDurationMs(headerText(headers, `x-ratelimit-reset-${what}`) ?? '');
  return resetMs === null ? undefined : { remainingCalls: Math.max(0, Math.floor(remaining / size)), resetMs };
}

/** `6m0s`, `1.5s`, `120ms` or plain seconds; null for anything else. */
function readDurationMs(text: string): number | null {
  const seconds = readNumber(text);
  if (seconds !== null) return seconds * 1000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return null;
  let durationMs = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    durationMs += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  return durationMs;
}
