import type { IncomingMessage, ServerResponse } from 'node:http';

/** Largest request body that is read, in bytes (64 MB). */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** A whole HTTP response. */
interface WireAnswer {
  readonly status: number;
  readonly body: string;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Writes a whole response with its length; nothing if the client is gone. */
export function send(response: ServerResponse, answer: WireAnswer): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'application/json',
    'content-length': Buffer.byteLength(answer.body),
    ...answer.headers,
  });
  response.end(answer.body);
}

/** Writes an event stream, one event at a time; nothing if the client is gone. */
export function sendEvents(response: ServerResponse, events: readonly string[]): void {
  if (response.destroyed) return;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  for (const event of events) response.write(event);
  response.end();
}

interface RefusalDetails {
  readonly type: string;
  /** The request field at fault; null for none. */
  readonly param?: string;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is answered with `{error: {message, type, param, code}}`. */
export class Refusal extends Error {
  readonly status: number;
  readonly details: RefusalDetails;

  constructor(status: number, message: string, details: RefusalDetails) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.details = details;
  }
}

/** A request that cannot be served: `invalid_request_error` with status 400. */
export function invalidRequest(message: string, param?: string): Refusal {
  return new Refusal(400, message, { type: 'invalid_request_error', ...(param === undefined ? {} : { param }) });
}

/** Too many calls: 429 that says when to retry, in whole seconds. */
export function tooManyRequests(message: string, retryAfterS: number): Refusal {
  const headers = { 'retry-after': String(retryAfterS) };
  return new Refusal(429, message, { type: 'rate_limit_error', code: 'rate_limit_exceeded', headers });
}

/** Writes a refusal in the API's error format. */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  const { type, param = null, code = null, headers = {} } = refusal.details;
  const body = JSON.stringify({ error: { message: refusal.message, type, param, code } });
  send(response, { status: refusal.status, body, headers });
}

/** The client ended the call before its answer was ready. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/**
 * Reads a request's body as UTF-8 text.
 * @throws Refusal (413) above `MAX_BODY_BYTES`, ClientGone if the connection ends before the body
 */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      // The rest is read and dropped: a client that is still writing would not see the answer.
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => {
      if (bytes <= MAX_BODY_BYTES) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(tooLarge());
    });
    request.on('error', () => reject(new ClientGone()));
    request.on('close', () => {
      if (!request.readableEnded) reject(new ClientGone());
    });
  });
}

function tooLarge(): Refusal {
  const message = `the request body is larger than ${MAX_BODY_BYTES} bytes`;
  return new Refusal(413, message, { type: 'invalid_request_error', code: 'request_too_large' });
}

/** Waits; ends early if the client disconnects. */
export function waitForAnswerTime(response: ServerResponse, delayMs: number): Promise<void> {
  if (delayMs <= 0 || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      response.off('close', end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    response.once('close', end);
  });
}
