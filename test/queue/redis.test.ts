import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectRedis, loadQueuePackages, redisAddress } from '../../src/queue/redis.ts';
import { listen } from '../support/http-server.ts';
import { HAS_REDIS, redisServer } from '../support/redis.ts';

describe.skipIf(!HAS_REDIS)('a connection to Redis (needs redis-server)', () => {
  it('keeps what a durable server was given, over its end', async (context) => {
    const server = await redisServer(context, { isDurable: true });
    const packages = await loadQueuePackages();
    const redis = await connectRedis(redisAddress(server.url), packages);
    context.onTestFinished(() => redis.disconnect());
    await redis.set('name', 'kept');
    await server.stop();
    const read = redis.get('name');
    await server.start();
    expect(await read).toBe('kept');
  });

  it('refuses a server that removes keys when its memory is full', async (context) => {
    const server = await redisServer(context, { config: ['--maxmemory-policy', 'allkeys-lru'] });
    await expect(connectRedis(redisAddress(server.url), await loadQueuePackages())).rejects.toMatchObject({
      code: 'E_QUEUE',
      message: `${server.url}: Redis removes keys when its memory is full (maxmemory-policy allkeys-lru): calls would be lost`,
    });
  });

  it('says that a password is missing, without one that is wrong', async (context) => {
    const server = await redisServer(context, { password: 'right-word' });
    const packages = await loadQueuePackages();
    const refused = (url: string) => connectRedis(redisAddress(url), packages);
    const wrong = server.url.replace('right', 'wrong');
    await expect(refused(wrong)).rejects.toThrow(`redis://127.0.0.1:${server.port}: Redis refuses us: `);
    await expect(refused(wrong)).rejects.not.toThrow('wrong-word');
    await expect(refused(`redis://127.0.0.1:${server.port}`)).rejects.toThrow('Redis refuses us: ');
  });

  it('waits no longer than 10 s for a server that says nothing', async (context) => {
    const server = createServer();
    const port = await listen(server);
    context.onTestFinished(() => void server.close());
    await expect(connectRedis(redisAddress(`redis://127.0.0.1:${port}`), await loadQueuePackages())).rejects.toThrow(
      `redis://127.0.0.1:${port}: Redis cannot be reached: no answer within 10 s`,
    );
  });

  it('says that nobody listens', async (context) => {
    const server = await redisServer(context);
    await server.stop();
    await expect(connectRedis(redisAddress(server.url), await loadQueuePackages())).rejects.toThrow(
      `${server.url}: Redis cannot be reached: connect ECONNREFUSED 127.0.0.1:${server.port}`,
    );
  });
});
