import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it, type TestContext } from 'vitest';
import { CallError } from '../../src/core/call-error.ts';
import type { Completion } from '../../src/core/completion.ts';
import { columnText } from '../../src/core/row.ts';
import { UNKNOWN_COST } from '../../src/core/usage.ts';
import { CallQueue, type QueueSettings } from '../../src/queue/call-queue.ts';
import { QUEUE_PREFIX, queueName, runKeys } from '../../src/queue/keys.ts';
import { answerText, callText, type QueuedCall, readAnswer, readCall } from '../../src/queue/protocol.ts';
import { connectRedis, loadQueuePackages, type QueueRedis, redisAddress } from '../../src/queue/redis.ts';
import { HAS_REDIS, type RedisServer, redisServer } from '../support/redis.ts';

const RUN = 'run1';
const VERSION = '1.0.0';
const QUEUE_NAME = queueName(VERSION);
const KEYS = runKeys(RUN);

function settingsOf({ url }: Pick<RedisServer, 'url'>, given: Partial<QueueSettings> = {}): QueueSettings {
  return {
    address: redisAddress(url),
    run: RUN,
    me: { id: randomUUID(), version: VERSION, host: hostname(), pid: process.pid },
    sheet: { version: VERSION, timeoutMs: 1000, isStreaming: false, knowsModels: true, providers: { gptunnel: {} } },
    awayMs: 60_000,
    onWarning: () => undefined,
    onLost: () => undefined,
    ...given,
  };
}

/** A planner that ends with the test. */
async function planner({ onTestFinished }: TestContext, settings: QueueSettings): Promise<CallQueue> {
  const queue = await CallQueue.open(settings);
  onTestFinished(() => queue.close());
  return queue;
}

function callOf(content: string): QueuedCall {
  const messages = [{ role: 'user', content }];
  const rest = { text: '', temperature: 0, params: { seed: 1 } } as const;
  return {
    provider: 'gptunnel',
    task: 'completion',
    model: 'gpt',
    messages,
    messagesJson: JSON.stringify(messages),
    ...rest,
  };
}

function completionOf(output: string): Completion {
  const usage = { promptTokens: 2, completionTokens: 3, totalTokens: 5, cachedPromptTokens: null };
  return { id: 'c1', output, finishReason: 'stop', usage, cost: UNKNOWN_COST, simulated: false };
}

/** Takes a job as a worker does, and gives its calls back with their answers. */
class Hand {
  readonly client: QueueRedis;
  readonly #worker: Worker;
  #takes = 0;

  private constructor(client: QueueRedis, worker: Worker) {
    this.client = client;
    this.#worker = worker;
  }

  static async open({ onTestFinished }: TestContext, { url }: Pick<RedisServer, 'url'>): Promise<Hand> {
    const client = await connectRedis(redisAddress(url), await loadQueuePackages());
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const worker = new Worker(QUEUE_NAME, null, { connection, prefix: QUEUE_PREFIX, drainDelay: 1 });
    onTestFinished(async () => {
      await worker.close(true);
      connection.disconnect();
      client.disconnect();
    });
    return new Hand(client, worker);
  }

  /** The trials of the next job, with the texts that they ask. @param most how many of them are begun */
  async take(most = Infinity): Promise<{ readonly job: string; readonly asked: ReadonlyMap<string, string> }> {
    for (;;) {
      this.#takes += 1;
      const job = await this.#worker.getNextJob(`hand:${this.#takes}`);
      if (job === undefined) continue;
      const { calls } = job.data as { readonly calls: readonly string[] };
      const token = `hand:${this.#takes}`;
      const lock = `${QUEUE_PREFIX}:${QUEUE_NAME}:${job.id}:lock`;
      const taken =
        (await this.client.pgTake(KEYS.calls, KEYS.begun, lock, job.id ?? '', token, token, ...calls.slice(0, most))) ??
        [];
      const asked = new Map<string, string>();
      for (let at = 0; at < taken.length; at += 3) {
        asked.set(taken[at] ?? '', columnText(readCall(taken[at + 1] ?? '')?.messages[0]?.['content']));
      }
      return { job: job.id ?? '', asked };
    }
  }

