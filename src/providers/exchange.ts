import { type Dispatcher, errors } from 'undici';
import { CallError } from '../core/call-error.ts';
import { isTooDeepJson, MAX_LEVELS, parseJson } from '../core/json.ts';
import { type AnswerText, isPlainBody, readAnswerText, textOf } from './answer-text.ts';
import { classifyErrorBody, foreignAnswer } from './error-body.ts';
import { isEventStream } from './event-stream.ts';
import type { ResponseHeaders } from './retry-after.ts';
import type { Route } from './route.ts';
import { readStreamedAnswer } from './streamed-answer.ts';

/** One request to an endpoint. */
export interface Exchange {
  readonly origin: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; null sends none. */
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/** The clocks of an exchange. */
export interface ExchangeClocks {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

/** A whole answer with status 2xx and a JSON body. */
export interface Answer {
  /** What came as a stream of events is put together as if it had not. */
  readonly body: unknown;
  readonly headers: ResponseHeaders;
  /** When the first piece of the answer's content was there, in monotonic milliseconds; null without a stream. */
  readonly firstPieceAtMs: number | null;
}

/**
 * Sends one request and reads the whole answer.
 * @throws CallError for everything that is not a 2xx with a whole JSON body, its message as long as the server makes it;
 * an aborted signal throws its reason
 */
export async function exchange(route: Route, sent: Exchange, { now, elapsedMs }: ExchangeClocks): Promise<Answer> {
  const { statusCode, headers, content } = await transport(route, sent, elapsedMs);
  if (statusCode === 407 && route.proxy !== null) throw new CallError('network', proxyRefusal(route.proxy));
  const { text } = content;
  const { body, fault, firstPieceEnd } = readBody(text);
  if (statusCode >= 300) throw classifyErrorBody(body, statusCode, { headers, text, nowMs: now(), path: sent.path });
  if (fault !== null) {
    throw new CallError('invalid_response', `HTTP ${statusCode}: ${fault}`, { httpStatus: statusCode });
  }
  if (body === undefined) throw foreignAnswer(text, statusCode, sent.path);
  return { body, headers, firstPieceAtMs: firstPieceEnd === null ? null : arrivalOf(firstPieceEnd, content) };
}

interface RawAnswer {
  readonly statusCode: number;
  readonly headers: ResponseHeaders;
  readonly content: AnswerText;
}

const NO_ARRIVALS: AnswerText['arrivals'] = [];

async function transport(route: Route, sent: Exchange, elapsedMs: () => number): Promise<RawAnswer> {
  let response: Dispatcher.ResponseData | undefined;
  try {
    response = await route.dispatcher.request(sent);
    const { statusCode, headers, body } = response;
    if (!isPlainBody(headers)) return { statusCode, headers, content: await readAnswerText(response, elapsedMs) };
    return { statusCode, headers, content: { text: textOf(await body.bytes(), statusCode), arrivals: NO_ARRIVALS } };
  } catch (cause) {
    if (sent.signal.aborted) throw sent.signal.reason;
    if (!(cause instanceof CallError)) throw networkError(cause, route.proxy);
    // A failure keeps its meaning where its reason cannot be read.
    if (response === undefined || response.statusCode < 300) throw cause;
    return { statusCode: response.statusCode, headers: response.headers, content: { text: '', arrivals: NO_ARRIVALS } };
  }
}

interface ReadBody {
  /** undefined where the text has none. */
  readonly body: unknown;
  /** Why it is no whole answer, in words; null where it is, or is something else. */
  readonly fault: string | null;
  /** Offset in the text behind the first piece of the answer; null where it is no stream of events. */
  readonly firstPieceEnd: number | null;
}

function readBody(text: string): ReadBody {
  const body = parseJson(text, MAX_LEVELS);
  if (body !== undefined) return { body, fault: null, firstPieceEnd: null };
  if (isEventStream(text)) return readStreamedAnswer(text);
  const fault = isTooDeepJson(text) ? `the answer is nested more than ${MAX_LEVELS} levels deep` : null;
  return { body, fault, firstPieceEnd: null };
}

function arrivalOf(firstPieceEnd: number, { text, arrivals }: AnswerText): number | null {
  const bytes = Buffer.byteLength(text.slice(0, firstPieceEnd));
  return arrivals.find((arrival) => arrival.bytes >= bytes)?.atMs ?? null;
}

function networkError(cause: unknown, proxy: string | null): CallError {
  if (cause instanceof errors.ResponseExceededMaxSizeError) {
    return new CallError('invalid_response', 'the answer is too large', { cause });
  }
  if (cause instanceof errors.ResponseContentLengthMismatchError || cause instanceof errors.HTTPParserError) {
    return new CallError('invalid_response', `the answer is broken: ${cause.message}`, { cause });
  }
  const reason = describeCause(cause);
  if (proxy === null) return new CallError('network', `no answer: ${reason}`, { cause });
  const message = /\b407\b/.test(reason) ? proxyRefusal(proxy) : `no answer through the proxy ${proxy}: ${reason}`;
  return new CallError('network', message, { cause });
}

function proxyRefusal(proxy: string): string {
  return `the proxy ${proxy} asks for a user name and a password, or refuses those it was given (407)`;
}

/** An AggregateError (every address refused) has no message of its own. */
function describeCause(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return describeCause(cause.errors[0]);
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
