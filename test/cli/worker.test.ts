import { once } from 'node:events';
import { cp, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { CallError } from '../../src/core/call-error.ts';
import { readVector } from '../../src/io/vector-text.ts';
import { runKeys } from '../../src/queue/keys.ts';
import { type ChatCall, chatServer, completion, type Outcome, type Script } from '../support/chat-server.ts';
import { type Desk, type Ended, PROGRAM_FOLDER, type RunningCli } from '../support/cli.ts';
import { echoServer } from '../support/echo-server.ts';
import { type Ending, localServer, send } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { QueuePlanner } from '../support/queue-planner.ts';
import { HAS_REDIS, type RedisServer, redisServer } from '../support/redis.ts';

/** Of the key of the tests' providers. */
const KEY = { OPENAI_API_KEY: 'sk-worker-1' };

interface Gate {
  /** Answers what waits, and all that come later. */
  readonly open: () => void;
  readonly script: (call: ChatCall) => Promise<Outcome>;
}

/** Lets calls whose content begins with `slow` wait until it is opened. */
function gate(): Gate {
  const opening = new AbortController();
  const opened = once(opening.signal, 'abort');
  return {
    open: () => opening.abort(),
    script: async ({ content }) => {
      if (content.startsWith('slow')) await opened;
      return `answer to ${content}`;
    },
  };
}

async function planner(context: Ending, server: RedisServer, url: string): Promise<QueuePlanner> {
  const made = new QueuePlanner(context, server.url);
  await made.plan({ custom: { kind: 'custom', baseUrl: url } });
  return made;
}

async function started(
  desk: Desk,
  server: { readonly url: string },
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningCli> {
  const worker = desk.start(['worker', '--queue', server.url, ...words], { env });
  await worker.until(() => worker.stderr.includes('takes calls from'));
  return worker;
}

/** Has a worker in this process make the calls that wait, until it has none for two seconds. */
function workedOff(
  desk: Desk,
  server: { readonly url: string },
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return desk.pass(['worker', '--queue', server.url, '--until-idle', '2', ...words], { env });
}

function outputs(answers: ReadonlyMap<string, { readonly outcome: object }>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...answers].map(([id, { outcome }]) => [
      id,
      outcome instanceof CallError ? `${outcome.kind}: ${outcome.message}` : 'output' in outcome && outcome.output,
    ]),
  );
}

