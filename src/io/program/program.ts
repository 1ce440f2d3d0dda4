import { type Abortable, AbortRelay } from '../abort-relay.ts';
import type { OpenLink, ProgramLink, Reply } from './link.ts';

/** Why a program gave no reply. */
export class ProgramError extends Error {
  /** False if it could not be started. */
  readonly hasStarted: boolean;

  constructor(message: string, hasStarted: boolean) {
    super(message);
    this.name = 'ProgramError';
    this.hasStarted = hasStarted;
  }
}

/** How a program is started and heard. */
interface ProgramSettings {
  readonly open: OpenLink;
  /** It wrote a line for people. */
  readonly onLine: (line: string) => void;
}

/** Bounds of the pause before a program that ended is started again, in milliseconds; doubles each time. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

const CLOSED = 'it was ended';

/**
 * A program that answers requests, any number at a time. It starts with the first request. If it ends, the requests that
 * it had are lost, and it starts again for the next ones; a program that answers nothing in between, after a pause that
 * gets longer.
 */
export class Program {
  readonly #settings: ProgramSettings;
  #link: ProgramLink | null = null;
  #isReady = false;
  /** Who waits for its start. */
  #onStarted: ((error: ProgramError | null) => void) | null = null;
  #pause: NodeJS.Timeout | undefined;
  #endings = 0;
  #lastId = 0;
  readonly #calls = new Map<number, Call>();
  #unsent: Call[] = [];
  #isFlushing = false;
  #isClosed = false;

  constructor(settings: ProgramSettings) {
    this.#settings = settings;
  }

  /** Times that it ended since its last reply. */
  get endings(): number {
    return this.#endings;
  }

  /** Starts it now. @throws ProgramError if that fails */
  start(): Promise<void> {
    if (this.#isReady) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onStarted = (error) => resolve(error === null ? undefined : thrown(error));
      this.#begin();
    });
  }

  /**
   * @param members of the request, as JSON text: `"messages":[…]`
   * @param onSent the request is sent: the program is loaded, and seems not to be blocked
   * @throws ProgramError if it ends, or cannot be started; an aborted signal throws its reason
   */
  ask(members: string, signal: AbortSignal, onSent?: () => void): Promise<Reply> {
    return new Promise((resolve) => {
      const relay = AbortRelay.of(signal);
      if (relay.isAborted || this.#isClosed) {
        resolve(thrown(relay.isAborted ? signal.reason : new ProgramError(CLOSED, true)));
        return;
      }
      const id = ++this.#lastId;
      const onAbort = (one: Call): void => this.#drop(one);
      const call = new Call({ id, text: `{"id":${id},${members}}`, relay, resolve, onSent, onAbort });
      relay.add(call);
      this.#calls.set(id, call);
      this.#unsent.push(call);
      // What is asked one by one has nothing to wait for.
      if (this.#calls.size === 1) this.#flush();
      else this.#flushSoon();
    });
  }

  /** Ends it, with the requests that have no reply. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#pause);
    await this.#link?.end();
    // Those that were never sent.
    for (const call of this.#calls.values()) call.settle(thrown(new ProgramError(CLOSED, true)));
    this.#calls.clear();
  }

  /** Requests of one turn of the event loop are sent together. */
  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#unsent.length === 0) return;
    if (this.#link === null || !this.#isReady) {
      this.#beginSoon();
      return;
    }
    if (this.#link.isDoubted) return;
    const calls = this.#unsent;
    this.#unsent = [];
    const nowMs = performance.now();
    for (const call of calls) call.noteSent(nowMs);
    this.#link.send(calls.map(({ text }) => text));
  }

  #beginSoon(): void {
    if (this.#link !== null || this.#pause !== undefined || this.#isClosed) return;
    const pauseMs = this.#endings < 2 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#endings - 2));
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#begin();
    }, pauseMs);
  }

  #begin(): void {
    if (this.#link !== null || this.#isClosed) return;
    this.#link = this.#settings.open({
      onReady: () => {
        this.#isReady = true;
        this.#tellStarted(null);
        this.#flush();
      },
      onReply: (id, reply) => {
        this.#endings = 0;
        const call = this.#calls.get(id);
        this.#calls.delete(id);
        call?.settle(reply);
      },
      onLine: this.#settings.onLine,
      onEnd: (reason) => this.#ended(reason),
    });
  }

  #tellStarted(error: ProgramError | null): void {
    this.#onStarted?.(error);
    this.#onStarted = null;
  }

  #ended(reason: string): void {
    const wasReady = this.#isReady;
    this.#link = null;
    this.#isReady = false;
    this.#endings += 1;
    const error = new ProgramError(reason, wasReady);
    this.#tellStarted(error);
    for (const call of this.#calls.values()) {
      if (wasReady && call.sentMs === null) continue;
      this.#calls.delete(call.id);
      call.settle(thrown(error));
    }
    if (wasReady) this.#flush();
    else this.#unsent = [];
  }

  #drop(call: Call): void {
    this.#calls.delete(call.id);
    if (call.sentMs === null) this.#unsent = this.#unsent.filter((one) => one !== call);
    else this.#link?.cancel(call.id, call.sentMs);
    call.settle(thrown(call.reason));
  }
}

interface CallParts {
  readonly id: number;
  readonly text: string;
  readonly relay: AbortRelay;
  readonly resolve: (outcome: Reply | Promise<never>) => void;
  readonly onSent: (() => void) | undefined;
  readonly onAbort: (call: Call) => void;
}

/** A request that waits for its reply. */
class Call implements Abortable {
  place = 0;
  /** null until it is sent. */
  sentMs: number | null = null;
  readonly #parts: CallParts;

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  get id(): number {
    return this.#parts.id;
  }

  get text(): string {
    return this.#parts.text;
  }

  /** Why its signal is aborted. */
  get reason(): unknown {
    const reason: unknown = this.#parts.relay.signal.reason;
    return reason;
  }

  noteSent(nowMs: number): void {
    this.sentMs = nowMs;
    this.#parts.onSent?.();
  }

  settle(outcome: Reply | Promise<never>): void {
    this.#parts.relay.delete(this);
    this.#parts.resolve(outcome);
  }

  abort(): void {
    this.#parts.onAbort(this);
  }
}

/** A rejected promise; a signal's reason may be any value. */
async function thrown(error: unknown): Promise<never> {
  throw error;
}
