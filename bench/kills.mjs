// Kills a run repeatedly (SIGKILL), resumes it with the same command, and counts the cost.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { startGateway } from '../dist/modules/gateway/index.js';
import { readFlags } from './support/flags.mjs';
import {
  comparable,
  inFolder,
  killAtCall,
  readJsonLines,
  run,
  seededRandom,
  tell,
  twoModels,
  writeQuestions,
} from './support/program.mjs';

const { kills, rows, concurrency, seed } = readFlags({ kills: 20, rows: 1000, concurrency: 64, seed: 1 });
/** Two models at two temperatures. */
const trials = rows * 4;

const GRID = twoModels('0,0.7', concurrency);
const words = (out, { url }) => ['run', ...GRID, '--out', out, '--base-url', url];

/** Counts of served calls at which the run is killed, in increasing order. */
function moments() {
  const random = seededRandom(seed);
  const found = new Set();
  while (found.size < kills) found.add(1 + Math.floor(random() * trials));
  return [...found].sort((a, b) => a - b);
}

/**
 * One session that ends by SIGKILL. @returns what it left in the journal, and what was paid for and is missing there
 */
async function killedSession(folder, gateway, moment) {
  const signal = await killAtCall(folder, words('run', gateway), gateway, moment);
  const lines = await readJsonLines(join(folder, 'run/journal.jsonl'));
  return { signal, lines, served: gateway.stats().served };
}

async function resultsOf(folder, out) {
  const csv = parse(await readFile(join(folder, out, 'results.csv'), 'utf8'), { columns: true });
  return { jsonl: await readJsonLines(join(folder, out, 'results.jsonl')), csv };
}

await inFolder(async (folder) => {
  await writeQuestions(join(folder, 'rows.csv'), rows);
  const gateway = await startGateway({ latencyMs: 5, latencyJitterMs: 20 });
  const calm = await startGateway();
  try {
    const paidTwice = [];
    const firstPaid = new Map();
    let ended = 0;
    let owedBefore = 0;
    for (const moment of moments()) {
      const { signal, lines, served } = await killedSession(folder, gateway, moment);
      if (signal !== 'SIGKILL') continue;
      ended += 1;
      const owed = served - lines.length;
      paidTwice.push(owed - owedBefore);
      owedBefore = owed;
      for (const line of lines) firstPaid.set(line.trial_id, line.response_id);
    }
    const last = await run(folder, words('run', gateway));
    const whole = await run(folder, words('whole', calm));
    const [resumed, uninterrupted] = [await resultsOf(folder, 'run'), await resultsOf(folder, 'whole')];
    const ids = new Map(resumed.jsonl.map((line) => [line.trial_id, line.response_id]));
    const { served, duplicates, maxInFlight } = gateway.stats();
    const figures = {
      trials,
      concurrency,
      seed,
      kills: ended,
      status: last.status,
      statusUninterrupted: whole.status,
      results: resumed.jsonl.length,
      served,
      paidTwice: served - trials,
      gatewayDuplicates: duplicates,
      paidTwicePerKill: paidTwice,
      mostPaidTwice: Math.max(...paidTwice),
      maxInFlight,
      lost: [...firstPaid].filter(([trial, answer]) => ids.get(trial) !== answer).length,
      duplicateTrials: resumed.jsonl.length - ids.size,
      equalJsonl: JSON.stringify(resumed.jsonl.map(comparable)) === JSON.stringify(uninterrupted.jsonl.map(comparable)),
      equalCsv: JSON.stringify(resumed.csv.map(comparable)) === JSON.stringify(uninterrupted.csv.map(comparable)),
    };
    tell(figures, {
      everyKillHit: figures.kills === kills,
      completed: last.status === 0 && whole.status === 0 && figures.results === trials,
      paidTwiceWithinConcurrency: figures.mostPaidTwice <= concurrency && duplicates === served - trials,
      nothingLost: figures.lost === 0,
      noTrialTwice: figures.duplicateTrials === 0,
      sameResults: figures.equalJsonl && figures.equalCsv,
    });
  } finally {
    await gateway.close();
    await calm.close();
  }
});