describe.skipIf(!HAS_REDIS)('promptgrid worker (needs redis-server)', { concurrent: true }, () => {
  it('makes the calls of a job and delivers their answers', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const chat = await chatServer(context, ({ content }) => `answer to ${content}`);
    const plan = await planner(context, redis, chat.url);
    const worker = await started(desk, redis, ['--json', '--until-idle', '3']);
    await plan.add(Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((id) => [id, {}])));
    const answers = await plan.answered(5);
    expect(outputs(answers)).toEqual({
      a: 'answer to a',
      b: 'answer to b',
      c: 'answer to c',
      d: 'answer to d',
      e: 'answer to e',
    });
    expect(answers.get('a')?.latencyMs).toBeGreaterThanOrEqual(5);
    expect(answers.get('a')?.outcome).toMatchObject({ usage: { promptTokens: 10, completionTokens: 5 } });
    await plan.until(async () => (await plan.jobs()) === 0, 'the end of the job');
    expect(await plan.open()).toEqual([]);
    expect(await plan.begun()).toEqual([]);
    const ended = await worker.ended;
    expect(ended.status).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      worker: { version: expect.any(String), pid: expect.any(Number) },
      queue: redis.url,
      calls: 5,
      answered: 5,
      errored: 0,
      abandoned: 0,
      lost: 0,
      undelivered: 0,
      ended: 'idle',
    });
    expect(ended.stderr).toMatch(/^worker .+:\d+ takes calls from redis:\/\/127\.0\.0\.1:\d+, up to 32 at once\n/);
    expect(ended.stderr).toContain('run run-1: its first call here\n');
    expect(ended.stderr).toContain('5 answered, 0 with an error');
    expect(await plan.workers()).toEqual([]);
  });

  it('sends what its run writes, with the key of its own environment', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const bodies: string[] = [];
    const keys: string[] = [];
    const server = await localServer(context, async (request, response) => {
      keys.push(request.headers.authorization ?? '', [request.headers['x-team']].join());
      bodies.push(await text(request));
      send(response, { body: completion('yes', { model: 'plain', before: 0 }) });
    });
    const plan = new QueuePlanner(context, redis.url);
    await plan.plan({
      ours: { kind: 'openai', baseUrl: server.url, apiKeyEnv: 'TEAM_KEY', headers: ['x-team: ${TEAM}'] },
    });
    await desk.write('.env', 'TEAM=blue\n');
    const messagesJson = '[{"role":"user","content":"a","weight":1.10}]';
    await plan.add({ a: { provider: 'ours', messagesJson, temperature: 0.7, params: { max_tokens: 5 } } });
    await workedOff(desk, redis, [], { TEAM_KEY: 'sk-team-word' });
    await plan.answered(1);
    expect(keys).toEqual(['Bearer sk-team-word', 'blue']);
    expect(bodies[0]).toContain(`"messages":${messagesJson}`);
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ model: 'plain', temperature: 0.7 });
  });

  it('asks for embeddings', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const gateway = await desk.gateway({});
    const plan = await planner(context, redis, gateway.url);
    await plan.add({ a: { task: 'embedding', model: 'text-embedding-3-small', text: 'a text', messagesJson: '[]' } });
    await workedOff(desk, redis);
    const outcome = (await plan.answered(1)).get('a')?.outcome;
    const vector = outcome === undefined || outcome instanceof CallError ? '' : outcome.output;
    expect(readVector(vector).some((value) => value !== 0)).toBe(true);
    expect(gateway.stats().served).toBe(1);
  });

  it('answers errors as the client reports them, and ends calls that take too long', async ({
    desk,
    onTestFinished,
  }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const chat = await chatServer(context, ({ content }) => {
      if (content === 'hangs') return { connection: 'open' };
      if (content === 'breaks') return { connection: 'broken' };
      return { status: 429, body: { error: { message: 'slow down' } }, headers: { 'retry-after': '7' } };
    });
    const plan = await planner(context, redis, chat.url);
    await plan.plan({ custom: { kind: 'custom', baseUrl: chat.url } }, { timeoutMs: 2000 });
    await plan.add({ hangs: {}, breaks: {}, limited: {} });
    await workedOff(desk, redis);
    const answers = await plan.answered(3);
    expect(answers.get('hangs')?.outcome).toMatchObject({ kind: 'timeout', message: 'no whole answer within 2 s' });
    expect(answers.get('hangs')?.latencyMs).toBeGreaterThanOrEqual(1990);
    expect(answers.get('breaks')?.outcome).toMatchObject({ kind: 'network', isUnsent: false });
    expect(answers.get('limited')?.outcome).toMatchObject({
      kind: 'rate_limited',
      httpStatus: 429,
      retryAfterMs: 7000,
    });
  });

  it('stops a run whose key it lacks, or whose settings it cannot use', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const plan = new QueuePlanner(context, redis.url);
    await plan.plan({ openai: { kind: 'openai' }, odd: { kind: 'openai', baseUrl: 'ftp://x' } });
    await plan.add({ a: { provider: 'openai' }, b: { provider: 'odd' }, c: { provider: 'nobody' } });
    const worker = await workedOff(desk, redis);
    const answers = await plan.answered(3);
    expect(answers.get('a')?.outcome).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(/:\d+: no key for openai: the environment variable OPENAI_API_KEY is not set$/),
      hint: expect.stringContaining('on that worker, write OPENAI_API_KEY=<your key>'),
      isUnsent: true,
    });
    expect(answers.get('b')?.outcome).toMatchObject({ kind: 'unauthorized' });
    expect(answers.get('c')?.outcome).toMatchObject({ kind: 'unauthorized' });
    expect(worker.stderr).toContain('run run-1: no key for openai');
  });

  it('does not stop a run that Redis has lost, which its planner writes again', async ({ desk, onTestFinished }) => {
    const server = await redisServer({ onTestFinished });
    const chat = await chatServer({ onTestFinished }, ({ content }) => `answer to ${content}`);
    const queue = new QueuePlanner({ onTestFinished }, server.url);
    await started(desk, server, [], KEY);
    await queue.add({ a: {} });
    expect((await queue.answered(1)).get('a')?.outcome).toMatchObject({
      kind: 'network',
      message: expect.stringContaining('what workers must know of this run is not in Redis'),
      isUnsent: true,
    });
    await queue.plan({ custom: { kind: 'custom', baseUrl: chat.url } });
    await queue.add({ b: {} });
    expect(outputs(await queue.answered(2))).toMatchObject({ b: 'answer to b' });
    expect(chat.calls).toHaveLength(1);
  });

  it('sends its keys to addresses of strangers only with --trust-queue', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const plan = new QueuePlanner(context, redis.url);
    await plan.plan({ openai: { kind: 'openai', baseUrl: 'http://stranger.invalid/v1' } });
    await plan.add({ a: { provider: 'openai' } });
    await workedOff(desk, redis, [], KEY);
    const refused = await plan.answered(1);
    expect(refused.get('a')?.outcome).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('the run sends OPENAI_API_KEY to http://stranger.invalid/v1'),
      hint: expect.stringContaining('--trust-queue'),
    });
    // It stands for the stranger: requests go to it as to a proxy.
    const echo = await echoServer(context);
    await plan.add({ b: { provider: 'openai' } });
    await workedOff(desk, redis, ['--trust-queue'], { ...KEY, HTTP_PROXY: echo.origin });
    const sent = await plan.answered(2);
    expect(sent.get('b')?.outcome).toHaveProperty('output');
    expect(echo.asked).toEqual(['POST http://stranger.invalid/v1/chat/completions']);
    expect([...echo.sent]).toContain('Bearer sk-worker-1');
  });

  it('finishes calls in flight when it is ended, and gives back the others at once', async ({
    desk,
    onTestFinished,
  }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const held = gate();
    const chat = await chatServer(context, held.script);
    const plan = await planner(context, redis, chat.url);
    const first = await started(desk, redis, ['--lock', '600', '--concurrency', '1']);
    await plan.add({ 'slow-1': {}, b: {}, c: {} });
    await first.until(() => chat.calls.length === 1);
    first.signal('SIGINT');
    await first.until(() => first.stderr.includes('no new calls'));
    held.open();
    const ended = await first.ended;
    expect(ended.status).toBe(130);
    expect(ended.stderr).not.toContain('the connection is lost');
    expect(outputs(await plan.answered(1))).toEqual({ 'slow-1': 'answer to slow-1' });
    expect(await plan.begun()).toEqual([]);
    // Long before any lock expires.
    await started(desk, redis, ['--lock', '600']);
    expect(outputs(await plan.answered(3))).toMatchObject({ b: 'answer to b', c: 'answer to c' });
    expect(chat.calls).toHaveLength(3);
  });

  it('ends at once with a second signal, and says so of the calls in flight', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const chat = await chatServer(context, gate().script);
    const plan = await planner(context, redis, chat.url);
    const worker = await started(desk, redis);
    await plan.add({ 'slow-1': {} });
    await worker.until(() => chat.calls.length === 1);
    worker.signal('SIGTERM');
    await worker.until(() => worker.stderr.includes('no new calls'));
    worker.signal('SIGTERM');
    const { 'slow-1': outcome } = outputs(await plan.answered(1));
    expect(outcome).toMatch(/^network: the worker .+ was ended during this call$/);
    await worker.ended;
  });

  it('continues after a restart of Redis', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context, { isDurable: true });
    const held = gate();
    const chat = await chatServer(context, held.script);
    const plan = await planner(context, redis, chat.url);
    const worker = await started(desk, redis, ['--concurrency', '2']);
    await plan.add({ 'slow-1': {}, 'slow-2': {}, c: {} });
    await worker.until(() => chat.calls.length === 2);
    await redis.stop();
    await worker.until(() => worker.stderr.includes('the connection is lost'));
    held.open();
    await redis.start();
    expect(outputs(await plan.answered(3))).toEqual({
      'slow-1': 'answer to slow-1',
      'slow-2': 'answer to slow-2',
      c: 'answer to c',
    });
    expect(worker.stderr).toContain('connected again');
    await plan.add({ d: {} });
    await plan.answered(4);
    expect(chat.calls).toHaveLength(4);
  });

  it('leaves the calls of a worker that lives alone when Redis was away for longer than its locks', async ({
    desk,
    onTestFinished,
  }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context, { isDurable: true });
    const held = gate();
    const chat = await chatServer(context, held.script);
    const plan = await planner(context, redis, chat.url);
    const first = await started(desk, redis, ['--lock', '4', '--concurrency', '2']);
    await plan.add({ 'slow-1': {}, 'slow-2': {}, c: {} });
    await first.until(() => chat.calls.length === 2);
    const second = await started(desk, redis, ['--lock', '4']);
    await redis.stop();
    await first.until(() => first.stderr.includes('the connection is lost'));
    // Until the lock of the job has expired.
    await delay(4500);
    await redis.start();
    expect(outputs(await plan.answered(1))).toEqual({ c: 'answer to c' });
    expect(chat.calls).toHaveLength(3);
    held.open();
    expect(outputs(await plan.answered(3))).toMatchObject({
      'slow-1': 'answer to slow-1',
      'slow-2': 'answer to slow-2',
    });
    await plan.until(async () => (await plan.jobs()) === 0, 'the end of the job');
    expect(chat.calls).toHaveLength(3);
    expect(second.stderr).toContain('connected again');
  });

  it('says that Redis takes no more, and continues when it does again', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const held = gate();
    const chat = await chatServer(context, held.script);
    const plan = await planner(context, redis, chat.url);
    const worker = await started(desk, redis, ['--concurrency', '1']);
    await plan.add({ 'slow-1': {}, b: {} });
    await worker.until(() => chat.calls.length === 1);
    await plan.redis.config('SET', 'maxmemory', '1');
    held.open();
    await worker.until(() => worker.stderr.includes('Redis refuses a command, which is tried again: OOM'));
    expect(outputs(await plan.answered(1))).toEqual({ 'slow-1': 'answer to slow-1' });
    await plan.redis.config('SET', 'maxmemory', '0');
    expect(outputs(await plan.answered(2))).toMatchObject({ b: 'answer to b' });
    expect(worker.stderr.match(/Redis refuses/g)).toHaveLength(1);
  });

  it('keeps answers in a private file when Redis is gone, and delivers them at the next start', async ({
    desk,
    onTestFinished,
  }) => {
    const context = { onTestFinished };
    const password = 'word-of-redis';
    const redis = await redisServer(context, { isDurable: true, password });
    const held = gate();
    const chat = await chatServer(context, held.script);
    const plan = await planner(context, redis, chat.url);
    const worker = await started(desk, redis, ['--stop-after-wait', '1', '--json']);
    await plan.add({ 'slow-1': {}, 'slow-2': {} });
    await worker.until(() => chat.calls.length === 2);
    await redis.stop();
    await worker.until(() => worker.stderr.includes('the connection is lost'));
    held.open();
    const ended = await worker.ended;
    expect(ended.status).toBe(4);
    const report = JSON.parse(ended.stdout) as { readonly undelivered_file: string };
    expect(report).toMatchObject({ ended: 'redis_gone', undelivered: 2, calls: 2, answered: 2 });
    expect(ended.stderr).toContain('2 answers could not be delivered');
    expect((await stat(report.undelivered_file)).mode & 0o777).toBe(0o600);
    await redis.start();
    const next = await started(desk, redis);
    expect(outputs(await plan.answered(2))).toEqual({ 'slow-1': 'answer to slow-1', 'slow-2': 'answer to slow-2' });
    await next.until(() => next.stderr.includes('delivered 2 of 2 answers'));
    await expect(stat(report.undelivered_file)).rejects.toThrow('ENOENT');
    expect(chat.calls).toHaveLength(2);
    expect(ended.stdout + ended.stderr + next.stderr).not.toContain(password);
  });

  it('keeps answers that Redis refuses when it is ended at once', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const held = gate();
    let answered = 0;
    const script: Script = async (call) => {
      const outcome = await held.script(call);
      answered += 1;
      return outcome;
    };
    const chat = await chatServer(context, script, { latencyMs: 0 });
    const plan = await planner(context, redis, chat.url);
    const worker = await started(desk, redis, ['--json']);
    await plan.add({ 'slow-1': {} });
    await worker.until(() => chat.calls.length === 1);
    await plan.redis.replicaof('127.0.0.1', redis.port);
    held.open();
    await worker.until(() => answered === 1 && worker.stderr.includes('which is tried again: READONLY'));
    worker.signal('SIGINT');
    await worker.until(() => worker.stderr.includes('no new calls'));
    worker.signal('SIGINT');
    const ended = await worker.ended;
    expect(ended.status).toBe(4);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ended: 'stopped', answered: 1, undelivered: 1 });
    expect(ended.stderr).toContain('start a worker with the same queue here: it delivers them first');
    await plan.redis.replicaof('NO', 'ONE');
    await started(desk, redis);
    expect(outputs(await plan.answered(1))).toEqual({ 'slow-1': 'answer to slow-1' });
    expect(chat.calls).toHaveLength(1);
  });

  it('makes the calls of other runs beside one whose keys are none of ours', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const chat = await chatServer(context, ({ content }) => `answer to ${content}`);
    const broken = new QueuePlanner(context, redis.url, 'broken');
    await broken.plan({ custom: { kind: 'custom', baseUrl: chat.url } });
    await broken.add({ a: {} });
    await broken.redis.del(runKeys('broken').calls);
    await broken.redis.set(runKeys('broken').calls, 'no hash');
    const plan = await planner(context, redis, chat.url);
    const worker = await started(desk, redis, ['--lock', '600']);
    await worker.until(() => worker.stderr.includes('which is tried again: WRONGTYPE'));
    await plan.add({ b: {} });
    expect(outputs(await plan.answered(1))).toEqual({ b: 'answer to b' });
  });

  it('refuses planners of another version, and warns of those that come later', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const plan = new QueuePlanner(context, redis.url);
    await plan.announce('9.9.9');
    // As a planner does, however long the worker takes to start.
    const announcing = setInterval(() => void plan.announce('9.9.9'), 3000);
    const refused = await desk.run(['worker', '--queue', redis.url]);
    clearInterval(announcing);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/the runs there are of promptgrid 9\.9\.9, this worker of \d/);
    await plan.redis.flushall();
    const worker = await started(desk, redis);
    await plan.announce('9.9.8');
    await worker.until(() => worker.stderr.includes('warning: the runs that are connected are of promptgrid 9.9.8'));
  });

  it('says which packages to install, where they are not', async ({ desk }) => {
    // The program without any package.
    for (const name of ['cli', 'chunks']) {
      await cp(new URL(`../${name}/`, PROGRAM_FOLDER), desk.path(`dist/${name}`), { recursive: true });
    }
    await cp(new URL('../../package.json', PROGRAM_FOLDER), desk.path('package.json'));
    const run = desk.startWithin(
      ['env', 'PROGRAM=dist/cli/main.js', 'sh', '-c', 'exec "$0" "$PROGRAM" "$2" "$3" "$4"'],
      ['worker', '--queue', 'redis://127.0.0.1:1'],
    );
    const ended = await run.ended;
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain('a queue needs the packages bullmq and ioredis, which are not installed');
    expect(ended.stderr).toContain('npm install bullmq@6.7.0 ioredis@6.0.0');
  });

  it('says what is missing, and never the password', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const none = await desk.run(['worker']);
    expect(none.status).toBe(2);
    expect(none.stderr).toContain('--queue is missing');
    const odd = await desk.run(['worker', '--queue', 'word-of-redis@host']);
    expect(odd.status).toBe(2);
    expect(odd.stderr).not.toContain('word-of-redis');
    const redis = await redisServer(context, { password: 'right' });
    const url = redis.url.replace(':right@', ':word-of-redis@');
    const wrong = await desk.run(['worker', '--json'], { env: { PROMPTGRID_QUEUE: url } });
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('Redis refuses us');
    expect(wrong.stderr + wrong.stdout).not.toContain('word-of-redis');
  });
});

