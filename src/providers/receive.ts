import type { Dispatcher } from 'undici';
import { AbortRelay } from '../io/abort-relay.ts';
import { saysDone, saysFinished } from './event-stream.ts';
import { ResponseHeaders } from './response-headers.ts';
import { errors } from './undici.ts';

/** One request to an endpoint. */
export interface SentRequest {
  readonly origin: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; null sends none. */
  readonly body: string | null;
  /** Ends the request, which then throws the signal's reason. */
  readonly signal: AbortSignal;
}

/** A complete response. */
export interface Received {
  readonly statusCode: number;
  readonly headers: ResponseHeaders;
  /** The raw body, possibly still encoded. */
  readonly bytes: Buffer;
  /** When its parts arrived; empty for a body that is encoded or not labelled as an event stream. */
  readonly arrivals: readonly Arrival[];
}

/** When a part of a body arrived. */
interface Arrival {
  /** Bytes of the body up to the end of the part. */
  readonly bytes: number;
  /** Monotonic milliseconds. */
  readonly atMs: number;
}

/** What becomes of a response: one of `received` and `failed` is called, once. */
export interface Receipt {
  readonly received: (received: Received) => void;
  /** The connection failed, or the request was ended. */
  readonly failed: (error: unknown) => void;
  /** True if what arrived so far of an event stream has a whole answer; asked in a silence after a possible end. */
  readonly isWhole: (received: Received) => boolean;
}

/**
 * Sends a request and collects its response without intermediate layers: a readable stream would cost as much as
 * everything else done here.
 * @param elapsedMs monotonic milliseconds
 */
export function receive(dispatcher: Dispatcher, sent: SentRequest, elapsedMs: () => number, receipt: Receipt): void {
  const relay = AbortRelay.of(sent.signal);
  if (relay.isAborted) receipt.failed(sent.signal.reason);
  else dispatcher.dispatch(sent, new Receiver(receipt, relay, elapsedMs));
}

const NO_HEADERS = new ResponseHeaders([]);
const NO_ARRIVALS: readonly Arrival[] = [];
/** Long enough for any search text that arrived in two parts. */
const TAIL_LENGTH = 32;
/** The rest of an answer arrives within this time after the reason why it ended. */
const IDLE_MS = 5000;
/** Long enough for the end of the body, after which the connection can be reused. */
const CLOSE_AFTER_MS = 1000;

/**
 * A handler in the older of undici's two forms: the newer one is called by way of two more objects, and with an object of
 * all headers, which together take a tenth of the time for a call.
 */
class Receiver implements Dispatcher.DispatchHandler {
  readonly #receipt: Receipt;
  readonly #relay: AbortRelay;
  /** Position in its relay. */
  place = 0;
  readonly #elapsedMs: () => number;
  readonly #parts: Buffer[] = [];
  #abortRequest: ((reason: Error) => void) | undefined;
  #statusCode = 0;
  #headers = NO_HEADERS;
  /** null for a body that is not an event stream. */
  #arrivals: Arrival[] | null = null;
  /** A body begins like a line. */
  #tail = '\n';
  #isFinished = false;
  #idle: NodeJS.Timeout | undefined;
  #isSettled = false;
  #closing: NodeJS.Timeout | undefined;

  constructor(receipt: Receipt, relay: AbortRelay, elapsedMs: () => number) {
    this.#receipt = receipt;
    this.#elapsedMs = elapsedMs;
    this.#relay = relay;
    relay.add(this);
  }

  /** The signal is aborted. */
  abort(): void {
    if (!this.#isSettled) {
      this.#end();
      this.#receipt.failed(this.#relay.signal.reason);
    }
    this.#abortRequest?.(new errors.RequestAbortedError());
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abortRequest = abort;
    if (this.#relay.isAborted) this.abort();
  }

  onHeaders(statusCode: number, pairs: Buffer[]): boolean {
    this.#statusCode = statusCode;
    this.#headers = new ResponseHeaders(pairs);
    this.#arrivals = isLabelledStream(this.#headers) ? [] : null;
    return true;
  }

  onData(part: Buffer): boolean {
    if (this.#isSettled) return true;
    this.#parts.push(part);
    if (this.#arrivals !== null) this.#watchStream(part, this.#arrivals);
    return true;
  }

  onComplete(): void {
    clearTimeout(this.#closing);
    if (!this.#isSettled) this.#succeed();
  }

  onError(error: Error): void {
    clearTimeout(this.#closing);
    if (this.#isSettled) return;
    this.#end();
    this.#receipt.failed(error);
  }

  /**
   * Some servers keep a stream open after its last event, so that event counts as its end; if they omit it too, silence
   * after the end of the answer does. A silence before that end is a slow server.
   */
  #watchStream(part: Buffer, arrivals: Arrival[]): void {
    const before = arrivals.at(-1)?.bytes ?? 0;
    arrivals.push({ bytes: before + part.length, atMs: this.#elapsedMs() });
    this.#tail += part.toString('latin1');
    const isDone = saysDone(this.#tail);
    this.#isFinished ||= saysFinished(this.#tail);
    this.#tail = this.#tail.slice(-TAIL_LENGTH);
    clearTimeout(this.#idle);
    if (isDone) this.#close();
    else if (this.#isFinished) this.#idle = setTimeout(() => this.#endOfSilence(), IDLE_MS);
  }

  #endOfSilence(): void {
    if (this.#receipt.isWhole(this.#received())) this.#close();
  }

  #close(): void {
    this.#succeed();
    this.#closing = setTimeout(() => this.#abortRequest?.(new errors.RequestAbortedError()), CLOSE_AFTER_MS).unref();
  }

  #succeed(): void {
    this.#end();
    this.#receipt.received(this.#received());
  }

  #received(): Received {
    const [first, ...more] = this.#parts;
    const bytes = first !== undefined && more.length === 0 ? first : Buffer.concat(this.#parts);
    const arrivals = this.#arrivals ?? NO_ARRIVALS;
    return { statusCode: this.#statusCode, headers: this.#headers, bytes, arrivals };
  }

  /** The signal may continue to serve other requests. */
  #end(): void {
    if (!this.#isSettled) this.#relay.delete(this);
    this.#isSettled = true;
    clearTimeout(this.#idle);
  }
}

function isLabelledStream(headers: ResponseHeaders): boolean {
  const contentType = headers.text('content-type');
  if (contentType === null || contentType === 'application/json') return false;
  return /^text\/event-stream\b/i.test(contentType) && !headers.has('content-encoding');
}