  answer(job: string, trialId: string, outcome: Completion | CallError): Promise<number> {
    const text = answerText({ trialId, outcome, latencyMs: 7, notices: [] });
    return this.client.pgAnswer(KEYS.calls, KEYS.begun, KEYS.answers, job, trialId, text);
  }
}

const NO_SIGNAL = new AbortController().signal;
const LOST = {
  kind: 'network',
  message: 'Redis has lost the call, which a worker may have made',
  isUnsent: false,
};

describe.skipIf(!HAS_REDIS)('a queue of calls (needs redis-server)', { concurrent: true }, () => {
  it('hands calls to workers and their answers back, with the time that they took', async (context) => {
    const server = await redisServer(context);
    const queue = await planner(context, settingsOf(server));
    const hand = await Hand.open(context, server);
    const answers = ['a', 'b'].map((id) => queue.send(id, callOf(`say ${id}`), NO_SIGNAL));
    const { job, asked } = await hand.take();
    expect([...asked]).toEqual([
      ['a', 'say a'],
      ['b', 'say b'],
    ]);
    await hand.answer(job, 'b', completionOf('B'));
    await hand.answer(job, 'a', completionOf('A'));
    expect((await Promise.all(answers)).map(({ output }) => output)).toEqual(['A', 'B']);
    expect(queue.tookMs('a')).toBe(7);
    expect(queue.tookMs('a')).toBeUndefined();
  });

  it('throws the errors of workers as they were', async (context) => {
    const server = await redisServer(context);
    const queue = await planner(context, settingsOf(server));
    const hand = await Hand.open(context, server);
    const answer = queue.send('a', callOf('x'), NO_SIGNAL);
    const thrown = answer.catch((error: unknown) => error);
    const { job } = await hand.take();
    const paid = { amount: 12_345_678_901_234n, currency: 'RUB' };
    const error = new CallError('rate_limited', 'slow down', {
      httpStatus: 429,
      retryAfterMs: 1500,
      paid,
      hint: 'wait',
    });
    await hand.answer(job, 'a', error);
    expect(await thrown).toMatchObject({
      kind: 'rate_limited',
      message: 'slow down',
      httpStatus: 429,
      retryAfterMs: 1500,
      paid,
      hint: 'wait',
      isUnsent: false,
    });
  });

  it('takes an answer once, and none to a call that was asked again', async (context) => {
    const server = await redisServer(context);
    const queue = await planner(context, settingsOf(server));
    const hand = await Hand.open(context, server);
    const first = queue.send('a', callOf('x'), NO_SIGNAL);
    const gone = expect(first).rejects.toThrow('gone');
    const old = await hand.take();
    expect(await hand.answer(old.job, 'a', new CallError('network', 'gone'))).toBe(1);
    expect(await hand.answer(old.job, 'a', completionOf('twice'))).toBe(0);
    await gone;
    const second = queue.send('a', callOf('x'), NO_SIGNAL);
    const { job } = await hand.take();
    expect(await hand.answer(old.job, 'a', completionOf('late'))).toBe(0);
    expect(await hand.answer(job, 'a', completionOf('right'))).toBe(1);
    expect((await second).output).toBe('right');
  });

  it('keeps the calls and answers of a planner that died for the next one, and asks nothing twice', async (context) => {
    const server = await redisServer(context);
    const hand = await Hand.open(context, server);
    const jobs = new Queue(QUEUE_NAME, { connection: hand.client, prefix: QUEUE_PREFIX });
    const calls = ['a', 'b', 'c'];
    await hand.client.hset(KEYS.calls, Object.fromEntries(calls.map((id) => [id, `job1\n${callText(callOf(id))}`])));
    await jobs.add(QUEUE_NAME, { run: RUN, version: VERSION, calls }, { jobId: 'job1' });
    const { job } = await hand.take();
    for (const id of ['a', 'b']) await hand.answer(job, id, completionOf(id.toUpperCase()));
    const queue = await planner(context, settingsOf(server));
    expect(['a', 'b', 'c', 'd'].map((id) => queue.expects(id))).toEqual([true, true, true, false]);
    expect((await queue.send('a', callOf('a'), NO_SIGNAL)).output).toBe('A');
    expect((await queue.send('b', callOf('b'), NO_SIGNAL)).output).toBe('B');
    const last = queue.send('c', callOf('c'), NO_SIGNAL);
    await hand.answer(job, 'c', completionOf('C'));
    expect((await last).output).toBe('C');
    expect(await jobs.getJobCounts('wait', 'active')).toEqual({ wait: 0, active: 1 });
  });

  it('asks again what an earlier session was refused for nothing', async (context) => {
    const server = await redisServer(context);
    const hand = await Hand.open(context, server);
    const refusal = new CallError('unauthorized', 'no key', { isUnsent: true });
    for (const outcome of [refusal, new CallError('network', 'broken')]) {
      const trialId = outcome.kind;
      await hand.client.hset(KEYS.calls, trialId, `job1\n${callText(callOf(trialId))}`);
      await hand.answer('job1', trialId, outcome);
    }
    const queue = await planner(context, settingsOf(server));
    await expect(queue.send('network', callOf('x'), NO_SIGNAL)).rejects.toThrow('broken');
    const again = queue.send('unauthorized', callOf('y'), NO_SIGNAL);
    await context.expect.poll(() => hand.client.hkeys(KEYS.calls)).toEqual(['unauthorized']);
    const { job, asked } = await hand.take();
    expect([...asked.values()]).toEqual(['y']);
    await hand.answer(job, 'unauthorized', completionOf('Y'));
    expect((await again).output).toBe('Y');
    queue.stored('unauthorized');
    await context.expect.poll(() => hand.client.xlen(KEYS.answers)).toBe(1);
  });

  it('keeps an answer until its result is stored, and leaves nothing when all are', async (context) => {
    const server = await redisServer(context);
    const hand = await Hand.open(context, server);
    const queue = await CallQueue.open(settingsOf(server));
    const answers = ['a', 'b'].map((id) => queue.send(id, callOf(id), NO_SIGNAL));
    const { job } = await hand.take();
    for (const id of ['a', 'b']) await hand.answer(job, id, completionOf(id));
    await Promise.all(answers);
    expect(await hand.client.xlen(KEYS.answers)).toBe(2);
    queue.stored('a');
    queue.stored('b');
    await queue.close();
    expect(await hand.client.exists(...Object.values(KEYS))).toBe(0);
  });

  it('takes back what no worker has begun, and awaits the rest', async (context) => {
    const server = await redisServer(context);
    const queue = await planner(context, settingsOf(server));
    const hand = await Hand.open(context, server);
    const begun = queue.send('a', callOf('a'), NO_SIGNAL);
    const { job } = await hand.take();
    const waiting = queue.send('b', callOf('b'), NO_SIGNAL);
    const refused = expect(waiting).rejects.toMatchObject({ kind: 'cancelled', isUnsent: true });
    await new Promise(setImmediate);
    await queue.drain();
    await refused;
    expect(await hand.client.hkeys(KEYS.calls)).toEqual(['a']);
    await hand.answer(job, 'a', completionOf('A'));
    expect((await begun).output).toBe('A');
  });

  it('takes back the calls of a job that its worker has not come to', async (context) => {
    const server = await redisServer(context);
    const queue = await planner(context, settingsOf(server));
    const hand = await Hand.open(context, server);
    const begun = queue.send('a', callOf('a'), NO_SIGNAL);
    const refused = expect(queue.send('b', callOf('b'), NO_SIGNAL)).rejects.toMatchObject({ isUnsent: true });
    const { job, asked } = await hand.take(1);
    await queue.drain();
    await refused;
    expect([[...asked.keys()], await hand.client.hkeys(KEYS.calls)]).toEqual([['a'], ['a']]);
    await hand.answer(job, 'a', completionOf('A'));
    expect((await begun).output).toBe('A');
  });

  it('leaves a call that is given up in the queue, where its answer is kept', async (context) => {
    const server = await redisServer(context);
    const queue = await planner(context, settingsOf(server));
    const hand = await Hand.open(context, server);
    const [early, late] = [new AbortController(), new AbortController()];
    const unsent = queue.send('a', callOf('a'), early.signal).catch((error: unknown) => error);
    early.abort();
    expect(await unsent).toMatchObject({ kind: 'cancelled', isUnsent: true, isKept: false });
    const kept = queue.send('b', callOf('b'), late.signal).catch((error: unknown) => error);
    const { job, asked } = await hand.take();
    late.abort();
    expect(await kept).toMatchObject({ kind: 'cancelled', isUnsent: false, isKept: true });
    expect([...asked.keys()]).toEqual(['b']);
    expect(await hand.answer(job, 'b', completionOf('B'))).toBe(1);
  });

  it('refuses a second planner of a run', async (context) => {
    const server = await redisServer(context);
    await planner(context, settingsOf(server));
    await expect(CallQueue.open(settingsOf(server))).rejects.toMatchObject({
      code: 'E_QUEUE',
      message: `the process ${process.pid} on ${hostname()} plans this run already, with the same queue`,
    });
  });

  it('keeps its run when Redis answered nothing until its lock had gone', { timeout: 60_000 }, async (context) => {
    const server = await redisServer(context);
    const lost: string[] = [];
    const settings = settingsOf(server, { onLost: ({ message }) => lost.push(message) });
    const queue = await planner(context, settings);
    const hand = await Hand.open(context, server);
    const answer = queue.send('a', callOf('say a'), NO_SIGNAL);
    const { job } = await hand.take();
    await hand.client.del(KEYS.planner);
    server.freeze();
    // Two of its renewals, one every 5 s, wait for Redis.
    await delay(10_500);
    server.thaw();
    await context.expect.poll(() => hand.client.get(KEYS.planner), { timeout: 10_000 }).toContain(settings.me.id);
    await hand.answer(job, 'a', completionOf('A'));
    expect([(await answer).output, lost]).toEqual(['A', []]);
  });

  it('ends a call that Redis has lost as one that a worker may have made, and takes it again', async (context) => {
    const server = await redisServer(context);
    const queue = await planner(context, settingsOf(server));
    const lost = expect(queue.send('a', callOf('say a'), NO_SIGNAL)).rejects.toMatchObject(LOST);
    const hand = await Hand.open(context, server);
    const old = await hand.take();
    await server.stop();
    await server.start();
    await lost;
    const again = queue.send('a', callOf('say a'), NO_SIGNAL);
    const { job, asked } = await hand.take();
    expect([...asked]).toEqual([['a', 'say a']]);
    expect(await hand.client.get(KEYS.sheet)).toContain(VERSION);
    expect(await hand.answer(old.job, 'a', completionOf('late'))).toBe(0);
    await hand.answer(job, 'a', completionOf('A'));
    expect((await again).output).toBe('A');
  });

  it('keeps the answer that came before Redis was restarted, and the calls that it has', async (context) => {
    const server = await redisServer(context, { isDurable: true });
    const queue = await planner(context, settingsOf(server));
    const answers = ['a', 'b'].map((id) => queue.send(id, callOf(id), NO_SIGNAL));
    const hand = await Hand.open(context, server);
    const { job } = await hand.take();
    await hand.answer(job, 'a', completionOf('A'));
    await server.stop();
    await server.start();
    await hand.answer(job, 'b', completionOf('B'));
    expect((await Promise.all(answers)).map(({ output }) => output)).toEqual(['A', 'B']);
  });

  it('notices after FLUSHALL once it looks after its lock', { timeout: 30_000 }, async (context) => {
    const server = await redisServer(context);
    const queue = await planner(context, settingsOf(server));
    const lost = expect(queue.send('a', callOf('say a'), NO_SIGNAL)).rejects.toMatchObject(LOST);
    const hand = await Hand.open(context, server);
    await hand.take();
    await hand.client.flushall();
    await lost;
    expect(await hand.client.get(KEYS.sheet)).toContain(VERSION);
  });

  it('notices after FLUSHALL with the next call, which no worker gets without what it must know', async (context) => {
    const server = await redisServer(context);
    const queue = await planner(context, settingsOf(server));
    const lost = expect(queue.send('a', callOf('say a'), NO_SIGNAL)).rejects.toMatchObject(LOST);
    const hand = await Hand.open(context, server);
    await hand.take();
    await hand.client.flushall();
    const startedMs = performance.now();
    const next = queue.send('b', callOf('say b'), NO_SIGNAL);
    await lost;
    // The lock is looked after every 5 s.
    expect(performance.now() - startedMs).toBeLessThan(4000);
    const { job } = await hand.take();
    expect(await hand.client.get(KEYS.sheet)).toContain(VERSION);
    await hand.answer(job, 'b', completionOf('B'));
    expect((await next).output).toBe('B');
  });

  it('ends a call of an earlier session that Redis has lost since', async (context) => {
    const server = await redisServer(context);
    const hand = await Hand.open(context, server);
    await hand.client.hset(KEYS.calls, { a: `job1\n${callText(callOf('a'))}` });
    const queue = await planner(context, settingsOf(server));
    await hand.client.flushall();
    const next = queue.send('b', callOf('say b'), NO_SIGNAL);
    const { job } = await hand.take();
    await hand.answer(job, 'b', completionOf('B'));
    await next;
    expect(queue.expects('a')).toBe(true);
    await expect(queue.send('a', callOf('a'), NO_SIGNAL)).rejects.toMatchObject(LOST);
    expect(queue.expects('a')).toBe(false);
  });

  it('does not take back for nothing what Redis has lost', async (context) => {
    const server = await redisServer(context);
    const queue = await planner(context, settingsOf(server));
    const begun = queue.send('a', callOf('a'), NO_SIGNAL);
    const lost = expect(begun).rejects.toMatchObject({ kind: 'network', isUnsent: false });
    const hand = await Hand.open(context, server);
    await hand.take();
    await hand.client.flushall();
    await queue.drain();
    await lost;
  });

  it('says what is wrong if Redis refuses its first command', async (context) => {
    const server = await redisServer(context, { config: ['--maxmemory', '1'] });
    await expect(CallQueue.open(settingsOf(server))).rejects.toMatchObject({
      code: 'E_QUEUE',
      message: expect.stringContaining(`${server.url}: Redis refuses us: OOM`),
      hint: 'its memory is full: raise maxmemory, or remove what nobody needs from it',
    });
  });

  it('warns once of entries that are no answers', async (context) => {
    const server = await redisServer(context);
    const warned: string[] = [];
    const hand = await Hand.open(context, server);
    for (const text of ['garbage', '7', '{"id":1}']) await hand.client.xadd(KEYS.answers, '*', 'a', text);
    await planner(context, settingsOf(server, { onWarning: (text) => warned.push(text) }));
    expect(warned).toEqual(['something in the queue is no answer of a worker, and is left there']);
  });
});

