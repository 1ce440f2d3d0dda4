import type { Queue } from 'bullmq';
import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import type { QueueError } from '../core/errors.ts';
import { AnswerStream } from './answer-stream.ts';
import { KEPT_S, QUEUE_PREFIX, queueName, type RunKeys, runKeys } from './keys.ts';
import { Membership } from './membership.ts';
import {
  callText,
  type Participant,
  type QueuedAnswer,
  type QueuedCall,
  type RunSheet,
  sheetText,
} from './protocol.ts';
import {
  connectRedis,
  loadQueuePackages,
  orRefused,
  type QueuePackages,
  type QueueRedis,
  type RedisAddress,
} from './redis.ts';

/** What a run's calls are queued with. */
export interface QueueSettings {
  readonly address: RedisAddress;
  /** Id of the run, the same in each of its sessions. */
  readonly run: string;
  readonly sheet: RunSheet;
  /** This process. */
  readonly me: Participant;
  /** How long Redis may be away, in milliseconds. */
  readonly awayMs: number;
  /** One line. */
  readonly onWarning: (text: string) => void;
  /** No call can be queued any more; the answers of those in the queue are kept there. */
  readonly onLost: (error: QueueError) => void;
}

/** Calls of one job: few, so that they spread over workers, and enough that a job costs little for each. */
const MOST_CALLS = 32;
/** Calls are gathered for so long: a job costs ten times what a call in it does. */
const GATHER_MS = 5;
/** A job is handed out again as often as workers die. */
const EVER = 1_000_000_000;

/** A call without an answer. */
interface PendingCall {
  readonly text: string;
  /** Id of its job; null until it is queued. */
  job: string | null;
  readonly resolve: (answer: QueuedAnswer) => void;
  readonly reject: (error: CallError) => void;
}

/**
 * The calls of a run that workers make. Calls that come within 5 ms are queued together. A call that an earlier
 * session queued is not queued again: its answer is awaited.
 */
export class CallQueue {
  readonly #settings: QueueSettings;
  readonly #keys: RunKeys;
  readonly #client: QueueRedis;
  readonly #jobs: Queue;
  readonly #answers: AnswerStream;
  readonly #membership: Membership;
  /** By trial id. */
  readonly #pending = new Map<string, PendingCall>();
  /** Calls that an earlier session queued, by trial id: the ids of their jobs. */
  readonly #earlier = new Map<string, string>();
  /** Last answers of trials that nobody has asked for yet in this session. */
  readonly #early = new Map<string, QueuedAnswer>();
  readonly #tookMs = new Map<string, number>();
  #outgoing: string[] = [];
  #jobCount = 0;
  #hasWarned = false;
  #lost: QueueError | null = null;
  #restoring: Promise<void> | null = null;

