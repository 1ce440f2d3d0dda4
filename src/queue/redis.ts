import type * as BullMq from 'bullmq';
import type { Redis } from 'ioredis';
import { QueueError, UsageError } from '../core/errors.ts';
import { SCRIPTS } from './scripts.ts';

/** The packages that a queue needs, which are installed by those who use one. */
export interface QueuePackages {
  readonly bullmq: typeof BullMq;
  readonly Redis: typeof Redis;
}

/** A connection with our own commands. */
export interface QueueRedis extends Redis {
  pgTake(calls: string, begun: string, lock: string, ...args: readonly string[]): Promise<string[] | null>;
  pgAnswer(calls: string, begun: string, answers: string, ...args: readonly string[]): Promise<number>;
  pgPut(sheet: string, calls: string, ...args: readonly string[]): Promise<number>;
  pgMissing(calls: string, ...args: readonly string[]): Promise<string[]>;
  pgWithdraw(calls: string, begun: string, ...trialIds: readonly string[]): Promise<string[]>;
  pgLock(key: string, token: string, forMs: number): Promise<number>;
  pgUnlock(key: string, token: string): Promise<number>;
  pgAnnounce(ours: string, others: string, text: string, forMs: number): Promise<string[]>;
}

/** An address of Redis, which may hold a password. */
export interface RedisAddress {
  readonly url: string;
  /** Without user, password and query; for messages and files. */
  readonly shown: string;
}

/**
 * Reads an address.
 * @throws UsageError if it is none of Redis; the message does not hold the text, which may be a password
 */
export function redisAddress(text: string, flag = '--queue'): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isRedis = url !== null && (url.protocol === 'redis:' || url.protocol === 'rediss:') && url.hostname !== '';
  // A password with an unescaped slash ends up in the path.
  if (!isRedis || !/^\/?\d*$/.test(url.pathname)) {
    throw new UsageError(`${flag}: this is not an address of Redis`, {
      hint: 'write it as redis://host:6379, or rediss://user:password@host:6379/0 with TLS, a password and a database; / @ # ? of a password as %2F %40 %23 %3F',
    });
  }
  return { url: text, shown: `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}` };
}

/** The versions that are tested, for the message that names them. */
const TESTED = 'bullmq@6.7.0 ioredis@6.0.0';

/** Loads what a queue needs. @throws UsageError that says how to install it */
export async function loadQueuePackages(): Promise<QueuePackages> {
  try {
    const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bullmq, Redis };
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new UsageError('a queue needs the packages bullmq and ioredis, which are not installed', {
      hint: `install them beside promptgrid: npm install ${TESTED} (with -g if promptgrid was installed so)`,
      cause,
    });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}

/** BullMQ recommends this one; older ones lack commands, or keep what they should not. */
const LEAST_VERSION = [6, 2] as const;
const CONNECT_MS = 10_000;
const LONGEST_PAUSE_MS = 2000;

/**
 * Connects, and checks that the server keeps what it is given. Later interruptions are bridged: commands wait until the
 * connection is back.
 * @throws QueueError if it cannot be reached, refuses us, is too old, is a replica, or may evict keys
 */
export async function connectRedis({ url, shown }: RedisAddress, { Redis }: QueuePackages): Promise<QueueRedis> {
  let isConnected = false;
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: null,
    // The first attempt decides; an address that was right once is tried again.
    retryStrategy: (times) => (isConnected ? Math.min(50 * 2 ** times, LONGEST_PAUSE_MS) : null),
  });
  let reason: unknown = null;
  client.on('error', (error: unknown) => {
    reason = error;
  });
  // A server may take the connection and never say anything.
  const timer = setTimeout(() => {
    reason = new Error(`no answer within ${CONNECT_MS / 1000} s`);
    client.disconnect();
  }, CONNECT_MS);
  try {
    const connected = client.connect().then(() => client.info());
    const info = await connected.catch((error: unknown) => Promise.reject(unreachable(shown, reason ?? error)));
    isConnected = true;
    checkServer(shown, info);
    // The client itself says nothing of a database that the server does not have, and uses the first one.
    await orRefused(shown, client.select(client.options.db ?? 0));
  } catch (error) {
    client.disconnect();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return withCommands(client);
}

