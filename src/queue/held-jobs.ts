import type { Job } from 'bullmq';
import { isJsonArray, isJsonObject } from '../core/json.ts';
import type { JobSource } from './job-source.ts';

/** A job that this worker holds. */
export interface HeldJob {
  readonly id: string;
  readonly run: string;
  /** Of its lock in Redis. */
  readonly token: string;
  /** Calls that are not taken yet. */
  readonly waiting: string[];
  /** True if another worker that lives has begun calls of it, while its lock had expired. */
  hasOthers: boolean;
}

interface Held {
  readonly held: HeldJob;
  readonly job: Job;
}

/** Jobs that this worker holds, their locks, and their calls in flight. */
export class HeldJobs {
  readonly #jobs: JobSource;
  readonly #lockMs: number;
  readonly #held = new Map<string, Held>();
  /** Calls that were taken and whose answers Redis does not have yet, by job. They outlast a lost lock. */
  readonly #open = new Map<string, Set<string>>();
  /** Jobs that Redis is told to be done. */
  readonly #ending = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #isExtending = false;

  /** @param lockMs how long a lock lasts that is not extended */
  constructor(jobs: JobSource, lockMs: number) {
    this.#jobs = jobs;
    this.#lockMs = lockMs;
    this.#timer = setInterval(() => void this.#extend(), Math.ceil(lockMs / 3));
  }

  /** Adds one; null if there is nothing in it that can be read. */
  add(job: Job, token: string): HeldJob | null {
    const { id = '' } = job;
    const data: unknown = job.data;
    if (!isJsonObject(data)) return null;
    const { run, calls } = data;
    if (typeof run !== 'string' || calls === undefined || !isJsonArray(calls)) return null;
    const held = { id, run, token, hasOthers: false, waiting: calls.filter(isText) };
    this.#held.set(id, { held, job });
    return held;
  }

  /** One with calls that are not taken; null if there is none. */
  next(): HeldJob | null {
    for (const { held } of this.#held.values()) if (held.waiting.length > 0) return held;
    return null;
  }

  /** True while this worker makes the call, or has an answer that Redis does not have. */
  isOpen(job: string, trialId: string): boolean {
    return this.#open.get(job)?.has(trialId) === true;
  }

  /** A call was taken. */
  opened(job: string, trialId: string): void {
    const open = this.#open.get(job) ?? new Set();
    this.#open.set(job, open.add(trialId));
  }

  /** Redis has the answer to a call. */
  answered(job: string, trialId: string): void {
    const open = this.#open.get(job);
    if (open?.delete(trialId) === true && open.size === 0) this.#open.delete(job);
    this.endIfDone(job);
  }

  /** Ends a job of which all calls are answered, or puts it off if others have calls of it. */
  endIfDone(id: string): void {
    const found = this.#held.get(id);
    if (found === undefined || found.held.waiting.length > 0 || this.#open.has(id)) return;
    this.#held.delete(id);
    // Where the lock is lost, somebody else ends it.
    const { held, job } = found;
    const ending = (
      held.hasOthers
        ? job.moveToDelayed(Date.now() + Math.ceil(this.#lockMs / 3), held.token)
        : job.moveToCompleted(null, held.token, false)
    ).then(ignore, ignore);
    this.#ending.add(ending);
    void ending.then(() => this.#ending.delete(ending));
  }

  /** Somebody else may have the job now. Its calls in flight go on. */
  lost({ id, token }: HeldJob): void {
    if (this.#held.get(id)?.held.token === token) this.#held.delete(id);
  }

  /**
   * Gives jobs back that have calls which are not taken, and none in flight, so that other workers get them at once.
   * Jobs that are done are told to Redis by then.
   */
  async giveBack(): Promise<void> {
    await Promise.all(this.#ending);
    const found = [...this.#held.values()].filter(({ held }) => !this.#open.has(held.id));
    await Promise.all(
      found.map(async ({ held, job }) => {
        this.#held.delete(held.id);
        await job.moveToWait(held.token).catch(() => undefined);
      }),
    );
  }

  /** Ends its timer. Locks expire by themselves. */
  close(): void {
    clearInterval(this.#timer);
  }

  async #extend(): Promise<void> {
    const all = [...this.#held.values()].map(({ held }) => held);
    // While Redis is away, one attempt waits for it.
    if (all.length === 0 || this.#isExtending) return;
    this.#isExtending = true;
    try {
      const [ids, tokens] = [all.map(({ id }) => id), all.map(({ token }) => token)];
      const failed = new Set(await this.#jobs.extendJobLocks(ids, tokens, this.#lockMs));
      for (const held of all) if (failed.has(held.id)) this.lost(held);
    } catch {
      // The next time decides.
    } finally {
      this.#isExtending = false;
    }
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function ignore(): void {
  // Somebody else has the job.
}
