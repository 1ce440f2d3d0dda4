import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '../../io/clock.ts';
import type { OwedAnswer } from '../../queue/answer-outbox.ts';
import { CallWorker, type WorkerTally } from '../../queue/call-worker.ts';
import type { Participant } from '../../queue/protocol.ts';
import type { RedisAddress } from '../../queue/redis.ts';
import { queueAddress } from '../config/queues.ts';
import type { VariableContext } from '../config/variables.ts';
import type { RunControl } from '../environment.ts';
import { promptgridVersion } from '../version.ts';
import { makeCall } from './make-call.ts';
import { RunProviders } from './run-providers.ts';
import { UndeliveredAnswers } from './undelivered.ts';

/** How a worker works. */
export interface WorkerOptions {
  /** Address of Redis; `${NAME}` in it is a variable of the environment. */
  readonly queue: string;
  /** Maximum calls in flight. */
  readonly concurrency: number;
  /** After how long a worker that says nothing counts as dead, in seconds. */
  readonly lockS: number;
  /** Seconds without a call after which it ends; undefined for never. */
  readonly untilIdleS: number | undefined;
  /** Seconds for which Redis may be away. */
  readonly stopAfterWaitS: number;
  /** True if this worker's keys may go to any address that a run names. */
  readonly trustsQueue: boolean;
}

/** What surrounds a worker. */
export interface WorkerEnvironment {
  readonly variables: VariableContext;
  /** Stopping it ends the worker once the calls in flight are answered. */
  readonly control: RunControl;
  /** Folder of the state that this user's processes share; null keeps none. */
  readonly stateFolder: string | null;
  readonly clock: Clock;
  /** One line for people. */
  readonly onNotice: (text: string) => void;
}

/** What a worker has done. */
export interface WorkerReport extends Readonly<WorkerTally> {
  readonly worker: Participant;
  /** Address of the queue without its password. */
  readonly queue: string;
  /** Answers that Redis could not be given. */
  readonly undelivered: number;
  /** Where they are kept; null if there are none, or no state folder. */
  readonly undeliveredFile: string | null;
  readonly durationMs: number;
  readonly ended: 'stopped' | 'idle' | 'redis_gone';
}

/**
 * Makes calls of a queue until it is stopped, has nothing to do, or Redis is gone.
 * @throws UsageError for an address that is none, or missing packages
 * @throws QueueError if Redis cannot be used
 */
export async function runWorker(options: WorkerOptions, environment: WorkerEnvironment): Promise<WorkerReport> {
  const { control, clock } = environment;
  const address = queueAddress(options.queue, environment.variables.env);
  const me: Participant = {
    id: randomUUID(),
    version: promptgridVersion(),
    host: hostname(),
    pid: process.pid,
  };
  const startedMs = clock.elapsedMs();
  const place = `${me.host}:${me.pid}`;
  const providers = new RunProviders({ ...environment, ...options, connections: options.concurrency, place });
  const watch = new IdleWatch(options.untilIdleS);
  try {
    const worker = await CallWorker.open({
      address,
      me,
      slots: options.concurrency,
      lockMs: options.lockS * 1000,
      awayMs: options.stopAfterWaitS * 1000,
      make: (taken) => watch.during(() => makeCall({ providers, control, clock, place }, taken)),
      killing: control.killing,
      onNotice: environment.onNotice,
    });
    environment.onNotice(`worker ${place} takes calls from ${address.shown}, up to ${options.concurrency} at once`);
    await deliverKept(worker, address, environment);
    watch.start();
    const owed = await worker.work(AbortSignal.any([control.draining, watch.idle, worker.gone]));
    return {
      worker: me,
      queue: address.shown,
      ...worker.tally,
      ...(await keep(owed, { address, me }, environment)),
      durationMs: clock.elapsedMs() - startedMs,
      ended: worker.gone.aborted ? 'redis_gone' : control.isDraining ? 'stopped' : 'idle',
    };
  } finally {
    watch.stop();
    await providers.close();
  }
}

async function deliverKept(
  worker: CallWorker,
  { shown }: RedisAddress,
  { stateFolder, onNotice }: WorkerEnvironment,
): Promise<void> {
  const files = stateFolder === null ? null : new UndeliveredAnswers(stateFolder, shown);
  for (const kept of (await files?.read()) ?? []) {
    const lostBefore = worker.tally.lost;
    if (!(await worker.deliver(kept.answers))) return;
    await files?.remove(kept);
    const count = kept.answers.length;
    onNotice(
      `delivered ${count - (worker.tally.lost - lostBefore)} of ${count} answers that were kept in ${kept.path}`,
    );
  }
}

async function keep(
  owed: readonly OwedAnswer[],
  { address, me }: { readonly address: RedisAddress; readonly me: Participant },
  { stateFolder }: WorkerEnvironment,
): Promise<Pick<WorkerReport, 'undelivered' | 'undeliveredFile'>> {
  if (owed.length === 0 || stateFolder === null) return { undelivered: owed.length, undeliveredFile: null };
  const path = await new UndeliveredAnswers(stateFolder, address.shown).keep(owed, me.id);
  return { undelivered: owed.length, undeliveredFile: path };
}

/** Notices that there has been no call for a while. */
class IdleWatch {
  readonly #idle = new AbortController();
  readonly #forMs: number | undefined;
  #timer: NodeJS.Timeout | null = null;
  #inFlight = 0;

  /** @param forS seconds; undefined for never */
  constructor(forS: number | undefined) {
    this.#forMs = forS === undefined ? undefined : forS * 1000;
  }

  get idle(): AbortSignal {
    return this.#idle.signal;
  }

  start(): void {
    if (this.#forMs === undefined || this.#inFlight > 0) return;
    this.stop();
    this.#timer = setTimeout(() => this.#idle.abort(), this.#forMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.stop();
    this.#inFlight += 1;
    try {
      return await work();
    } finally {
      this.#inFlight -= 1;
      this.start();
    }
  }
}
