import { CallError } from '../core/call-error.ts';
import { isJsonObject } from '../core/json.ts';
import { type ErrorFacts, isPage, pageTitle, readErrorFacts } from './error-facts.ts';
import { isAboutRow, kindOf, quotaResetMs } from './error-kind.ts';
import { figuresOf } from './read-usage.ts';
import { ResponseHeaders } from './response-headers.ts';
import { readToldWaitMs } from './told-wait.ts';

/** What is known about a response besides its JSON body. */
interface AnswerContext {
  readonly headers?: ResponseHeaders | undefined;
  /** The raw body. */
  readonly text?: string | undefined;
  /** When it arrived, in milliseconds since the epoch. */
  readonly nowMs?: number | undefined;
  /** Path of the request. */
  readonly path?: string | undefined;
}

const NO_HEADERS = new ResponseHeaders([]);

/**
 * The error that a response represents, with its reason from any known body format. The message is the server's own, of
 * any length and with any characters, and must not be shown unchanged.
 * @param body the body as JSON; undefined if it is not JSON
 */
export function classifyErrorBody(body: unknown, httpStatus: number, context: AnswerContext = {}): CallError {
  const { headers = NO_HEADERS, text, nowMs = 0, path = '' } = context;
  const facts = readErrorFacts(body, text);
  const waitMs = readToldWaitMs(headers, facts, nowMs);
  const mayRetry = readMayRetry(headers);
  const answer = { httpStatus, facts, waitMs, isJson: body !== undefined, mayRetry };
  const kind = kindOf(answer);
  const location = headers.text('location');
  return new CallError(kind, describe(facts, httpStatus, location), {
    httpStatus,
    retryAfterMs: kind === 'quota_exhausted' ? quotaResetMs(waitMs) : waitMs,
    isApiError: facts.isApiError,
    figures: isJsonObject(body) ? figuresOf(body) : undefined,
    isAboutRow: kind === 'invalid_request' && isAboutRow(answer),
    mayRetry: kind === 'rate_limited' ? undefined : mayRetry,
    hint: kind === 'endpoint_not_found' ? addressHint(path, location) : undefined,
  });
}

/** The error for a response with status 2xx without a JSON body; the text may be of any length. */
export function foreignAnswer(text: string, httpStatus: number, path: string): CallError {
  const isWebPage = isPage(text);
  const said = isWebPage && /<title/i.test(text) ? `the answer is a web page: ${pageTitle(text)}` : describeText(text);
  return new CallError('invalid_response', `HTTP ${httpStatus}: ${said}`, {
    httpStatus,
    hint: isWebPage ? addressHint(path, null) : undefined,
  });
}

function describeText(text: string): string {
  return text.trim() === '' ? 'the answer is empty' : `the answer is not JSON: ${text}`;
}

/** `HTTP 429: Slow down (rate_limit_exceeded, requests)` */
function describe(facts: ErrorFacts, httpStatus: number, location: string | null): string {
  const isRedirect = httpStatus >= 300 && httpStatus < 400 && location !== null;
  const without = httpStatus < 300 ? 'the answer has no choices' : 'no reason given';
  const said = isRedirect ? `the address points to ${location}` : (facts.message ?? without);
  const { param } = facts;
  const labels = facts.labels.filter((label) => label !== String(httpStatus) && !said.includes(label));
  const all = param === null || said.includes(param) ? labels : [...labels, `param ${param}`];
  return `HTTP ${httpStatus}: ${said}${all.length === 0 ? '' : ` (${all.join(', ')})`}`;
}

function readMayRetry(headers: ResponseHeaders): boolean | undefined {
  const header = headers.text('x-should-retry');
  return header === 'true' ? true : header === 'false' ? false : undefined;
}

/** What to do if an address does not respond like an API; contains none of the server's own words. */
function addressHint(path: string, location: string | null): string | undefined {
  if (location !== null) return 'give the address that it points to as --base-url';
  return /\/v\d/.test(path) ? undefined : 'is /v1 missing at the end of --base-url?';
}
