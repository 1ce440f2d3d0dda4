import { mayBeBilled } from '../core/billed.ts';
import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import type { QueueError } from '../core/errors.ts';
import { AnswerStream } from './answer-stream.ts';
import { byJob, CallJobs, type JobCall, type JobsSettings, PutError, type WrittenCall } from './call-jobs.ts';
import { runKeys } from './keys.ts';
import { Membership } from './membership.ts';
import { callText, type QueuedAnswer, type QueuedCall } from './protocol.ts';
import {
  connectRedis,
  loadQueuePackages,
  orRefused,
  type QueuePackages,
  type QueueRedis,
  type RedisAddress,
} from './redis.ts';

/** What a run's calls are queued with. */
export interface QueueSettings extends JobsSettings {
  readonly address: RedisAddress;
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
/** After an error of Redis. */
const AGAIN_MS = 1000;
/** A call without an answer. */
interface PendingCall {
  readonly text: string;
  /** Id of its job; null until it is put into the queue. */
  job: string | null;
  readonly resolve: (answer: QueuedAnswer) => void;
  readonly reject: (error: CallError) => void;
}

/**
 * The calls of a run that workers make. Calls that come within 5 ms are queued together. A call that an earlier
 * session queued is not queued again: its answer is awaited. One that Redis has lost is an error, as a worker may have
 * made it.
 */
export class CallQueue {
  readonly #settings: QueueSettings;
  readonly #client: QueueRedis;
  readonly #jobs: CallJobs;
  readonly #answers: AnswerStream;
  readonly #membership: Membership;
  /** By trial id. */
  readonly #pending = new Map<string, PendingCall>();
  /** Calls that an earlier session queued, by trial id: the ids of their jobs. */
  readonly #earlier = new Map<string, string>();
  /** Those of them that Redis has lost since. */
  readonly #vanished = new Set<string>();
  /** Last answers of trials that nobody has asked for yet in this session. */
  readonly #early = new Map<string, QueuedAnswer>();
  readonly #tookMs = new Map<string, number>();
  #outgoing: string[] = [];
  #jobCount = 0;
  #hasWarned = false;
  #lost: QueueError | null = null;
  /** What is done to the calls in Redis, one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #willRestore = false;

  private constructor(settings: QueueSettings, client: QueueRedis, packages: QueuePackages) {
    const keys = runKeys(settings.run);
    this.#settings = settings;
    this.#client = client;
    this.#jobs = new CallJobs(client, packages, settings);
    this.#answers = new AnswerStream(client, keys.answers, {
      onAnswer: (answer) => this.#answered(answer),
      onUnreadable: () => this.#noteUnreadable(),
    });
    this.#membership = new Membership(client, {
      ...settings,
      lock: keys.planner,
      isWaiting: () => this.#pending.size > 0,
      onRegained: () => this.#restore(),
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
    await this.#jobs.writeSheet();
    const earlier = await this.#jobs.all();
    for (const [trialId, job] of earlier) this.#earlier.set(trialId, job);
    this.#client.on('ready', () => this.#restore());
    await this.#answers.start();
    // The process that stored them may have died before it queued their jobs.
    await this.#jobs.queue(earlier);
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
    return this.#earlier.has(trialId) || this.#early.has(trialId) || this.#vanished.has(trialId);
  }

  /** The result of a trial is stored: its answers need not be kept. */
  stored(trialId: string): void {
    this.#answers.stored(trialId);
  }

