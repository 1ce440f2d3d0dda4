import { CommentError } from '../../core/errors.ts';
import { type JsonValue, objectOf, parseJson, textOf } from '../../core/json.ts';
import { cutShort, oneLine } from '../../core/plain-text.ts';
import { secretMask } from '../../core/secret-mask.ts';
import type { Clock } from '../../io/clock.ts';
import { answerText } from '../../providers/answer-text.ts';
import { type Received, receive } from '../../providers/receive.ts';
import type { Route } from '../../providers/route.ts';
import { readRetryAfterMs } from '../../providers/told-wait.ts';
import type { Forge, ForgeRequest } from './forge.ts';

/** A response with its parsed body. */
export interface ForgeAnswer {
  readonly status: number;
  readonly body: JsonValue;
  /** What the server says about an error, on one line, without the token; empty if it says nothing. */
  readonly message: string;
}

/** How requests are sent. */
export interface Sending {
  readonly forge: Forge;
  readonly route: Route;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const MOST_ATTEMPTS = 3;
const TIMEOUT_MS = 30_000;
/** A longer wait is not worth the minutes of a pipeline. */
const LONGEST_WAIT_MS = 60_000;
/** Between attempts after an error without a time to wait. */
const PAUSE_MS = 1000;
const LONGEST_MESSAGE = 200;

/**
 * Sends a request. Rate limits are waited for, up to a minute; errors of the server and of the network are retried,
 * except for a new comment, which might then exist twice.
 * @throws CommentError if there is no answer, or a rate limit does not end in time
 */
export async function sendToForge(sending: Sending, request: ForgeRequest, text: string | null): Promise<ForgeAnswer> {
  for (let attempt = 1; ; attempt++) {
    const received = await attemptSend(sending, request, text).catch((cause: unknown) => notReached(sending, cause));
    const isLast = attempt === MOST_ATTEMPTS;
    if (received instanceof CommentError) {
      if (isLast || request.method === 'POST' || sending.signal.aborted) throw received;
      await sending.clock.sleep(PAUSE_MS, sending.signal);
      continue;
    }
    const waitMs = waitOf(received, sending.clock);
    const isRetried = received.statusCode >= 500 && request.method !== 'POST';
    if (waitMs !== null && (isLast || waitMs > LONGEST_WAIT_MS)) throw limited(sending, waitMs);
    if (waitMs === null && (isLast || !isRetried)) return await answerOf(sending, received);
    await sending.clock.sleep(waitMs ?? PAUSE_MS, sending.signal);
  }
}

async function attemptSend(
  { forge, route, clock, signal }: Sending,
  { method, path }: ForgeRequest,
  text: string | null,
): Promise<Received> {
  const { origin, pathname } = forge.api;
  const body = text === null ? null : JSON.stringify({ body: text });
  const sent = {
    origin,
    method,
    path: `${pathname.replace(/\/$/, '')}${path}`,
    headers: { ...forge.headers, 'user-agent': 'promptgrid', 'content-type': 'application/json' },
    body,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  };
  return new Promise<Received>((resolve, reject) => {
    receive(route.dispatcher, sent, clock.elapsedMs, { received: resolve, failed: reject, isWhole: () => true });
  });
}

/** Milliseconds of a rate limit; null if the answer is not one. */
function waitOf({ statusCode, headers }: Received, clock: Clock): number | null {
  const nowMs = clock.date().getTime();
  const isUsedUp = headers.text('x-ratelimit-remaining') === '0';
  if (statusCode !== 429 && !(statusCode === 403 && (headers.has('retry-after') || isUsedUp))) return null;
  const askedMs = readRetryAfterMs(headers, nowMs);
  if (askedMs !== undefined) return askedMs;
  const reset = headers.text('x-ratelimit-reset') ?? headers.text('ratelimit-reset');
  const untilMs = Number(reset ?? Number.NaN) * 1000 - nowMs;
  return Number.isFinite(untilMs) ? Math.max(0, untilMs) : LONGEST_WAIT_MS;
}

async function answerOf({ forge }: Sending, received: Received): Promise<ForgeAnswer> {
  const text = await Promise.resolve()
    .then(() => answerText(received))
    .catch(() => '');
  const body = parseJson(text) ?? null;
  const said = textOf(objectOf(body)['message']) ?? textOf(objectOf(body)['error']) ?? '';
  const mask = secretMask([forge.token]);
  return { status: received.statusCode, body, message: cutShort(oneLine(mask(said)), LONGEST_MESSAGE) };
}

function notReached({ forge, route }: Sending, cause: unknown): CommentError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  const through = route.proxy === null ? '' : ` through the proxy ${route.proxy}`;
  const what = secretMask([forge.token])(reason);
  return new CommentError(`no answer from ${forge.name}${through} at ${forge.api.origin}: ${oneLine(what)}`, {
    hint: 'check the network of the job, and repeat it',
    cause,
  });
}

function limited({ forge }: Sending, waitMs: number): CommentError {
  return new CommentError(`${forge.name} limits the rate of requests, for ${Math.ceil(waitMs / 1000)} s more`, {
    hint: 'repeat the job later',
  });
}
