import { describe, expect, it } from 'vitest';
import { connectRedis, loadQueuePackages, type QueueRedis, redisAddress } from '../../src/queue/redis.ts';
import type { Ending } from '../support/http-server.ts';
import { HAS_REDIS, redisServer } from '../support/redis.ts';

const KEYS = { calls: 'calls', begun: 'begun', lock: 'lock', answers: 'answers' };

async function connected(context: Ending): Promise<QueueRedis> {
  const server = await redisServer(context);
  const redis = await connectRedis(redisAddress(server.url), await loadQueuePackages());
  context.onTestFinished(() => redis.disconnect());
  return redis;
}

/** Takes calls of the job `job` that is locked by `holder`. */
function take(redis: QueueRedis, token: string, ...trialIds: readonly string[]): Promise<string[] | null> {
  return redis.pgTake(KEYS.calls, KEYS.begun, KEYS.lock, 'job', 'holder', token, ...trialIds);
}

describe.skipIf(!HAS_REDIS)('pgTake (needs redis-server)', () => {
  it('hands out the calls that are still of the job, and says who had begun one', async (context) => {
    const redis = await connected(context);
    await redis.set(KEYS.lock, 'holder');
    await redis.hset(KEYS.calls, { a: 'job\nA\n1', b: 'job\nB', c: 'other\nC', d: 'job\nD' });
    await redis.hset(KEYS.begun, 'b', 'worker 1');
    const taken = ['a', 'A\n1', '', 'b', 'B', 'worker 1'];
    expect(await take(redis, 'worker 2', 'a', 'b', 'c', 'e')).toEqual(taken);
    // As after a connection that broke before the answer came.
    expect(await take(redis, 'worker 2', 'a', 'b', 'c', 'e')).toEqual(taken);
    expect(await take(redis, 'worker 3', 'a')).toEqual(['a', 'A\n1', 'worker 2']);
    expect(await redis.hgetall(KEYS.begun)).toEqual({ a: 'worker 2', b: 'worker 1' });
  });

  it('hands out nothing to whom the job is not locked for', async (context) => {
    const redis = await connected(context);
    await redis.hset(KEYS.calls, { a: 'job\nA' });
    expect(await take(redis, 'worker 2', 'a')).toBeNull();
    await redis.set(KEYS.lock, 'somebody else');
    expect(await take(redis, 'worker 2', 'a')).toBeNull();
    expect(await redis.exists(KEYS.begun)).toBe(0);
  });
});

describe.skipIf(!HAS_REDIS)('pgPut (needs redis-server)', () => {
  it('stores calls only where the sheet of their run is', async (context) => {
    const redis = await connected(context);
    expect(await redis.pgPut('sheet', KEYS.calls, 'a', 'job\nA', 'b', 'job\nB')).toBe(0);
    expect(await redis.exists(KEYS.calls)).toBe(0);
    await redis.set('sheet', '{}');
    expect(await redis.pgPut('sheet', KEYS.calls, 'a', 'job\nA', 'b', 'job\nB')).toBe(1);
    expect(await redis.hgetall(KEYS.calls)).toEqual({ a: 'job\nA', b: 'job\nB' });
  });
});

describe.skipIf(!HAS_REDIS)('pgMissing (needs redis-server)', () => {
  it('returns the calls that are not there, or are of another job', async (context) => {
    const redis = await connected(context);
    await redis.hset(KEYS.calls, { a: 'job\nA', b: 'job-2\nB' });
    const calls = ['a', 'job', 'b', 'job', 'c', 'job'];
    expect(await redis.pgMissing(KEYS.calls, ...calls)).toEqual(['b', 'c']);
  });
});

describe.skipIf(!HAS_REDIS)('pgLock (needs redis-server)', () => {
  it('takes a lock that nobody has, keeps our own, and leaves that of somebody else', async (context) => {
    const redis = await connected(context);
    const lock = (token: string) => redis.pgLock(KEYS.lock, token, 10_000);
    expect(await lock('ours')).toBe(2);
    // As after a connection that broke before the answer came.
    expect(await lock('ours')).toBe(1);
    expect(await lock('theirs')).toBe(0);
    expect(await redis.get(KEYS.lock)).toBe('ours');
    expect(await redis.pttl(KEYS.lock)).toBeGreaterThan(5000);
  });

  it('keeps our own when the memory of Redis is full', async (context) => {
    const redis = await connected(context);
    await redis.pgLock(KEYS.lock, 'ours', 10_000);
    await redis.config('SET', 'maxmemory', '1');
    expect(await redis.pgLock(KEYS.lock, 'ours', 20_000)).toBe(1);
    expect(await redis.pttl(KEYS.lock)).toBeGreaterThan(10_000);
  });
});

describe.skipIf(!HAS_REDIS)('pgAnswer (needs redis-server)', () => {
  it('stores an answer once, and only to the job that the call is of', async (context) => {
    const redis = await connected(context);
    await redis.hset(KEYS.calls, { a: 'job\nA', b: 'job-2\nB' });
    await redis.hset(KEYS.begun, { a: 'x', b: 'y' });
    const answer = (...words: readonly string[]) => redis.pgAnswer(KEYS.calls, KEYS.begun, KEYS.answers, ...words);
    expect(await answer('job', 'a', 'first', 'job', 'b', 'late')).toBe(1);
    expect(await answer('job', 'a', 'again')).toBe(0);
    const stored = await redis.xrange(KEYS.answers, '-', '+');
    expect(stored.map(([, fields]) => fields)).toEqual([['a', 'first']]);
    expect(await redis.hkeys(KEYS.calls)).toEqual(['b']);
    expect(await redis.hkeys(KEYS.begun)).toEqual(['b']);
  });

  it('stores it even when the memory of Redis is full', async (context) => {
    const redis = await connected(context);
    await redis.hset(KEYS.calls, { a: 'job\nA' });
    await redis.config('SET', 'maxmemory', '1');
    await expect(redis.set('more', 'x')).rejects.toThrow('OOM');
    expect(await redis.pgAnswer(KEYS.calls, KEYS.begun, KEYS.answers, 'job', 'a', 'first')).toBe(1);
    expect(await redis.xlen(KEYS.answers)).toBe(1);
  });
});

describe.skipIf(!HAS_REDIS)('pgWithdraw (needs redis-server)', () => {
  it('takes back what is there and nobody has begun, and names the rest', async (context) => {
    const redis = await connected(context);
    await redis.hset(KEYS.calls, { a: 'job\nA', b: 'job\nB' });
    await redis.hset(KEYS.begun, 'b', 'worker 1');
    expect(await redis.pgWithdraw(KEYS.calls, KEYS.begun, 'a', 'b', 'c')).toEqual(['b', 'c']);
    expect(await redis.hgetall(KEYS.calls)).toEqual({ b: 'job\nB' });
    expect(await redis.hkeys(KEYS.begun)).toEqual(['b']);
  });
});