// One after another: a worker that is slow loses a lock of a second.
describe.skipIf(!HAS_REDIS)('a worker whose lock is short (needs redis-server)', () => {
  it('takes over the calls of a worker that was killed, without making those again that it had begun', async ({
    desk,
    onTestFinished,
  }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const held = gate();
    const chat = await chatServer(context, held.script);
    const plan = await planner(context, redis, chat.url);
    const first = await started(desk, redis, ['--lock', '1', '--concurrency', '2']);
    await plan.add({ 'slow-1': {}, 'slow-2': {}, c: {}, d: {} });
    await first.until(() => chat.calls.length === 2);
    first.signal('SIGKILL');
    await first.ended;
    const name = /^worker (\S+)/.exec(first.stderr)?.[1];
    const second = await started(desk, redis, ['--lock', '1']);
    const answers = await plan.answered(4);
    expect(outputs(answers)).toEqual({
      'slow-1': `network: the worker ${name} that made this call is gone`,
      'slow-2': `network: the worker ${name} that made this call is gone`,
      c: 'answer to c',
      d: 'answer to d',
    });
    expect(chat.calls.map(({ content }) => content).toSorted()).toEqual(['c', 'd', 'slow-1', 'slow-2']);
    await plan.until(async () => (await plan.jobs()) === 0, 'the end of the job');
    second.signal('SIGTERM');
    const ended = await second.ended;
    expect(ended.status).toBe(0);
    expect(ended.stderr).toContain('calls of workers that are gone: 2');
  });

  it('drops what comes too late after it was frozen, and makes nothing twice', async ({ desk, onTestFinished }) => {
    const context = { onTestFinished };
    const redis = await redisServer(context);
    const held = gate();
    const chat = await chatServer(context, held.script);
    const plan = await planner(context, redis, chat.url);
    const frozen = await started(desk, redis, ['--lock', '1', '--concurrency', '1']);
    await plan.add({ 'slow-1': {}, b: {}, c: {} });
    await frozen.until(() => chat.calls.length === 1);
    frozen.signal('SIGSTOP');
    const other = await started(desk, redis, ['--lock', '1', '--concurrency', '4']);
    const answers = await plan.answered(3);
    expect(outputs(answers)).toMatchObject({ b: 'answer to b', c: 'answer to c' });
    expect(answers.get('slow-1')?.outcome).toMatchObject({ kind: 'network' });
    held.open();
    frozen.signal('SIGCONT');
    frozen.signal('SIGTERM');
    const ended = await frozen.ended;
    expect(ended.status).toBe(0);
    expect(ended.stderr).toContain('answers that came too late: 1');
    expect(await plan.answers()).toHaveLength(3);
    expect(chat.calls).toHaveLength(3);
    await other.end();
  });
});
