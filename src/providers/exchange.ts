import { CallError } from '../core/call-error.ts';
import { MAX_LEVELS, parseOutsideJson, TOO_DEEP } from '../core/json.ts';
import { answerText } from './answer-text.ts';
import { classifyErrorBody, foreignAnswer } from './error-body.ts';
import { isEventStream } from './event-stream.ts';
import type { ResponseHeaders } from './read.ts';
import { type Received, receive, type SentRequest } from './receive.ts';
import type { Route } from './route.ts';
import { readStreamedAnswer } from './streamed-answer.ts';
import { answerTooLarge } from './too-large.ts';
import { errors } from './undici.ts';
import { isUnsent } from './unsent.ts';

/** The clocks of an exchange. */
interface ExchangeClocks {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

/** A complete response with status 2xx and a JSON body. */
export interface Answer {
  /** An event stream is assembled into an ordinary body. */
  readonly body: unknown;
  readonly headers: ResponseHeaders;
  /** When the first piece of the answer's content arrived, in monotonic milliseconds; null without a stream. */
  readonly firstPieceAtMs: number | null;
}

/**
 * Sends one request and reads the complete response.
 * @throws CallError for everything that is not a 2xx with a complete JSON body, its message as long as the server makes
 * it; an aborted signal throws its reason
 */
export async function exchange(route: Route, sent: SentRequest, { now, elapsedMs }: ExchangeClocks): Promise<Answer> {
  let received: Received;
  try {
    received = await receive(route.dispatcher, sent, elapsedMs);
  } catch (cause) {
    if (sent.signal.aborted) throw sent.signal.reason;
    throw networkError(cause, route.proxy);
  }
  const { statusCode, headers } = received;
  if (statusCode === 407 && route.proxy !== null) {
    throw new CallError('network', proxyRefusal(route.proxy), { isUnsent: true });
  }
  const reading = readText(received);
  const text = typeof reading === 'string' ? reading : await reading;
  const { body, fault, firstPieceEnd } = readBody(text);
  if (statusCode >= 300) throw classifyErrorBody(body, statusCode, { headers, text, nowMs: now(), path: sent.path });
  if (fault !== null) {
    throw new CallError('invalid_response', `HTTP ${statusCode}: ${fault}`, { httpStatus: statusCode });
  }
  if (body === undefined) throw foreignAnswer(text, statusCode, sent.path);
  return { body, headers, firstPieceAtMs: firstPieceEnd === null ? null : arrivalOf(text, firstPieceEnd, received) };
}

/**
 * A failure keeps its meaning if its reason cannot be decoded. Returns a promise only if there is something to decode.
 */
function readText(received: Received): string | Promise<string> {
  const text = answerText(received);
  return typeof text === 'string' || received.statusCode < 300 ? text : text.catch(() => '');
}

interface ReadBody {
  /** undefined if the text is not JSON. */
  readonly body: unknown;
  /** Why it is not a complete answer, in words; null if it is one, or is something else. */
  readonly fault: string | null;
  /** Offset in the text after the first piece of the answer; null if it is not an event stream. */
  readonly firstPieceEnd: number | null;
}

const TOO_DEEP_FAULT = `the answer is nested more than ${MAX_LEVELS} levels deep`;

function readBody(text: string): ReadBody {
  const body = parseOutsideJson(text);
  if (body === TOO_DEEP) return { body: undefined, fault: TOO_DEEP_FAULT, firstPieceEnd: null };
  if (body !== undefined) return { body, fault: null, firstPieceEnd: null };
  return isEventStream(text) ? readStreamedAnswer(text) : { body, fault: null, firstPieceEnd: null };
}

function arrivalOf(text: string, firstPieceEnd: number, { arrivals }: Received): number | null {
  const bytes = Buffer.byteLength(text.slice(0, firstPieceEnd));
  return arrivals.find((arrival) => arrival.bytes >= bytes)?.atMs ?? null;
}

function networkError(cause: unknown, proxy: string | null): CallError {
  if (cause instanceof errors.ResponseExceededMaxSizeError) {
    return answerTooLarge(cause);
  }
  if (cause instanceof errors.ResponseContentLengthMismatchError || cause instanceof errors.HTTPParserError) {
    return new CallError('invalid_response', `the answer is broken: ${cause.message}`, { cause });
  }
  const reason = describeCause(cause);
  if (proxy === null) return new CallError('network', `no answer: ${reason}`, { cause, isUnsent: isUnsent(cause) });
  if (/\b407\b/.test(reason)) return new CallError('network', proxyRefusal(proxy), { cause, isUnsent: true });
  const message = `no answer through the proxy ${proxy}: ${reason}`;
  return new CallError('network', message, { cause, isUnsent: isUnsent(cause) });
}

function proxyRefusal(proxy: string): string {
  return `the proxy ${proxy} asks for a user name and a password, or refuses those it was given (407)`;
}

/** An AggregateError (every address refused) has no message of its own. */
function describeCause(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return describeCause(cause.errors[0]);
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