function read(parts: object): Completion | CallError | undefined {
  return readAnswer(JSON.stringify({ id: 'a', ms: 1, output: 'x', ...parts }))?.outcome;
}

describe('an answer that was written by somebody else', () => {
  it.each([
    { total_cost: '-1000', currency: 'RUB', cost_source: 'provider' },
    { total_cost: '1', prompt_cost: '-1', currency: 'RUB', cost_source: 'provider' },
    { total_cost: '1', currency: '\u001b[31m', cost_source: 'provider' },
  ])('has no cost if that cannot be: %j', (parts) => {
    expect(read(parts)).toMatchObject({ output: 'x', cost: UNKNOWN_COST });
  });

  it.each([{ prompt_tokens: -1 }, { completion_tokens: 1.5 }, { prompt_tokens: 1e300 }])(
    'has no tokens if those cannot be: %j',
    (parts) => {
      expect(read({ total_tokens: 3, ...parts })).toMatchObject({
        usage: { promptTokens: null, completionTokens: null, totalTokens: null },
      });
    },
  );

  it('has paid nothing negative, took no negative time, and is not ended by the user', () => {
    expect(read({ error: { kind: 'network', message: 'm', paid: ['-5', 'RUB'] } })).toMatchObject({ paid: undefined });
    expect(read({ error: { kind: 'cancelled', message: 'm' } })).toMatchObject({ kind: 'network', message: 'm' });
    expect(readAnswer('{"id":"a","ms":-5,"output":""}')?.latencyMs).toBe(0);
  });
});
