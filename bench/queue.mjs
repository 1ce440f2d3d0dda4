// Calls that the workers of a queue make beside calls from one process: processor time of all processes together, Redis
// included, and the planner's memory. Needs redis-server. node bench/queue.mjs [--calls 10000,100000] [--pairs 3]
import { readFile } from 'node:fs/promises';
import { readFlags } from './support/flags.mjs';
import { dropRun, gridOf, gridWords } from './support/grid.mjs';
import { inTurns, measure, median, mediansOf } from './support/measure.mjs';
import { cpuSeconds, inFolder, Program, round, tell } from './support/program.mjs';
import { withRedis } from './support/redis.mjs';
import { withServer } from './support/server.mjs';

const {
  calls: sizes,
  pairs,
  workers,
  concurrency,
} = readFlags({
  calls: '10000,100000',
  pairs: 3,
  workers: 3,
  concurrency: 64,
});

/** Seconds of a process by its id, from /proc, where a tick is a hundredth. */
async function secondsOf(pid) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

/** A run whose calls are made by workers that are started and ended with it. */
async function measureQueued(folder, words, redis) {
  const own = ['worker', '--queue', redis.url, '--concurrency', String(concurrency), '--quiet'];
  const variables = { GPTUNNEL_API_KEY: 'key' };
  const helpers = Array.from({ length: workers }, () => new Program(folder, [...own, '--json'], { variables }));
  const redisBefore = await secondsOf(redis.pid);
  const planner = await measure(folder, [...words, '--queue', redis.url]);
  const redisSeconds = (await secondsOf(redis.pid)) - redisBefore;
  for (const helper of helpers) helper.signal('SIGTERM');
  const usages = await Promise.all(helpers.map((helper) => helper.ended));
  const workerSeconds = usages.reduce((sum, { usage }) => sum + cpuSeconds(usage), 0);
  const parts = { plannerSeconds: planner.cpuSeconds, workerSeconds: round(workerSeconds, 2), redisSeconds };
  return { ...planner, ...parts, cpuSeconds: planner.cpuSeconds + workerSeconds + redisSeconds, stdout: undefined };
}

await inFolder((folder) =>
  withRedis(folder, (redis) =>
    withServer(0, async (server) => {
      for (const calls of sizes.split(',').map(Number)) {
        const grid = { ...(await gridOf(folder, calls)), address: server.address, concurrency };
        const words = [...gridWords(grid), '--overwrite'];
        let isEveryCallOnce = true;
        const counted = async (figures) => {
          const made = await figures;
          if ((await server.taken()).calls !== calls) isEveryCallOnce = false;
          return made;
        };
        const found = await inTurns(
          pairs,
          () => counted(measureQueued(folder, words, redis)),
          () => counted(measure(folder, words)),
        );
        const cpu = mediansOf(found, 'cpuSeconds');
        const wall = mediansOf(found, 'wallSeconds');
        const memory = mediansOf(found, 'peakMegabytes');
        const parts = ['plannerSeconds', 'workerSeconds', 'redisSeconds'].map((name) => [
          name,
          round(median(found.map(([queued]) => queued[name])), 2),
        ]);
        const perCall = (seconds) => round((seconds / calls) * 1e6, 0);
        tell(
          {
            calls,
            workers,
            pairs,
            cpuTimes: round(cpu.ratio, 2),
            microsecondsPerCall: { queue: perCall(cpu.own), live: perCall(cpu.beside) },
            queue: { cpuSeconds: round(cpu.own, 2), ...Object.fromEntries(parts), wallSeconds: wall.own },
            live: { cpuSeconds: cpu.beside, wallSeconds: wall.beside },
            megabytes: { planner: memory.own, live: memory.beside },
          },
          { isEveryCallOnce },
        );
        await dropRun(folder, calls);
      }
    }),
  ),
);