/** A further connection like that one, for reads that block it. */
export function duplicateOf(client: QueueRedis): QueueRedis {
  const reader = client.duplicate({ lazyConnect: false });
  // The other connection says what is wrong.
  reader.on('error', () => undefined);
  return withCommands(reader);
}

function withCommands(client: Redis): QueueRedis {
  for (const [name, { lua, numberOfKeys }] of Object.entries(SCRIPTS))
    client.defineCommand(name, { lua, numberOfKeys });
  if (!hasCommands(client)) throw new TypeError('ioredis has not defined our commands');
  return client;
}

function hasCommands(client: Redis): client is QueueRedis {
  return Object.keys(SCRIPTS).every((name) => name in client);
}

/** What a step of opening a queue needs. @throws QueueError in place of an error that Redis replied */
export async function orRefused<T>(shown: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') throw refused(shown, error);
    throw error;
  }
}

/** What is wrong, by what Redis or the connection says; the first that fits. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/NOAUTH|WRONGPASS/, 'put user and password into the address: redis://user:password@host:6379'],
  [/NOPERM/, 'let this user of Redis use all commands on keys that begin with promptgrid: (ACL SETUSER)'],
  [/READONLY/, 'give the address of the primary server: this one is a replica'],
  [/OOM/, 'its memory is full: raise maxmemory, or remove what nobody needs from it'],
  [/DB index/, 'give a database that it has, such as /0 at the end of the address'],
];
const UNREACHABLE: readonly (readonly [RegExp, string])[] = [
  [
    /certificate/,
    'have Node trust its certificate: put the file of the authority that signed it into NODE_EXTRA_CA_CERTS',
  ],
  [/secure TLS|wrong version|packet length|EPROTO/, 'check whether Redis uses TLS there: without it, write redis://'],
  [/ECONNRESET|closed/, 'check that Redis runs there; if it uses TLS, write rediss://'],
  [/RESP/, 'something else than Redis answers there: check host and port'],
];

function refused(shown: string, cause: Error): QueueError {
  const hint = hintIn(REFUSALS, cause.message) ?? 'see the log and the settings of that Redis';
  return new QueueError(`${shown}: Redis refuses us: ${cause.message}`, { hint, cause });
}

function unreachable(shown: string, cause: unknown): QueueError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof Error && /NOAUTH|WRONGPASS|NOPERM/.test(reason)) return refused(shown, cause);
  const hint = hintIn(UNREACHABLE, reason) ?? 'check that Redis runs there, and that a firewall lets this machine in';
  return new QueueError(`${shown}: Redis cannot be reached: ${reason}`, { hint, cause });
}

function hintIn(hints: readonly (readonly [RegExp, string])[], reason: string): string | undefined {
  return hints.find(([pattern]) => pattern.test(reason))?.[1];
}

/** @param info what the command INFO returns */
function checkServer(shown: string, info: string): void {
  const version = field(info, 'redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1])) {
    throw new QueueError(`${shown}: Redis ${version || 'of an unknown version'} is too old for a queue`, {
      hint: `use Redis ${LEAST_VERSION.join('.')} or later, or Valkey`,
    });
  }
  if (field(info, 'role') === 'slave' && field(info, 'slave_read_only') !== '0') {
    const [host, port] = [field(info, 'master_host') ?? '', field(info, 'master_port') ?? ''];
    throw new QueueError(`${shown}: this Redis is a replica, which takes no calls`, {
      hint: `give the address of its primary server, which it knows as ${host}:${port}`,
    });
  }
  const policy = field(info, 'maxmemory_policy') ?? 'noeviction';
  if (policy === 'noeviction') return;
  throw new QueueError(
    `${shown}: Redis removes keys when its memory is full (maxmemory-policy ${policy}): calls would be lost`,
    {
      hint: 'set maxmemory-policy to noeviction: CONFIG SET maxmemory-policy noeviction, and the same in redis.conf',
    },
  );
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}
