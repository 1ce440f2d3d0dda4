import type { Job } from 'bullmq';
import PQueue from 'p-queue';
import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { AnswerOutbox, type OwedAnswer } from './answer-outbox.ts';
import { type HeldJob, HeldJobs } from './held-jobs.ts';
import { JobSource } from './job-source.ts';
import { runKeys } from './keys.ts';
import { Presence } from './presence.ts';
import { answerText, type Participant, type QueuedCall, readCall } from './protocol.ts';
import {
  connectRedis,
  loadQueuePackages,
  orRefused,
  type QueuePackages,
  type QueueRedis,
  type RedisAddress,
} from './redis.ts';

/** A call that this worker has taken. */
export interface TakenCall {
  readonly run: string;
  /** The text of the run's sheet; null if it is gone. */
  readonly sheet: string | null;
  readonly call: QueuedCall;
}

/** What came of it. */
export interface CallOutcome {
  readonly outcome: Completion | CallError;
  readonly latencyMs: number;
  /** What was learned about the model, one line each. */
  readonly notices: readonly string[];
}

/** How a worker works. */
export interface CallWorkerSettings {
  readonly address: RedisAddress;
  readonly me: Participant;
  /** Maximum calls in flight. */
  readonly slots: number;
  /** After how long a worker that says nothing counts as dead, in milliseconds. */
  readonly lockMs: number;
  /** How long Redis may be away, in milliseconds. */
  readonly awayMs: number;
  /** Makes a call; it does not throw. */
  readonly make: (taken: TakenCall) => Promise<CallOutcome>;
  /** Aborts when the worker must end at once, whatever Redis says. */
  readonly killing: AbortSignal;
  /** One line for people. */
  readonly onNotice: (text: string) => void;
}

/** Figures of a worker. */
export interface WorkerTally {
  /** Calls that were made. */
  calls: number;
  answered: number;
  errored: number;
  /** Calls of workers that are gone, which were reported and not made again. */
  abandoned: number;
  /** Answers that came when the call counted as abandoned. */
  lost: number;
}

/** After an error of Redis. */
const AGAIN_MS = 1000;
/** What the delivery of answers may take when the worker must end at once. */
const AT_ONCE_MS = 500;
/** What the last commands of a worker may take. */
const LAST_MS = 5000;

/**
 * Takes calls of a queue while it has slots for them, has them made and delivers the answers. Of a job it takes as many
 * calls as it has free slots; it holds the job until all of them are answered.
 */
export class CallWorker {
  readonly tally: WorkerTally = { calls: 0, answered: 0, errored: 0, abandoned: 0, lost: 0 };
  readonly #settings: CallWorkerSettings;
  readonly #redis: QueueRedis;
  readonly #jobs: JobSource;
  readonly #held: HeldJobs;
  readonly #presence: Presence;
  readonly #outbox: AnswerOutbox;
  readonly #calls: PQueue;
  /** Takes so far, for tokens. */
  #takes = 0;
  #trouble = '';

