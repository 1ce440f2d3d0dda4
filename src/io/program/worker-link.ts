import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CutLines } from './cut-lines.ts';
import { type LinkEvents, MAX_REPLY_UNITS, type ProgramLink } from './link.ts';
import type { FromWorker, ToWorker, WorkerReply, WorkerStart } from './module-worker.ts';

/** How a module is run. */
interface WorkerSettings {
  /** Address of the module: `file:///…`. */
  readonly url: string;
  /** Variables that it finds in `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How long loading the module may take. */
const LOAD_MS = 60_000;
/** How long it may take to notice that a request is cancelled; then its event loop is blocked. */
const NOTICE_MS = 1000;
/** Longest line of its output that is shown. */
const MAX_LINE = 500;

/**
 * Runs the default export of a module in a worker thread. If it blocks the thread, the thread is ended as soon as a
 * request is cancelled.
 */
export function openWorker(settings: WorkerSettings, events: LinkEvents): ProgramLink {
  return new WorkerLink(settings, events);
}

class WorkerLink implements ProgramLink {
  readonly #events: LinkEvents;
  readonly #worker: Worker;
  /** Why it is gone; null while it runs. */
  #reason: string | null = null;
  readonly #loading: NodeJS.Timeout;
  #noticing: NodeJS.Timeout | undefined;

  constructor({ url, environment }: WorkerSettings, events: LinkEvents) {
    const start: WorkerStart = { url, mostUnits: MAX_REPLY_UNITS };
    this.#events = events;
    this.#worker = new Worker(workerFile(), {
      workerData: start,
      env: { ...environment },
      stdout: true,
      stderr: true,
    });
    this.#loading = setTimeout(() => void this.#endFor(`it was not loaded within ${LOAD_MS / 1000} s`), LOAD_MS);
    this.#listen(this.#worker);
  }

  send(requests: readonly string[]): void {
    this.#post(requests);
  }

  cancel(id: number): void {
    this.#post(id);
    this.#noticing ??= setTimeout(() => void this.#endFor('it blocked its thread'), NOTICE_MS);
  }

  async end(): Promise<void> {
    await this.#endFor('it was ended');
  }

  #post(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(message);
  }

  #endFor(reason: string): Promise<unknown> {
    this.#reason ??= reason;
    return this.#worker.terminate();
  }

  #listen(worker: Worker): void {
    worker.on('message', (message: unknown) => this.#note(message));
    worker.on('error', (error: unknown) => {
      this.#reason ??= error instanceof Error ? error.message : String(error);
    });
    for (const stream of [worker.stdout, worker.stderr]) {
      const lines = new CutLines(MAX_LINE, this.#events.onLine);
      stream.setEncoding('utf8').on('data', (text: string) => lines.feed(text));
      stream.once('end', () => lines.end());
    }
    worker.once('exit', (code) => {
      clearTimeout(this.#loading);
      clearTimeout(this.#noticing);
      this.#events.onEnd(this.#reason ?? `it ended with exit code ${code}`);
    });
  }

  #note(message: unknown): void {
    if (isReplies(message)) {
      for (const [id, kind, text] of message) {
        this.#events.onReply(id, kind === 'too_large' ? { kind } : { kind, value: JSON.parse(text) });
      }
    } else if (message === 'alive') {
      clearTimeout(this.#noticing);
      this.#noticing = undefined;
    } else if (message === 'ready') {
      clearTimeout(this.#loading);
      this.#events.onReady();
    } else if (isFailure(message)) {
      void this.#endFor(message.failed);
    }
  }
}

/** The build makes a file of it by itself; see `.ci/bundle.mjs`. */
function workerFile(): string {
  return join(dirname(createRequire(import.meta.url).resolve('promptgrid/package.json')), 'dist/module-worker.js');
}

/** A module may post messages of its own. */
function isReplies(message: unknown): message is Extract<FromWorker, readonly WorkerReply[]> {
  return isList(message) && message.every(isReply);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isReply(value: unknown): value is WorkerReply {
  if (!isList(value)) return false;
  const [id, kind, text] = value;
  return (
    typeof id === 'number' &&
    (kind === 'value' || kind === 'thrown' || kind === 'too_large') &&
    typeof text === 'string' &&
    text.length <= MAX_REPLY_UNITS
  );
}

function isFailure(message: unknown): message is { readonly failed: string } {
  return typeof message === 'object' && message !== null && 'failed' in message && typeof message.failed === 'string';
}
