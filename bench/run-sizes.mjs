// What a trial of a queued run leaves and takes: bytes of each file, keys and bytes in Redis, processor time of the
// planner, of resuming the run one row before its end, and memory of the journal's index. Needs redis-server.
// node bench/run-sizes.mjs [--calls 20000] [--concurrency 512] [--latency 200] [--index 0]
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { readBuildFlags } from './support/flags.mjs';
import { gridOf, gridWords } from './support/grid.mjs';
import { cpuSeconds, inFolder, Program, round, tell } from './support/program.mjs';
import { withRedis } from './support/redis.mjs';
import { withServer } from './support/server.mjs';

const { calls, concurrency, latency, index, load } = readBuildFlags({
  calls: 20_000,
  concurrency: 512,
  latency: 200,
  index: 0,
});
const WORKERS = 3;
const variables = { GPTUNNEL_API_KEY: 'key' };

/** A figure of what the command INFO returns. */
async function infoOf(client, name) {
  return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(await client.info())?.[1]);
}

/** The most keys and bytes that Redis has while a program runs, looked at five times a second. */
async function mostInRedis(program, client) {
  const emptyBytes = await infoOf(client, 'used_memory');
  const most = { keys: 0, bytes: 0 };
  while (!program.hasEnded) {
    most.keys = Math.max(most.keys, await client.dbsize());
    most.bytes = Math.max(most.bytes, (await infoOf(client, 'used_memory')) - emptyBytes);
    await delay(200);
  }
  return most;
}

async function endedWell(program) {
  const { status, stderr, usage } = await program.ended;
  if (status !== 0) throw new Error(`ended with ${status}:\n${stderr}`);
  return usage;
}

/** Bytes a trial of each file of a folder. */
async function bytesATrial(folder) {
  const sizes = {};
  for (const name of await readdir(folder)) {
    const found = await stat(join(folder, name));
    if (found.isFile()) sizes[name] = round(found.size / calls, 1);
  }
  return sizes;
}

async function measureRun(folder, address, [url, client]) {
  const own = ['worker', '--queue', url, '--concurrency', `${concurrency}`, '--quiet'];
  const workers = Array.from({ length: WORKERS }, () => new Program(folder, own, { variables }));
  const grid = { ...(await gridOf(folder, calls)), address, concurrency };
  const words = [...gridWords(grid), '--queue', url];
  const rows = calls / 4;
  const first = new Program(folder, [...words, '--limit', `${rows - 1}`], { variables });
  const redis = await mostInRedis(first, client);
  const usage = await endedWell(first);
  const appendOnlyBytes = await infoOf(client, 'aof_current_size');
  const rest = await endedWell(new Program(folder, words, { variables }));
  for (const worker of workers) worker.signal('SIGTERM');
  await Promise.all(workers.map(({ ended }) => ended));
  const micros = (seconds) => round((seconds / calls) * 1e6, 1);
  return {
    redis: { ...redis, appendOnlyBytesATrial: round(appendOnlyBytes / calls, 0) },
    plannerMicrosecondsATrial: micros(cpuSeconds(usage)),
    resumeMicrosecondsATrial: micros(cpuSeconds(rest)),
    bytesATrial: await bytesATrial(join(folder, grid.out)),
  };
}

async function withClient(url, folder, address) {
  const client = new Redis(url);
  try {
    return await measureRun(folder, address, [url, client]);
  } finally {
    client.disconnect();
  }
}

/** Memory and time of an index of so many random trials, as a run keeps it. */
async function measureIndex() {
  const { JournalIndex } = await load('store/journal-index');
  const { randomFillSync } = await import('node:crypto');
  const [beforeMegabytes, before] = [process.memoryUsage().rss / 1e6, process.cpuUsage()];
  const found = new JournalIndex(index);
  const random = Buffer.alloc(2 ** 20);
  for (let trial = 0; trial < index; trial++) {
    const at = (trial * 8) % random.length;
    if (at === 0) randomFillSync(random);
    found.note({ trialId: `t${random.toString('hex', at, at + 8)}`, status: 'completed' }, trial * 740);
  }
  const megabytes = process.memoryUsage().rss / 1e6 - beforeMegabytes;
  const { user, system } = process.cpuUsage(before);
  return {
    trials: index,
    megabytes: round(megabytes, 0),
    bytesATrial: round((megabytes * 1e6) / index, 1),
    cpuSeconds: round((user + system) / 1e6, 1),
  };
}

let isEveryCallOnce = false;
const run = await inFolder((folder) =>
  withServer(latency, async ({ address, taken }) => {
    const settings = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'];
    const figures = await withRedis(folder, ({ url }) => withClient(url, folder, address), settings);
    isEveryCallOnce = (await taken()).calls === calls;
    return figures;
  }),
);
tell({ calls, concurrency, ...run, ...(index > 0 ? { index: await measureIndex() } : {}) }, { isEveryCallOnce });