  private constructor(settings: CallWorkerSettings, redis: QueueRedis, packages: QueuePackages) {
    const { me, slots, lockMs } = settings;
    this.#settings = settings;
    this.#redis = redis;
    this.#calls = new PQueue({ concurrency: slots });
    this.#presence = new Presence(redis, settings);
    this.#jobs = new JobSource(redis, packages, {
      version: me.version,
      lockMs,
      lastsMs: () => this.#presence.lastsMs,
      onRefused: (reason) => this.#report(reason),
    });
    this.#held = new HeldJobs(this.#jobs, lockMs);
    this.#outbox = new AnswerOutbox(redis, {
      onDelivered: (answers, dropped) => this.#delivered(answers, dropped),
      onRefused: (reason) => this.#report(reason),
    });
  }

  /**
   * Connects.
   * @throws UsageError if packages are missing
   * @throws QueueError if Redis cannot be used, or all planners there have another version
   */
  static async open(settings: CallWorkerSettings): Promise<CallWorker> {
    const packages = await loadQueuePackages();
    const redis = await connectRedis(settings.address, packages);
    const worker = new CallWorker(settings, redis, packages);
    try {
      await orRefused(settings.address.shown, worker.#presence.join());
      return worker;
    } catch (error) {
      await worker.#disconnect();
      throw error;
    }
  }

  /** Aborts once Redis has been away for too long. */
  get gone(): AbortSignal {
    return this.#presence.gone;
  }

  /** Calls in flight. */
  get inFlight(): number {
    return this.#calls.pending;
  }

  /** Delivers answers that an earlier worker could not deliver. @returns false if Redis went away */
  async deliver(answers: readonly OwedAnswer[]): Promise<boolean> {
    for (const answer of answers) this.#outbox.add(answer);
    return this.#orAway(this.#outbox.empty());
  }

  /**
   * Takes calls until the signal aborts; then finishes those in flight, delivers their answers, and gives back what is
   * not begun.
   * @returns the answers that could not be delivered
   */
  async work(signal: AbortSignal): Promise<readonly OwedAnswer[]> {
    await this.#jobs.start();
    const taking = this.#takeCalls(signal);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await this.#orAway(Promise.all([taking, this.#held.giveBack()]));
    await this.#calls.onIdle();
    // A pending answer of the last call goes with the next turn of the event loop.
    await this.#orAway(Promise.race([this.#outbox.empty(), this.#atOnce()]));
    await this.#orAway(Promise.race([this.#leave().catch(ignore), pause(LAST_MS)]));
    const { owed } = this.#outbox;
    await this.#disconnect();
    // A command that was under way when the connection broke never ends.
    await this.#orAway(taking);
    return owed;
  }

  /** Resolves soon after the worker must end at once. */
  async #atOnce(): Promise<void> {
    const { killing } = this.#settings;
    if (!killing.aborted) await new Promise((resolve) => killing.addEventListener('abort', resolve, { once: true }));
    await pause(AT_ONCE_MS);
  }

  async #leave(): Promise<void> {
    await this.#held.giveBack();
    await this.#presence.leave();
    await this.#jobs.close();
    await this.#jobs.settled();
  }

  async #disconnect(): Promise<void> {
    this.#presence.stop();
    this.#held.close();
    // Commands that wait for the connection fail now.
    this.#redis.disconnect();
    await this.#jobs.close().catch(() => undefined);
  }

  /** Waits for what needs Redis, while there is a connection. @returns false if there is none any more */
  async #orAway(work: Promise<unknown>): Promise<boolean> {
    return Promise.race([work.then(() => true), this.#presence.whenAway().then(() => false)]);
  }

  async #takeCalls(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#freeSlot();
        const held = this.#held.next() ?? (await this.#fetch(signal));
        if (held !== null && !signal.aborted) await this.#take(held, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#report(error instanceof Error ? error.message : String(error));
        await pause(AGAIN_MS, signal);
      }
    }
  }

  get #free(): number {
    return this.#calls.concurrency - this.#calls.pending - this.#calls.size;
  }

  async #freeSlot(): Promise<void> {
    while (this.#free <= 0) await new Promise((resolve) => this.#calls.once('next', () => resolve(undefined)));
  }

  /** The next job; null if there was none for a while, or the signal aborted. */
  async #fetch(signal: AbortSignal): Promise<HeldJob | null> {
    const token = this.#token();
    const job = await this.#jobs.next(token, signal);
    if (job === null) return null;
    return this.#hold(job, token);
  }

  async #hold(job: Job, token: string): Promise<HeldJob | null> {
    const held = this.#held.add(job, token);
    if (held === null) await job.moveToCompleted(null, token, false);
    return held;
  }

  async #take(held: HeldJob, signal: AbortSignal): Promise<void> {
    const { id, run, token } = held;
    const keys = runKeys(run);
    const trialIds = held.waiting.slice(0, this.#free);
    const lock = this.#jobs.lockKey(id);
    // It may be written anew while the job is held.
    const [sheet, taken] = await Promise.all([
      this.#redis.get(keys.sheet),
      this.#redis.pgTake(keys.calls, keys.begun, lock, id, token, this.#token(), ...trialIds),
    ]).catch((error: unknown) => this.#refused(held, error));
    if (taken === null) return this.#held.lost(held);
    const found = triples(taken);
    if (signal.aborted) {
      const fresh = found.filter(({ owner }) => owner === '').map(({ trialId }) => trialId);
      if (fresh.length > 0) await this.#redis.hdel(keys.begun, ...fresh);
      return;
    }
    const living = await this.#presence.living(this.#othersIn(found));
    // In one turn of the event loop, as a job without calls that wait or are open is done.
    held.waiting.splice(0, trialIds.length);
    for (const one of found) {
      if (living.has(idIn(one.owner))) held.hasOthers = true;
      else this.#begin(held, one, sheet);
    }
    this.#held.endIfDone(id);
  }

  /** A run whose keys are none of ours must not keep this worker from the others: its lock expires. */
  #refused(held: HeldJob, error: unknown): never {
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) this.#held.lost(held);
    throw error;
  }

  /** Ids of other workers that have begun calls. */
  #othersIn(found: readonly Taken[]): ReadonlySet<string> {
    const others = found.map(({ owner }) => idIn(owner)).filter((id) => id !== '' && id !== this.#settings.me.id);
    return new Set(others);
  }

  #begin(held: HeldJob, { trialId, text, owner }: Taken, sheet: string | null): void {
    // A job whose lock expired while Redis was away may come back to us.
    if (this.#held.isOpen(held.id, trialId)) return;
    this.#held.opened(held.id, trialId);
    const answer = (made: CallOutcome): void =>
      this.#outbox.add({ run: held.run, job: held.id, trialId, text: answerText({ trialId, ...made }) });
    const unmade = owner === '' ? null : abandoned(owner);
    const call = unmade === null ? readCall(text) : null;
    if (unmade !== null) this.tally.abandoned += 1;
    if (call === null) return answer({ outcome: unmade ?? unreadable(), latencyMs: 0, notices: [] });
    void this.#calls.add(async () => {
      const made = await this.#settings.make({ run: held.run, sheet, call });
      this.tally.calls += 1;
      if (made.outcome instanceof CallError) this.tally.errored += 1;
      else this.tally.answered += 1;
      answer(made);
    });
  }

  #delivered(answers: readonly OwedAnswer[], dropped: number): void {
    this.#trouble = '';
    this.tally.lost += dropped;
    for (const { job, trialId } of answers) this.#held.answered(job, trialId);
  }

  /** Says what Redis says, once. */
  #report(said: string): void {
    // Which of our scripts was refused tells people nothing.
    const reason = said.replace(/ script: .*$/s, '');
    if (reason === this.#trouble) return;
    this.#trouble = reason;
    this.#settings.onNotice(
      `${this.#settings.address.shown}: Redis refuses a command, which is tried again: ${reason}`,
    );
  }

  /** Names this worker; no other take has it. */
  #token(): string {
    const { id, host, pid } = this.#settings.me;
    this.#takes += 1;
    return `${host}:${pid} ${id} ${this.#takes}`;
  }
}

interface Taken {
  readonly trialId: string;
  readonly text: string;
  /** Token of the worker that had begun the call; empty if none had. */
  readonly owner: string;
}

function triples(taken: readonly string[]): readonly Taken[] {
  const found: Taken[] = [];
  for (let at = 0; at + 2 < taken.length; at += 3) {
    const [trialId = '', text = '', owner = ''] = taken.slice(at, at + 3);
    found.push({ trialId, text, owner });
  }
  return found;
}

/** The id of the worker that a token names; empty for no token. */
function idIn(token: string): string {
  return token.split(' ')[1] ?? '';
}

/** It may have been carried out and billed, as after any broken connection. */
function abandoned(owner: string): CallError {
  return new CallError('network', `the worker ${owner.split(' ')[0]} that made this call is gone`);
}

function unreadable(): CallError {
  return new CallError('invalid_request', 'the call in the queue cannot be read', { isUnsent: true });
}

function pause(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, durationMs);
    signal?.addEventListener('abort', end, { once: true });
  });
}

function ignore(): void {
  // What failed is given back by its lock.
}
