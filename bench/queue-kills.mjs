// Kills workers of a queue, two at a time, and compares the results with those of an undisturbed run without a queue;
// then looks at a limit of requests per minute and at a budget that several workers share. Needs redis-server.
// node bench/queue-kills.mjs [--rows 10000] [--kills 10] [--only kills,rate,budget]
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { startGateway } from '../dist/modules/gateway/index.js';
import { readFlags } from './support/flags.mjs';
import {
  comparable,
  inFolder,
  Program,
  readJsonLines,
  round,
  run,
  seededRandom,
  tell,
  twoModels,
  writeQuestions,
} from './support/program.mjs';
import { withRedis } from './support/redis.mjs';

const { rows, kills, concurrency, seed, lock, only } = readFlags({
  rows: 10_000,
  kills: 10,
  concurrency: 64,
  seed: 1,
  /** Seconds after which the calls of a dead worker are taken over. */
  lock: 3,
  only: 'kills,rate,budget',
});
const WORKERS = 3;
const KILLED_AT_ONCE = 2;
const RPM = 600;
const variables = { GPTUNNEL_API_KEY: 'key' };

class Workers {
  #folder;
  #url;
  #running = [];

  constructor(folder, url) {
    this.#folder = folder;
    this.#url = url;
  }

  start() {
    const words = ['worker', '--queue', this.#url, '--lock', String(lock), '--concurrency', '32', '--quiet'];
    this.#running.push(new Program(this.#folder, words, { variables }));
  }

  /** Kills some by chance, and starts as many. */
  async replace(count, random) {
    for (let victims = 0; victims < count; victims++) {
      const [victim] = this.#running.splice(Math.floor(random() * this.#running.length), 1);
      victim.kill();
      await victim.ended;
    }
    for (let started = 0; started < count; started++) this.start();
  }

  async end() {
    for (const worker of this.#running) worker.signal('SIGTERM');
    await Promise.all(this.#running.map((worker) => worker.ended));
  }
}

async function withWorkers(folder, work) {
  return withRedis(folder, async ({ url }) => {
    const workers = new Workers(folder, url);
    for (let started = 0; started < WORKERS; started++) workers.start();
    try {
      return await work(url, workers);
    } finally {
      await workers.end();
    }
  });
}

async function resultsOf(folder, out) {
  const csv = parse(await readFile(join(folder, out, 'results.csv'), 'utf8'), { columns: true });
  return { jsonl: await readJsonLines(join(folder, out, 'results.jsonl')), csv };
}

/** Equal but for times, ids and attempts. */
function areEqual(one, other) {
  return JSON.stringify(one.map(comparable)) === JSON.stringify(other.map(comparable));
}

async function killed(folder) {
  const trials = rows * 4;
  const random = seededRandom(seed);
  const gateway = await startGateway({ latencyMs: 5, latencyJitterMs: 20 });
  const words = (out) => ['run', ...twoModels('0,0.7', concurrency), '--out', out, '--base-url', gateway.url];
  try {
    const figures = await withWorkers(folder, async (url, workers) => {
      const program = new Program(folder, [...words('queued'), '--queue', url]);
      let hits = 0;
      for (let kill = 1; kill <= kills; kill++) {
        const moment = Math.floor(((kill - 1 + random()) / kills) * trials);
        await program.until(() => gateway.stats().served >= moment, 900_000);
        if (program.hasEnded) break;
        await workers.replace(KILLED_AT_ONCE, random);
        hits += 1;
      }
      const { status, stderr } = await program.ended;
      if (status !== 0) process.stderr.write(stderr);
      return { status, hits };
    });
    const { served, duplicates } = gateway.stats();
    const live = await run(folder, words('live'));
    const [queued, whole] = [await resultsOf(folder, 'queued'), await resultsOf(folder, 'live')];
    const ids = new Set(queued.jsonl.map((line) => line.trial_id));
    const { lostCalls } = JSON.parse(await readFile(join(folder, 'queued/summary.json'), 'utf8'));
    const most = figures.hits * KILLED_AT_ONCE * 32;
    return {
      figures: {
        trials,
        ...figures,
        workersKilled: figures.hits * KILLED_AT_ONCE,
        served,
        paidTwice: duplicates,
        mostInFlight: most,
        lostCalls,
        statusLive: live.status,
        results: queued.jsonl.length,
      },
      checks: {
        everyKillHit: figures.hits === kills,
        completed: figures.status === 0 && live.status === 0,
        nothingLost: queued.jsonl.length === trials && queued.jsonl.every(({ status }) => status === 'completed'),
        noTrialTwice: ids.size === trials,
        paidTwiceWithinFlight: duplicates === served - trials && duplicates <= most,
        sameResults: areEqual(queued.jsonl, whole.jsonl) && areEqual(queued.csv, whole.csv),
      },
    };
  } finally {
    await gateway.close();
  }
}

async function limited(folder) {
  const gateway = await startGateway({ maxRpm: RPM, latencyMs: 30 });
  const words = [
    'run',
    'rows.csv',
    '-m',
    'gpt-4o',
    '-t',
    '0',
    '--limit',
    '1500',
    '--no-cache',
    '--quiet',
    '--out',
    'rate',
  ];
  try {
    const { status } = await withWorkers(folder, (url) =>
      run(folder, [...words, '--base-url', gateway.url, '--rpm', String(RPM), '--queue', url]),
    );
    const { served, refused429, maxPerWindow } = gateway.stats();
    return {
      figures: { status, served, refused429, maxPerWindow },
      checks: { rateKept: maxPerWindow <= RPM && refused429 === 0 && status === 0 && served === 1500 },
    };
  } finally {
    await gateway.close();
  }
}

async function budgeted(folder) {
  const gateway = await startGateway({ latencyMs: 5, latencyJitterMs: 20 });
  const random = seededRandom(seed);
  const words = ['run', ...twoModels('0,0.7', concurrency), '--budget', '20', '--out', 'budget'];
  try {
    const { status } = await withWorkers(folder, async (url, workers) => {
      const program = new Program(folder, [...words, '--base-url', gateway.url, '--queue', url]);
      await program.until(() => gateway.stats().served >= 100);
      await workers.replace(KILLED_AT_ONCE, random);
      return program.ended;
    });
    // Calls that killed workers had begun may still be served.
    await delay(100);
    const { billed, served } = gateway.stats();
    return {
      figures: { status, budget: '20', billed, served, share: round(Number(billed) / 20, 3) },
      checks: { budgetKept: status === 4 && Number(billed) <= 20 },
    };
  } finally {
    await gateway.close();
  }
}

const PARTS = { kills: killed, rate: limited, budget: budgeted };

await inFolder(async (folder) => {
  await writeQuestions(join(folder, 'rows.csv'), rows);
  for (const part of only.split(',')) {
    const { figures, checks } = await PARTS[part](folder);
    tell({ part, ...figures }, checks);
  }
});
