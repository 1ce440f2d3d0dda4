import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { promptgridVersion } from '../../src/app/version.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { PLANNERS_KEY, QUEUE_PREFIX, queueName, runKeys, WORKERS_KEY } from '../../src/queue/keys.ts';
import {
  callText,
  participantText,
  type QueuedAnswer,
  type QueuedCall,
  type RunSheet,
  readAnswer,
  sheetText,
} from '../../src/queue/protocol.ts';
import type { Ending } from './http-server.ts';

const WAIT_LIMIT_MS = 60_000;

/** A call of a test: with one message of this content, unless it says something else. */
export type TestCall = Partial<QueuedCall> & { readonly content?: string };

/** Plays the planner: puts calls of a run into the queue, and reads their answers. */
export class QueuePlanner {
  readonly redis: Redis;
  readonly run: string;
  readonly #queue: Queue;
  #jobs = 0;

  constructor({ onTestFinished }: Ending, url: string, run = 'run-1') {
    this.run = run;
    this.redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
    this.redis.on('error', () => undefined);
    this.#queue = new Queue(queueName(promptgridVersion()), { connection: this.redis, prefix: QUEUE_PREFIX });
    this.#queue.on('error', () => undefined);
    onTestFinished(async () => {
      this.redis.disconnect();
      await this.#queue.close().catch(() => undefined);
    });
  }

  /** Writes the run's sheet. */
  async plan(providers: Readonly<Record<string, JsonObject>>, more: Partial<RunSheet> = {}): Promise<void> {
    const usual = { version: promptgridVersion(), timeoutMs: 150_000, isStreaming: false, knowsModels: true };
    await this.redis.set(runKeys(this.run).sheet, sheetText({ ...usual, providers, ...more }));
  }

  /** Queues calls by trial id, as one job. @returns its id */
  async add(calls: Readonly<Record<string, TestCall>>): Promise<string> {
    this.#jobs += 1;
    const job = `${this.run}-${this.#jobs}`;
    for (const [trialId, { content = trialId, ...call }] of Object.entries(calls)) {
      const messages = [{ role: 'user', content }];
      const usual: Pick<QueuedCall, 'provider' | 'task' | 'model' | 'text'> = {
        provider: 'custom',
        task: 'completion',
        model: 'plain',
        text: '',
      };
      const written = callText({
        ...usual,
        messages,
        messagesJson: JSON.stringify(messages),
        temperature: null,
        params: {},
        ...call,
      });
      await this.redis.hset(runKeys(this.run).calls, trialId, `${job}\n${written}`);
    }
    const data = { run: this.run, version: promptgridVersion(), calls: Object.keys(calls) };
    const opts = { jobId: job, attempts: 1_000_000_000, removeOnComplete: true, removeOnFail: true };
    await this.#queue.add('calls', data, opts);
    return job;
  }

  /** All answers so far, in their order. */
  async answers(): Promise<readonly QueuedAnswer[]> {
    const entries = await this.redis.xrange(runKeys(this.run).answers, '-', '+');
    return entries.flatMap(([, fields]) => readAnswer(fields[1] ?? '') ?? []);
  }

  /** Waits for that many answers. @returns them by trial id */
  async answered(count: number): Promise<ReadonlyMap<string, QueuedAnswer>> {
    await this.until(async () => (await this.answers()).length >= count, `${count} answers`);
    const answers = await this.answers();
    return new Map(answers.map((answer) => [answer.trialId, answer]));
  }

  /** Trial ids of calls that workers have begun. */
  begun(): Promise<string[]> {
    return this.redis.hkeys(runKeys(this.run).begun);
  }

  /** Trial ids of calls without an answer. */
  open(): Promise<string[]> {
    return this.redis.hkeys(runKeys(this.run).calls);
  }

  /** Jobs that are not done. */
  async jobs(): Promise<number> {
    const { wait = 0, active = 0, delayed = 0, failed = 0 } = await this.#queue.getJobCounts();
    return wait + active + delayed + failed;
  }

  /** What the workers that are connected say of themselves. */
  workers(): Promise<string[]> {
    return this.redis.zrange(WORKERS_KEY, '0', '-1');
  }

  /** Says that a planner of that version is connected. */
  async announce(version: string): Promise<void> {
    await this.redis.zadd(PLANNERS_KEY, `${Date.now()}`, participantText({ id: version, version, host: 'h', pid: 1 }));
  }

  /** Waits for a condition. */
  async until(condition: () => Promise<boolean>, what: string): Promise<void> {
    const deadlineMs = performance.now() + WAIT_LIMIT_MS;
    while (!(await condition())) {
      if (performance.now() > deadlineMs) throw new Error(`waited in vain for ${what}`);
      await delay(10);
    }
  }
}