  /** Takes back the calls that no worker has begun. Those that are being made are awaited. */
  async drain(): Promise<void> {
    for (const [trialId, { job }] of this.#pending) if (job === null) this.#takeBack(trialId);
    this.#outgoing = [];
    await this.#inTurn(() =>
      Promise.all([...byJob(this.#queued())].map(([job, trialIds]) => this.#drainJob(job, trialIds))),
    );
  }

  async #drainJob(job: string, trialIds: readonly string[]): Promise<void> {
    // A job that a worker holds is locked, and stays, with the calls that it has begun.
    const isHeld = !(await this.#jobs.remove(job));
    const others = await this.#withdraw(trialIds, cancelled().with({ isUnsent: true }));
    if (isHeld || others.length === 0) return;
    // Whoever had begun them held the job once, and does not any more.
    await this.#jobs.forget(others);
    await this.#answers.caughtUp();
    for (const trialId of others) this.#lostCall(trialId, job, WORKER_GONE);
  }

  /** Leaves the run. What it has in Redis is removed, unless calls or answers are left there. */
  async close(): Promise<void> {
    await this.#answers.close();
    if (this.#lost === null && this.#client.status === 'ready') await this.#jobs.leave().catch(() => undefined);
    await this.#membership.close();
    // Commands of a connection that is away would wait for it.
    this.#client.disconnect();
    await this.#jobs.close();
  }

  /** What an earlier session was refused for nothing may have been mended since: that call is made again. */
  #takeEarly(trialId: string): QueuedAnswer | undefined {
    const early = this.#early.get(trialId);
    this.#early.delete(trialId);
    return early !== undefined && isFreeRefusal(early) ? undefined : early;
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
      if (this.#vanished.delete(trialId)) this.#settle(trialId, (call) => call.reject(lostByRedis()));
      else if (signal.aborted || this.#lost !== null) end();
      else if (!this.#earlier.delete(trialId)) this.#queue(trialId);
    });
  }

  #queue(trialId: string): void {
    if (this.#outgoing.push(trialId) === 1) setTimeout(() => void this.#inTurn(() => this.#put()), GATHER_MS);
  }

  /** Each sees to its own errors. */
  #inTurn(work: () => Promise<unknown>): Promise<void> {
    this.#turn = this.#turn.then(work).then(ignore, ignore);
    return this.#turn;
  }

  /** Puts the calls that have come into the queue. */
  async #put(): Promise<void> {
    const calls = this.#written();
    if (calls.length === 0) return;
    const queued = calls.map(({ trialId, job }) => [trialId, job] as const);
    try {
      if (!(await this.#jobs.put(calls))) this.#restore();
    } catch (cause) {
      if (!(cause instanceof PutError)) throw cause;
      await this.#refused(queued, cause);
    }
  }

  #written(): readonly WrittenCall[] {
    const calls: WrittenCall[] = [];
    let job = '';
    for (const trialId of this.#outgoing.splice(0)) {
      const call = this.#pending.get(trialId);
      if (call === undefined || call.job !== null) continue;
      // No two sessions may use one id: BullMQ leaves out a job whose id is in the queue.
      if (calls.length % MOST_CALLS === 0) job = `${this.#settings.run}-${this.#settings.me.id}-${this.#jobCount++}`;
      call.job = job;
      calls.push({ trialId, job, text: call.text });
    }
    return calls;
  }

  /** A call that Redis did not take was not made. Of several jobs it may have taken some: what is begun is awaited. */
  async #refused(queued: readonly JobCall[], { message, isUnsent }: PutError): Promise<void> {
    const error = new CallError('network', `Redis did not take the call: ${message}`, { isUnsent: true });
    const trialIds = queued.map(([trialId]) => trialId);
    const reject = (reason: CallError): void => {
      for (const trialId of trialIds) this.#settle(trialId, (call) => call.reject(reason));
    };
    if (isUnsent) return reject(error);
    try {
      const others = new Set(await this.#withdraw(trialIds, error));
      await this.#settleLost(queued.filter(([trialId]) => others.has(trialId)));
    } catch {
      // They may be there.
      reject(error.with({ isUnsent: false }));
    }
  }

  /**
   * Takes calls back that nobody has begun.
   * @param reason what they end with
   * @returns the others, which were begun, answered, or lost by Redis
   */
  async #withdraw(trialIds: readonly string[], reason: CallError): Promise<readonly string[]> {
    const found = await this.#jobs.withdraw(trialIds);
    const others = new Set(found);
    for (const trialId of trialIds) {
      if (!others.has(trialId)) this.#settle(trialId, (call) => call.reject(reason));
    }
    return found;
  }

  /** A Redis that was restarted may have lost the last second, or all. */
  #restore(): void {
    if (this.#willRestore) return;
    this.#willRestore = true;
    void this.#inTurn(async () => {
      this.#willRestore = false;
      try {
        await this.#jobs.writeSheet();
        await this.#jobs.queue(await this.#settleLost([...this.#queued(), ...this.#earlier]));
      } catch {
        // Where the connection is lost, the next one does it.
        if (this.#client.status === 'ready') setTimeout(() => this.#restore(), AGAIN_MS).unref();
      }
    });
  }

  /** Calls of this session that were put into the queue. */
  #queued(): readonly JobCall[] {
    return [...this.#pending].flatMap(([trialId, { job }]) => (job === null ? [] : [[trialId, job] as const]));
  }

  /** Ends those of these calls that Redis has lost. @returns those that wait there for their answers */
  async #settleLost(calls: readonly JobCall[]): Promise<readonly JobCall[]> {
    if (calls.length === 0) return [];
    const missing = await this.#jobs.missing(calls);
    // An answer takes the call's place in one step: what is in neither is lost.
    if (missing.size > 0) await this.#answers.caughtUp();
    for (const [trialId, job] of calls) if (missing.has(trialId)) this.#lostCall(trialId, job);
    return calls.filter(([trialId]) => !missing.has(trialId));
  }

  /** A call that waits for nothing any more, unless it was answered meanwhile. A worker may have made it. */
  #lostCall(trialId: string, job: string, why?: string): void {
    if (this.#pending.get(trialId)?.job === job) this.#settle(trialId, (call) => call.reject(lostByRedis(why)));
    else if (this.#earlier.get(trialId) === job) {
      this.#earlier.delete(trialId);
      this.#vanished.add(trialId);
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
    for (const trialId of this.#pending.keys()) this.#giveUp(trialId);
  }
}

const WORKER_GONE = 'the worker that made the call is gone';

function isFreeRefusal({ outcome }: QueuedAnswer): boolean {
  return outcome instanceof CallError && outcome.paid === undefined && !mayBeBilled(outcome);
}

/** It may have been carried out and billed, as after any broken connection. */
function lostByRedis(why = 'Redis has lost the call, which a worker may have made'): CallError {
  return new CallError('network', why);
}

function cancelled(): CallError {
  return new CallError('cancelled', 'ended by the user');
}

function ignore(): void {
  // See `#inTurn`.
}
