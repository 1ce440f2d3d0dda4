import type { Queue } from 'bullmq';
import { KEPT_S, QUEUE_PREFIX, queueName, type RunKeys, runKeys } from './keys.ts';
import { type Participant, type RunSheet, sheetText } from './protocol.ts';
import type { QueuePackages, QueueRedis } from './redis.ts';

/** Whose calls they are. */
export interface JobsSettings {
  /** Id of the run. */
  readonly run: string;
  readonly sheet: RunSheet;
  /** This process. */
  readonly me: Participant;
}

/** A call and the id of its job. */
export type JobCall = readonly [trialId: string, job: string];

/** A call as it is put into the queue. */
export interface WrittenCall {
  readonly trialId: string;
  readonly job: string;
  /** As `callText` writes it. */
  readonly text: string;
}

/** Redis refuses what it is asked. Calls were not put into the queue if `isUnsent` is true. */
export class PutError extends Error {
  readonly isUnsent: boolean;

  constructor(cause: unknown, isUnsent: boolean) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'PutError';
    this.isUnsent = isUnsent;
  }
}

/** A job is handed out again as often as workers die. */
const EVER = 1_000_000_000;

/** A run's calls in Redis, without their answers: BullMQ's jobs name them, and a hash has their texts. */
export class CallJobs {
  readonly #client: QueueRedis;
  readonly #settings: JobsSettings;
  readonly #keys: RunKeys;
  readonly #queue: Queue;

  constructor(client: QueueRedis, { bullmq }: QueuePackages, settings: JobsSettings) {
    this.#client = client;
    this.#settings = settings;
    this.#keys = runKeys(settings.run);
    this.#queue = new bullmq.Queue(queueName(settings.me.version), { connection: client, prefix: QUEUE_PREFIX });
    // Its connection is ours, which says what is wrong.
    this.#queue.on('error', () => undefined);
  }

  /** Writes what workers must know of the run. */
  async writeSheet(): Promise<void> {
    await this.#client.set(this.#keys.sheet, sheetText(this.#settings.sheet), 'EX', KEPT_S);
  }

  /** All calls without an answer. */
  async all(): Promise<readonly JobCall[]> {
    const found: JobCall[] = [];
    let cursor = '0';
    do {
      const [next, fields] = await this.#client.hscan(this.#keys.calls, cursor, 'COUNT', 256);
      for (let index = 0; index + 1 < fields.length; index += 2) {
        const [trialId = '', text = ''] = [fields[index], fields[index + 1]];
        found.push([trialId, text.slice(0, text.indexOf('\n'))]);
      }
      cursor = next;
    } while (cursor !== '0');
    return found;
  }

  /**
   * Puts calls into the queue, under ids of jobs that are not in it. No worker takes one before Redis has said that it
   * has all of them.
   * @returns false if Redis had lost what the run had there before
   * @throws PutError
   */
  async put(calls: readonly WrittenCall[]): Promise<boolean> {
    const { sheet, calls: key } = this.#keys;
    const fields = calls.flatMap(({ trialId, job, text }) => [trialId, `${job}\n${text}`]);
    let hadAll = true;
    let isStored = false;
    try {
      while ((await this.#client.pgPut(sheet, key, ...fields)) === 0) {
        hadAll = false;
        await this.writeSheet();
      }
      isStored = true;
      await this.queue(calls.map(({ trialId, job }) => [trialId, job]));
    } catch (cause) {
      throw new PutError(cause, !isStored);
    }
    return hadAll;
  }

  /** Has workers take the jobs of calls that are stored. A job that is in the queue already is left as it is. */
  async queue(calls: readonly JobCall[]): Promise<void> {
    const { run, sheet } = this.#settings;
    const kept = { attempts: EVER, removeOnComplete: true, removeOnFail: true };
    const jobs = byJob(calls);
    if (jobs.size === 0) return;
    await this.#queue.addBulk(
      [...jobs].map(([jobId, trialIds]) => ({
        name: 'calls',
        data: { run, version: sheet.version, calls: trialIds },
        opts: { ...kept, jobId },
      })),
    );
  }

  /** Takes a job out of the queue. @returns false if a worker holds it */
  async remove(job: string): Promise<boolean> {
    return (await this.#queue.remove(job)) !== 0;
  }

  /** Takes back calls that are there and that nobody has begun. @returns the others */
  async withdraw(trialIds: readonly string[]): Promise<readonly string[]> {
    return this.#client.pgWithdraw(this.#keys.calls, this.#keys.begun, ...trialIds);
  }

  /** Nobody can answer these calls any more. */
  async forget(trialIds: readonly string[]): Promise<void> {
    await this.#client.hdel(this.#keys.calls, ...trialIds);
    await this.#client.hdel(this.#keys.begun, ...trialIds);
  }

  /** Trial ids of those of these calls that are not there any more: they were answered, or Redis has lost them. */
  async missing(calls: readonly JobCall[]): Promise<ReadonlySet<string>> {
    return new Set(await this.#client.pgMissing(this.#keys.calls, ...calls.flat()));
  }

  /** Removes what the run has in Redis, unless calls or answers are left there. */
  async leave(): Promise<void> {
    const { sheet, calls, begun, answers } = this.#keys;
    const isOver = (await this.#client.hlen(calls)) === 0 && (await this.#client.xlen(answers)) === 0;
    if (isOver) await this.#client.del(sheet, calls, begun, answers);
    else await Promise.all([calls, begun, answers].map((key) => this.#client.expire(key, KEPT_S)));
  }

  async close(): Promise<void> {
    await this.#queue.close().catch(() => undefined);
  }
}

/** Trial ids by job. */
export function byJob(calls: readonly JobCall[]): ReadonlyMap<string, readonly string[]> {
  const jobs = new Map<string, string[]>();
  for (const [trialId, job] of calls) {
    const ofJob = jobs.get(job);
    if (ofJob === undefined) jobs.set(job, [trialId]);
    else ofJob.push(trialId);
  }
  return jobs;
}
