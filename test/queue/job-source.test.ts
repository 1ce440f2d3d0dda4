import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { describe, expect, it, type TestContext } from 'vitest';
import { JobSource } from '../../src/queue/job-source.ts';
import { QUEUE_PREFIX, queueName } from '../../src/queue/keys.ts';
import { connectRedis, loadQueuePackages, redisAddress } from '../../src/queue/redis.ts';
import { HAS_REDIS, redisServer } from '../support/redis.ts';

const VERSION = '1.0.0';
const NO_SIGNAL = new AbortController().signal;

/** A source whose first BullMQ worker looks for jobs in this way, as seen after an outage; the next one is whole. */
async function sourceOf(context: TestContext, getNextJob: () => Promise<undefined>): Promise<JobSource> {
  const server = await redisServer(context);
  const packages = await loadQueuePackages();
  const redis = await connectRedis(redisAddress(server.url), packages);
  let opened = 0;
  class BrokenOnce extends Worker {
    constructor(...words: ConstructorParameters<typeof Worker>) {
      super(...words);
      opened += 1;
      if (opened === 1) Object.assign(this, { getNextJob });
    }
  }
  const source = new JobSource(
    redis,
    { ...packages, bullmq: { ...packages.bullmq, Worker: BrokenOnce } },
    {
      version: VERSION,
      lockMs: 30_000,
      lastsMs: () => 60_000,
      onRefused: () => undefined,
    },
  );
  await source.start();
  const jobs = new Queue(queueName(VERSION), { connection: redis, prefix: QUEUE_PREFIX });
  await jobs.add('calls', { run: 'run', calls: ['a'] });
  context.onTestFinished(async () => {
    await source.close();
    redis.disconnect();
  });
  return source;
}

async function firstJob(source: JobSource): Promise<unknown> {
  for (let token = 1; ; token++) {
    const job = await source.next(`token ${token}`, NO_SIGNAL);
    if (job !== null) return job.data;
  }
}

describe.skipIf(!HAS_REDIS)('jobs of a queue (needs redis-server)', { concurrent: true }, () => {
  it('are taken although BullMQ looks for them without end and finds none', async (context) => {
    const source = await sourceOf(context, () => turnOfLoop(undefined));
    expect(await firstJob(source)).toEqual({ run: 'run', calls: ['a'] });
  });

  it('are taken although BullMQ waits for them and never wakes', async (context) => {
    const source = await sourceOf(context, () => new Promise(() => undefined));
    expect(await firstJob(source)).toEqual({ run: 'run', calls: ['a'] });
  });
});
