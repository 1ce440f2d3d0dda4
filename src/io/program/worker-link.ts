import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CutLines } from './cut-lines.ts';
import { jsonOf } from './json-of.ts';
import { type LinkEvents, MAX_REPLY_UNITS, type ProgramLink } from './link.ts';
import type { ToWorker, WorkerStart } from './module-worker.ts';
import { optimiseUserWasm } from './user-wasm.ts';

/** How a module is run. */
interface WorkerSettings {
  /** Address of the module: `file:///…`. */
  readonly url: string;
  /** Variables that it finds in `process.env`; those of this process if absent. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** How long loading the module may take. */
const LOAD_MS = 60_000;
/** How long it may take to notice that a request is cancelled; then its event loop is blocked. */
const NOTICE_MS = 1000;
const REPLY = /^(\d{1,15}) (value|thrown|too_large) (.*)$/s;
/** Longest line of its output that is shown. */
const MAX_LINE = 500;
const NEVER_LOADED = 'its top-level await waits for something that cannot come, or it calls process.exit';

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
  #isGone = false;
  #isLoaded = false;
  /** Why it is gone; null while it runs. */
  #reason: string | null = null;
  readonly #loading: NodeJS.Timeout;
  #noticing: NodeJS.Timeout | undefined;

  constructor({ url, environment }: WorkerSettings, events: LinkEvents) {
    const start: WorkerStart = { url, mostUnits: MAX_REPLY_UNITS };
    this.#events = events;
    optimiseUserWasm();
    const env = environment === undefined ? {} : { env: { ...environment } };
    this.#worker = new Worker(workerFile(), { workerData: start, stdout: true, stderr: true, ...env });
    this.#loading = setTimeout(() => void this.#endFor(`it was not loaded within ${LOAD_MS / 1000} s`), LOAD_MS);
    this.#listen(this.#worker);
  }

  get isDoubted(): boolean {
    return this.#noticing !== undefined;
  }

  send(requests: readonly string[]): void {
    this.#post(requests.join('\n'));
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
    // It must get no further requests.
    this.#gone();
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
      // A thread ends, without an error, once it has nothing to wait for.
      const isStuck = !this.#isLoaded && code === 0;
      this.#reason ??= isStuck ? NEVER_LOADED : `it ended with exit code ${code}`;
      this.#gone();
    });
  }

  #gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#loading);
    clearTimeout(this.#noticing);
    this.#events.onEnd(this.#reason ?? 'it ended');
  }

  #note(message: unknown): void {
    if (this.#isGone) return;
    if (message === 'alive') {
      clearTimeout(this.#noticing);
      this.#noticing = undefined;
      this.#events.onReady();
    } else if (message === 'ready') {
      this.#isLoaded = true;
      clearTimeout(this.#loading);
      this.#events.onReady();
    } else if (typeof message === 'string') {
      for (const line of message.split('\n')) this.#noteReply(line);
    } else if (isFailure(message)) {
      void this.#endFor(message.failed);
    }
  }

  #noteReply(line: string): void {
    const [, id, kind, text = ''] = REPLY.exec(line) ?? [];
    if (kind === 'too_large') {
      this.#events.onReply(Number(id), { kind });
    } else if (kind === 'value' || kind === 'thrown') {
      const value = jsonOf(text);
      // A module may post messages of its own.
      if (value !== undefined || text === '') this.#events.onReply(Number(id), { kind, value });
    }
  }
}

/** The build makes a file of it by itself; see `.ci/bundle.mjs`. */
function workerFile(): string {
  return join(dirname(createRequire(import.meta.url).resolve('promptgrid/package.json')), 'dist/module-worker.js');
}

function isFailure(message: unknown): message is { readonly failed: string } {
  return typeof message === 'object' && message !== null && 'failed' in message && typeof message.failed === 'string';
}
