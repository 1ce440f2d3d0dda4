import type { Job, Worker } from 'bullmq';
import { QUEUE_PREFIX, queueName } from './keys.ts';
import type { QueuePackages, QueueRedis } from './redis.ts';

/** What jobs are taken with. */
interface SourceSettings {
  /** Of promptgrid: others have jobs of their own. */
  readonly version: string;
  /** How long a job is locked, in milliseconds, unless its lock is extended. */
  readonly lockMs: number;
  /** For how long the connection has been there, in milliseconds. */
  readonly lastsMs: () => number;
  /** What Redis refuses. */
  readonly onRefused: (reason: string) => void;
}

/** Stalled jobs are handed out again, however often. */
const EVER = Number.MAX_SAFE_INTEGER;
/** BullMQ waits for a job for 5 s at a time, and a second longer for the server to say that there is none. */
const STUCK_MS = 8000;
const LOOK_MS = 2000;
/** It answers sooner only if there is a job, or if it cannot wait. */
const WAIT_LEAST_MS = 1000;
const MOST_IN_VAIN = 20;

/** Jobs of a queue, one by one, each locked for this process. */
export class JobSource {
  readonly #redis: QueueRedis;
  readonly #packages: QueuePackages;
  readonly #settings: SourceSettings;
  /** The last one hands out jobs. Those before it were stuck, and may still come to. */
  readonly #workers: Worker[] = [];
  /** How often in a row there was no job, without a wait for one. */
  #inVain = 0;
  /** Jobs that were asked for and are not wanted any more. */
  #late: Promise<unknown> = Promise.resolve();

  constructor(redis: QueueRedis, packages: QueuePackages, settings: SourceSettings) {
    this.#redis = redis;
    this.#packages = packages;
    this.#settings = settings;
    this.#workers.push(this.#open());
  }

  /** Begins to hand out jobs whose locks have expired. */
  async start(): Promise<void> {
    await this.#current.startStalledCheckTimer();
  }

  /** The next job; null if there was none for a while, or the signal aborted. @param token of its lock */
  async next(token: string, signal: AbortSignal): Promise<Job | null> {
    const startedMs = performance.now();
    const fetching = this.#current.getNextJob(token);
    const job = await this.#unlessStuck(fetching, signal);
    if (job === 'aborted' || job === 'stuck') {
      const late = fetching.then((found) => found?.moveToWait(token)).catch(() => undefined);
      this.#late = Promise.all([this.#late, late]);
      if (job === 'stuck') await this.#reopen();
      return null;
    }
    this.#inVain = job === undefined && performance.now() - startedMs < WAIT_LEAST_MS ? this.#inVain + 1 : 0;
    if (this.#inVain > MOST_IN_VAIN && this.#settings.lastsMs() > STUCK_MS / 2) await this.#reopen();
    return job ?? null;
  }

  /** Waits for jobs on a new connection. */
  async #reopen(): Promise<void> {
    this.#inVain = 0;
    this.#workers.push(this.#open());
    await this.start();
  }

  /** Name of the key that locks a job. */
  lockKey(job: string): string {
    return this.#current.toKey(`${job}:lock`);
  }

  /** Prolongs locks. @returns ids of the jobs whose locks are not ours any more */
  extendJobLocks(jobs: string[], tokens: string[], durationMs: number): Promise<string[]> {
    return this.#current.extendJobLocks(jobs, tokens, durationMs);
  }

  /** Hands out nothing more. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close(true)));
  }

  /** Resolves once what was asked for and not taken is given back. */
  async settled(): Promise<void> {
    await this.#late;
  }

  get #current(): Worker {
    const worker = this.#workers.at(-1);
    if (worker === undefined) throw new TypeError('there is always one');
    return worker;
  }

  #open(): Worker {
    const { version, lockMs, onRefused } = this.#settings;
    const worker = new this.#packages.bullmq.Worker(queueName(version), null, {
      connection: this.#redis,
      prefix: QUEUE_PREFIX,
      autorun: false,
      lockDuration: lockMs,
      // The lock decides; looking more often finds sooner that it is gone.
      stalledInterval: Math.ceil(lockMs / 3),
      maxStalledCount: EVER,
      skipVersionCheck: true,
    });
    // What is wrong with the connection is said by our own.
    worker.on('error', (error) => {
      if (error.name === 'ReplyError') onRefused(error.message);
    });
    return worker;
  }

  /** After an outage, the connection on which BullMQ waits for jobs sometimes does not come back. */
  #unlessStuck<T>(work: Promise<T>, signal: AbortSignal): Promise<T | 'aborted' | 'stuck'> {
    return new Promise((resolve, reject) => {
      const startedMs = performance.now();
      const timer = setInterval(() => {
        const waitedMs = Math.min(performance.now() - startedMs, this.#settings.lastsMs());
        if (waitedMs > STUCK_MS) resolve('stuck');
      }, LOOK_MS);
      const end = (): void => resolve('aborted');
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      work.then(resolve, reject).finally(() => {
        clearInterval(timer);
        signal.removeEventListener('abort', end);
      });
    });
  }
}
