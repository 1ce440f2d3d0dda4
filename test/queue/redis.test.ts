import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectRedis, loadQueuePackages, redisAddress } from '../../src/queue/redis.ts';
import { type Ending, listen } from '../support/http-server.ts';
import { HAS_REDIS, redisServer } from '../support/redis.ts';

/** A way to a server that gives it another version: three numbers of one digit, one and two, as `7.0.15`. */
async function asVersion({ onTestFinished }: Ending, port: number, version: string): Promise<string> {
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => undefined).on('close', () => client.destroy());
    client.pipe(upstream);
    upstream.on('data', (bytes) => {
      client.write(
        bytes.toString('latin1').replace(/^redis_version:\d\.\d\.\d\d/m, `redis_version:${version}`),
        'latin1',
      );
    });
  });
  const at = await listen(server);
  onTestFinished(() => void server.close());
  return `redis://127.0.0.1:${at}`;
}

describe.skipIf(!HAS_REDIS)('a connection to Redis (needs redis-server)', { concurrent: true }, () => {
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

  it.for<readonly [version: string, refusal: string | null]>([
    ['4.0.14', 'Redis 4.0.14 is too old for a queue'],
    ['6.0.20', 'Redis 6.0.20 is too old for a queue'],
    ['6.2.14', null],
    ['8.0.10', null],
  ])('judges a server by its version: %s', async ([version, refusal], context) => {
    const server = await redisServer(context);
    const url = await asVersion(context, server.port, version);
    const connecting = loadQueuePackages().then((packages) => connectRedis(redisAddress(url), packages));
    if (refusal === null) {
      const redis = await connecting;
      expect(await redis.info('server')).toContain(`redis_version:${version}`);
      redis.disconnect();
    } else {
      const hint = 'use Redis 6.2 or later, or Valkey';
      await expect(connecting).rejects.toMatchObject({ code: 'E_QUEUE', message: `${url}: ${refusal}`, hint });
    }
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

  it('refuses a replica, and names its primary server', async (context) => {
    const primary = await redisServer(context);
    const replica = await redisServer(context, { config: ['--replicaof', '127.0.0.1', `${primary.port}`] });
    await expect(connectRedis(redisAddress(replica.url), await loadQueuePackages())).rejects.toMatchObject({
      code: 'E_QUEUE',
      message: `${replica.url}: this Redis is a replica, which takes no calls`,
      hint: `give the address of its primary server, which it knows as 127.0.0.1:${primary.port}`,
    });
  });

  it('refuses a database that the server does not have', async (context) => {
    const server = await redisServer(context);
    const packages = await loadQueuePackages();
    await expect(connectRedis(redisAddress(`${server.url}/99`), packages)).rejects.toMatchObject({
      message: `${server.url}/99: Redis refuses us: ERR DB index is out of range`,
      hint: 'give a database that it has, such as /0 at the end of the address',
    });
  });
});

describe('an address of Redis', () => {
  // With such a slash in it, the rest of a password would be shown.
  it.each(['redis://user/rest-of-it@host:6379', 'redis://user:1/rest@host', 'redis://host/name', 'http://host'])(
    'is not %s',
    (text) => {
      expect(() => redisAddress(text)).toThrow('--queue: this is not an address of Redis');
    },
  );

  it.each([
    ['redis://host', 'redis://host'],
    ['rediss://user:word@host:6380/3?family=4', 'rediss://host:6380/3'],
    ['redis://:word@[::1]:6379/', 'redis://[::1]:6379'],
  ])('%s is shown without its password', (text, shown) => {
    expect(redisAddress(text)).toEqual({ url: text, shown });
  });
});
