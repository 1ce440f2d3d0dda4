import { errors, type Pool } from 'undici';
import { CallError } from '../core/call-error.ts';
import { parseJson } from '../core/json.ts';
import { classifyErrorBody } from './error-body.ts';
import { type ResponseHeaders, readRetryAfterMs } from './retry-after.ts';
import { isUnsent } from './unsent.ts';

/** One request to an endpoint. */
export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; null sends none. */
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/** A whole answer with status 2xx and a JSON body. */
export interface Answer {
  readonly body: unknown;
  readonly headers: ResponseHeaders;
}

/**
 * Sends one request and reads the whole answer.
 * @param now milliseconds since the epoch
 * @throws CallError for everything that is not a 2xx with a whole JSON body, its message as long as the server makes it;
 * an aborted signal throws its reason
 */
export async function exchange(pool: Pool, sent: Exchange, now: () => number): Promise<Answer> {
  const { statusCode, headers, text } = await transport(pool, sent);
  const body = parseJson(text);
  if (statusCode >= 300) throw classifyErrorBody(body, statusCode, readRetryAfterMs(headers, now()));
  if (body === undefined) {
    throw new CallError('invalid_response', `HTTP ${statusCode}: ${describeForeign(text)}`, { httpStatus: statusCode });
  }
  return { body, headers };
}

interface RawAnswer {
  readonly statusCode: number;
  readonly headers: ResponseHeaders;
  readonly text: string;
}

async function transport(pool: Pool, sent: Exchange): Promise<RawAnswer> {
  try {
    const { statusCode, headers, body } = await pool.request(sent);
    return { statusCode, headers, text: await body.text() };
  } catch (cause) {
    if (sent.signal.aborted) throw sent.signal.reason;
    throw networkError(cause);
  }
}

function networkError(cause: unknown): CallError {
  if (cause instanceof errors.ResponseExceededMaxSizeError) {
    return new CallError('invalid_response', 'the answer is too large', { cause });
  }
  if (cause instanceof errors.ResponseContentLengthMismatchError || cause instanceof errors.HTTPParserError) {
    return new CallError('invalid_response', `the answer is broken: ${cause.message}`, { cause });
  }
  return new CallError('network', `no answer: ${describeCause(cause)}`, { cause, isUnsent: isUnsent(cause) });
}

/** An AggregateError (every address refused) has no message of its own. */
function describeCause(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return describeCause(cause.errors[0]);
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

function describeForeign(text: string): string {
  return text.trim() === '' ? 'the answer is empty' : `the answer is not JSON: ${text}`;
}