  private constructor(settings: QueueSettings, client: QueueRedis, { bullmq }: QueuePackages) {
    const { run, awayMs } = settings;
    this.#settings = settings;
    this.#keys = runKeys(run);
    this.#client = client;
    this.#jobs = new bullmq.Queue(queueName(settings.me.version), { connection: client, prefix: QUEUE_PREFIX });
    // Its connection is ours, which says what is wrong.
    this.#jobs.on('error', () => undefined);
    this.#answers = new AnswerStream(client, this.#keys.answers, {
      onAnswer: (answer) => this.#answered(answer),
      onUnreadable: () => this.#noteUnreadable(),
    });
    this.#membership = new Membership(client, {
      ...settings,
      awayMs,
      lock: this.#keys.planner,
      isWaiting: () => this.#pending.size > 0,
      onRegained: () => void this.#restore(),
      onLost: (error) => this.#lose(error),
    });
  }

  /**
   * Connects, and takes the run: no other process can plan it at the same time.
   * @throws UsageError if packages are missing
   * @throws QueueError if Redis cannot be used, or another planner has the run
   */
  static async open(settings: QueueSettings): Promise<CallQueue> {
    const packages = await loadQueuePackages();
    const client = await connectRedis(settings.address, packages);
    const queue = new CallQueue(settings, client, packages);
    try {
      await orRefused(settings.address.shown, queue.#begin());
      return queue;
    } catch (error) {
      await queue.close();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    await this.#membership.join();
    await this.#writeSheet();
    const earlier = await earlierCalls(this.#client, this.#keys.calls);
    for (const [trialId, job] of earlier) this.#earlier.set(trialId, job);
    this.#client.on('ready', () => void this.#restore());
    await this.#answers.start();
    await this.#requeue(earlier);
  }

  /**
   * Has a call made.
   * @throws CallError if there was no usable answer; `cancelled` if the signal aborted first or the queue was lost: its
   * answer then waits for the next session
   */
  async send(trialId: string, call: QueuedCall, signal: AbortSignal): Promise<Completion> {
    const { outcome, latencyMs, notices } =
      this.#takeEarly(trialId) ?? (await this.#ask(trialId, callText(call), signal));
    for (const notice of notices) this.#settings.onWarning(notice);
    this.#tookMs.set(trialId, latencyMs);
    if (outcome instanceof CallError) throw outcome;
    return outcome;
  }

  /** How long the last call of a trial took; undefined if that is not known, or was asked before. */
  tookMs(trialId: string): number | undefined {
    const tookMs = this.#tookMs.get(trialId);
    this.#tookMs.delete(trialId);
    return tookMs;
  }

  /** True if an earlier session queued a call of the trial, and its result was not stored. */
  expects(trialId: string): boolean {
    return this.#earlier.has(trialId) || this.#early.has(trialId);
  }

  /** The result of a trial is stored: its answers need not be kept. */
  stored(trialId: string): void {
    this.#answers.stored(trialId);
  }

  /** Takes back the calls that no worker has begun. Those that are being made are awaited. */
  async drain(): Promise<void> {
    const jobs = new Map<string, string[]>();
    for (const [trialId, { job }] of this.#pending) {
      if (job === null) this.#takeBack(trialId);
      else jobs.set(job, [...(jobs.get(job) ?? []), trialId]);
    }
    this.#outgoing = [];
    await Promise.all(
      [...jobs].map(async ([job, trialIds]) => {
        // A job that a worker holds is locked, and stays.
        if ((await this.#jobs.remove(job)) === 0) return;
        const begun = await this.#withdraw(trialIds, cancelled().with({ isUnsent: true }));
        if (begun.length === 0) return;
        // Whoever had begun them held the job once, and does not any more.
        await this.#client.hdel(this.#keys.calls, ...begun);
        await this.#client.hdel(this.#keys.begun, ...begun);
        for (const trialId of begun) {
          this.#settle(trialId, (call) => call.reject(new CallError('network', WORKER_GONE)));
        }
      }),
    ).catch(() => undefined);
  }

  /** Leaves the run. What it has in Redis is removed, unless calls or answers are left there. */
  async close(): Promise<void> {
    await this.#answers.close();
    if (this.#lost === null && this.#client.status === 'ready') await this.#leave().catch(() => undefined);
    await this.#membership.close();
    // Commands of a connection that is away would wait for it.
    this.#client.disconnect();
    await this.#jobs.close().catch(() => undefined);
  }

  async #leave(): Promise<void> {
    const { sheet, calls, begun, answers } = this.#keys;
    const isOver = (await this.#client.hlen(calls)) === 0 && (await this.#client.xlen(answers)) === 0;
    if (isOver) await this.#client.del(sheet, calls, begun, answers);
    else await Promise.all([calls, begun, answers].map((key) => this.#client.expire(key, KEPT_S)));
  }

  #takeEarly(trialId: string): QueuedAnswer | undefined {
    const early = this.#early.get(trialId);
    this.#early.delete(trialId);
    return early;
  }

  #ask(trialId: string, text: string, signal: AbortSignal): Promise<QueuedAnswer> {
    return new Promise((resolve, reject) => {
      const end = (): void => this.#giveUp(trialId);
      const done =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener('abort', end);
          settle(value);
        };
      const job = this.#earlier.get(trialId) ?? null;
      this.#pending.set(trialId, { text, job, resolve: done(resolve), reject: done(reject) });
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted || this.#lost !== null) end();
      else if (!this.#earlier.delete(trialId)) this.#queue(trialId);
    });
  }

  #queue(trialId: string): void {
    if (this.#outgoing.push(trialId) === 1) setTimeout(() => void this.#flush(), GATHER_MS);
  }

  #flush(): Promise<void> {
    const trialIds = this.#outgoing.filter((trialId) => this.#pending.get(trialId)?.job === null);
    this.#outgoing = [];
    return this.#put(trialIds);
  }

  /** A call that Redis does not take was not made. */
  async #put(trialIds: readonly string[]): Promise<void> {
    if (trialIds.length === 0) return;
    const fields: string[] = [];
    const jobs = new Map<string, readonly string[]>();
    for (let at = 0; at < trialIds.length; at += MOST_CALLS) {
      // No two sessions may use one id: BullMQ leaves out a job whose id is in the queue.
      const job = `${this.#settings.run}-${this.#settings.me.id}-${this.#jobCount++}`;
      const ofJob = trialIds.slice(at, at + MOST_CALLS);
      jobs.set(job, ofJob);
      for (const trialId of ofJob) {
        const call = this.#pending.get(trialId);
        if (call === undefined) continue;
        call.job = job;
        fields.push(trialId, `${job}\n${call.text}`);
      }
    }
    try {
      await Promise.all([this.#client.hset(this.#keys.calls, ...fields), this.#addJobs(jobs)]);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const error = new CallError('network', `Redis did not take the call: ${reason}`, { isUnsent: true });
      // Of several jobs, Redis may have taken some: what a worker has begun is awaited.
      await this.#withdraw(trialIds, error).catch(() => {
        // Where nothing can be written, none can begin one.
        for (const trialId of trialIds) this.#settle(trialId, (call) => call.reject(error));
      });
    }
  }

  /**
   * Takes calls back that nobody has begun.
   * @param reason what they end with
   * @returns the others
   */
  async #withdraw(trialIds: readonly string[], reason: CallError): Promise<readonly string[]> {
    const begun = await this.#client.pgWithdraw(this.#keys.calls, this.#keys.begun, ...trialIds);
    const others = new Set(begun);
    for (const trialId of trialIds) {
      if (!others.has(trialId)) this.#settle(trialId, (call) => call.reject(reason));
    }
    return begun;
  }

  /** A job that is in the queue already is left as it is. */
  async #addJobs(jobs: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const { run, sheet } = this.#settings;
    const kept = { attempts: EVER, removeOnComplete: true, removeOnFail: true };
    await this.#jobs.addBulk(
      [...jobs].map(([jobId, calls]) => ({
        name: 'calls',
        data: { run, version: sheet.version, calls },
        opts: { ...kept, jobId },
      })),
    );
  }

  /** The process that queued them may have died between the calls and their jobs. */
  async #requeue(calls: Iterable<readonly [trialId: string, job: string]>): Promise<void> {
    const jobs = new Map<string, string[]>();
    for (const [trialId, job] of calls) jobs.set(job, [...(jobs.get(job) ?? []), trialId]);
    if (jobs.size > 0) await this.#addJobs(jobs);
  }

  async #writeSheet(): Promise<void> {
    await this.#client.set(this.#keys.sheet, sheetText(this.#settings.sheet), 'EX', KEPT_S);
  }

  /** A Redis that was restarted may have lost the last second, or all. One at a time: two would queue calls twice. */
  #restore(): Promise<void> {
    this.#restoring ??= this.#putBack().finally(() => {
      this.#restoring = null;
    });
    return this.#restoring;
  }

  async #putBack(): Promise<void> {
    try {
      await this.#writeSheet();
      const queued = [...this.#pending].flatMap(([trialId, { job }]) => (job === null ? [] : [{ trialId, job }]));
      if (queued.length === 0) return;
      const found = await this.#client.hmget(this.#keys.calls, ...queued.map(({ trialId }) => trialId));
      // An answer takes the call's place in one step: what is in neither is lost.
      await this.#answers.caughtUp();
      const open = queued.map((call, index) => ({ ...call, isKept: (found[index] ?? null) !== null }));
      const waiting = open.filter(({ trialId }) => this.#pending.has(trialId));
      await this.#requeue(waiting.filter(({ isKept }) => isKept).map(({ trialId, job }) => [trialId, job]));
      await this.#put(waiting.filter(({ isKept }) => !isKept).map(({ trialId }) => trialId));
    } catch {
      // The next connection tries it again.
    }
  }

  #answered(answer: QueuedAnswer): void {
    const { trialId } = answer;
    if (this.#pending.has(trialId)) this.#settle(trialId, (call) => call.resolve(answer));
    else {
      this.#earlier.delete(trialId);
      this.#early.set(trialId, answer);
    }
  }

  #noteUnreadable(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#settings.onWarning('something in the queue is no answer of a worker, and is left there');
  }

  #takeBack(trialId: string): void {
    this.#settle(trialId, (call) => call.reject(cancelled().with({ isUnsent: true })));
  }

  /** What is queued stays there, and so does its answer. */
  #giveUp(trialId: string): void {
    const isQueued = typeof this.#pending.get(trialId)?.job === 'string';
    if (!isQueued) this.#takeBack(trialId);
    else this.#settle(trialId, (call) => call.reject(cancelled().with({ isKept: true })));
  }

  #settle(trialId: string, how: (call: PendingCall) => void): void {
    const call = this.#pending.get(trialId);
    if (call === undefined) return;
    this.#pending.delete(trialId);
    how(call);
  }

  #lose(error: QueueError): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    this.#settings.onLost(error);
    for (const trialId of this.#pending.keys())
      this.#settle(trialId, (call) => call.reject(cancelled().with({ isKept: true })));
  }
}

const WORKER_GONE = 'the worker that made the call is gone';

function cancelled(): CallError {
  return new CallError('cancelled', 'ended by the user');
}

/** Calls that an earlier session has queued, with the ids of their jobs. */
async function earlierCalls(client: QueueRedis, key: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let cursor = '0';
  do {
    const [next, fields] = await client.hscan(key, cursor, 'COUNT', 256);
    for (let index = 0; index + 1 < fields.length; index += 2) {
      const [trialId = '', text = ''] = [fields[index], fields[index + 1]];
      found.set(trialId, text.slice(0, text.indexOf('\n')));
    }
    cursor = next;
  } while (cursor !== '0');
  return found;
}
