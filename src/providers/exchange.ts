import { CallError } from '../core/call-error.ts';
import { MAX_LEVELS, parseOutsideJson, TOO_DEEP } from '../core/json.ts';
import { answerText } from './answer-text.ts';
import { classifyErrorBody, foreignAnswer } from './error-body.ts';
import { isEventStream } from './event-stream.ts';
import { type Received, receive, type SentRequest } from './receive.ts';
import type { ResponseHeaders } from './response-headers.ts';
import type { Route } from './route.ts';
import type { StreamedAnswer } from './streamed-answer.ts';
import { answerTooLarge } from './too-large.ts';
import { errors } from './undici.ts';
import { isOfUnknownCa, isUnsent } from './unsent.ts';

const CA_HINT = 'give the certificate of its CA: --ca-file <file>, or caFile in the section of the provider';

const CONTINUE_HINT = 'the server or a proxy before it must send it to requests with Expect: 100-continue only';

const PROXY_HINT =
  'put both into the variable with its address, such as HTTPS_PROXY=http://<user>:<password>@<host>:<port>';

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

/** What becomes of a response. */
export interface Reading<T> {
  /** Joins an event stream; null if the API has none. */
  readonly readStream: ((text: string) => StreamedAnswer) | null;
  /** The value of an answer. @throws CallError if it is not usable */
  readonly read: (answer: Answer) => T;
  /** The error as it leaves this room. */
  readonly present: (error: CallError) => CallError;
}

/**
 * Sends one request and reads the complete response, by a single promise: each further one would cost as much as a part
 * of the reading.
 * @throws CallError for everything that is not a 2xx with a complete JSON body, its message as long as the server makes
 * it; an aborted signal throws its reason
 */
export function exchange<T>(
  route: Route,
  sent: SentRequest,
  clocks: ExchangeClocks,
  { readStream, read, present }: Reading<T>,
): Promise<T> {
  return new Promise((resolve) => {
    const fail = (error: unknown): void => resolve(thrown(error instanceof CallError ? present(error) : error));
    const succeed = (received: Received, text: string): void => {
      try {
        resolve(read(answerOf(received, readBody(text, readStream), sent, clocks)));
      } catch (error) {
        fail(error);
      }
    };
    receive(route.dispatcher, sent, clocks.elapsedMs, {
      received: (received) => {
        try {
          const text = textOf(received, route.proxy);
          if (typeof text === 'string') succeed(received, text);
          else text.then((decoded) => succeed(received, decoded), fail);
        } catch (error) {
          fail(error);
        }
      },
      isWhole: (received) => isWhole(received, readStream),
      failed: (cause) => fail(sent.signal.aborted ? sent.signal.reason : networkError(cause, route.proxy)),
    });
  });
}

/** A rejected promise; a signal's reason may be any value. */
export async function thrown(error: unknown): Promise<never> {
  throw error;
}

/** @throws CallError if the response is not an answer */
function answerOf(received: Received, read: ReadBody, { path }: SentRequest, { now }: ExchangeClocks): Answer {
  const { statusCode, headers } = received;
  const { text, body, fault, firstPieceEnd } = read;
  if (statusCode >= 300) throw classifyErrorBody(body, statusCode, { headers, text, nowMs: now(), path });
  if (fault !== null) {
    throw new CallError('invalid_response', `HTTP ${statusCode}: ${fault}`, { httpStatus: statusCode });
  }
  if (body === undefined) throw foreignAnswer(text, statusCode, path);
  return { body, headers, firstPieceAtMs: firstPieceEnd === null ? null : arrivalOf(text, firstPieceEnd, received) };
}

/**
 * The text of a response. A failure keeps its meaning if its reason cannot be decoded. A promise only if there is
 * something to decode.
 */
function textOf(received: Received, proxy: string | null): string | Promise<string> {
  if (received.statusCode === 407 && proxy !== null) {
    throw proxyRefusal(proxy);
  }
  const text = answerText(received);
  return typeof text === 'string' || received.statusCode < 300 ? text : text.catch(() => '');
}

interface ReadBody {
  /** The whole text of the response. */
  readonly text: string;
  /** undefined if the text is not JSON. */
  readonly body: unknown;
  /** Why it is not a complete answer, in words; null if it is one, or is something else. */
  readonly fault: string | null;
  /** Offset in the text after the first piece of the answer; null if it is not an event stream. */
  readonly firstPieceEnd: number | null;
}

const TOO_DEEP_FAULT = `the answer is nested more than ${MAX_LEVELS} levels deep`;

function readBody(text: string, readStream: Reading<unknown>['readStream']): ReadBody {
  const body = parseOutsideJson(text);
  if (body === TOO_DEEP) return { text, body: undefined, fault: TOO_DEEP_FAULT, firstPieceEnd: null };
  if (body !== undefined) return { text, body, fault: null, firstPieceEnd: null };
  const streamed = readStream !== null && isEventStream(text) ? readStream(text) : null;
  return { text, ...(streamed ?? { body, fault: null, firstPieceEnd: null }) };
}

/** Only a body that is not encoded is watched while it arrives. */
function isWhole({ bytes }: Received, readStream: Reading<unknown>['readStream']): boolean {
  const { body, fault } = readBody(bytes.toString().replace(/^\ufeff/, ''), readStream);
  return body !== undefined && fault === null;
}

function arrivalOf(text: string, firstPieceEnd: number, { arrivals }: Received): number | null {
  const bytes = Buffer.byteLength(text.slice(0, firstPieceEnd));
  return arrivals.find((arrival) => arrival.bytes >= bytes)?.atMs ?? null;
}

/** The error for a request without a complete response. @param proxy its address, as shown; null for none */
export function networkError(cause: unknown, proxy: string | null): CallError {
  if (cause instanceof errors.ResponseExceededMaxSizeError) {
    return answerTooLarge(cause);
  }
  if (cause instanceof errors.ResponseContentLengthMismatchError || cause instanceof errors.HTTPParserError) {
    return new CallError('invalid_response', `the answer is broken: ${cause.message}`, { cause });
  }
  if (isUnaskedContinue(cause)) {
    // The next one would be as this one was: answered, paid for and unread.
    const options = { cause, mayRetry: false, hint: CONTINUE_HINT };
    return new CallError('invalid_response', 'the answer is broken: "100 Continue" is before it, unasked', options);
  }
  const reason = describeCause(cause);
  const details = { cause, isUnsent: isUnsent(cause), hint: isOfUnknownCa(cause) ? CA_HINT : undefined };
  if (proxy === null) return new CallError('network', `no answer: ${reason}`, details);
  if (/\b407\b/.test(reason)) return proxyRefusal(proxy, cause);
  return new CallError('network', `no answer through the proxy ${proxy}: ${reason}`, details);
}

/** undici ends such a call, and leaves what follows unread. Other unasked bytes are of no call. */
function isUnaskedContinue(cause: unknown): boolean {
  return cause instanceof errors.SocketError && cause.message === 'bad response';
}

function proxyRefusal(proxy: string, cause?: unknown): CallError {
  const message = `the proxy ${proxy} asks for a user name and a password, or refuses those it was given (407)`;
  return new CallError('network', message, { cause, isUnsent: true, hint: PROXY_HINT });
}

/** An AggregateError (every address refused) has no message of its own. */
function describeCause(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return describeCause(cause.errors[0]);
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
