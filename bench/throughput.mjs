// A run compared with the minimum for the same calls (support/floor.mjs), in turns: processor time and memory.
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readFlags } from './support/flags.mjs';
import { cpuSeconds, inFolder, round, run, tell, writeQuestions } from './support/program.mjs';

const flags = readFlags({ rows: 10_000, concurrency: '64', pairs: 3 });
const { concurrency } = flags;
const GOALS = { timesFloor: 3, megabytes: 200 };
const support = (name) => fileURLToPath(new URL(`support/${name}`, import.meta.url));

const words = (out, address) => [
  'run',
  'rows.csv',
  '-m',
  'plain-a,plain-b',
  '-t',
  '0,0.7',
  '--max-tokens',
  '128',
  '--no-cache',
  '--quiet',
  '--concurrency',
  concurrency,
  '--out',
  out,
  '--base-url',
  address,
];

async function measure(folder, address, pair) {
  const { status, usage } = await run(folder, words(`run-${pair}`, address));
  const floor = [support('floor.mjs'), 'rows.csv', address, 'floor.jsonl', concurrency];
  const { stdout } = await promisify(execFile)(process.execPath, floor, { cwd: folder });
  const [own, least] = [cpuSeconds(usage), cpuSeconds(JSON.parse(stdout))];
  const peakMegabytes = round((usage.maxRSS * 1024) / 1e6, 0);
  return { status, cpuSeconds: own, floorCpuSeconds: least, timesFloor: round(own / least, 2), peakMegabytes };
}

await inFolder(async (folder) => {
  await writeQuestions(join(folder, 'rows.csv'), flags.rows);
  const server = fork(support('plain-server.mjs'));
  const [address] = await once(server, 'message');
  try {
    const pairs = [];
    for (let pair = 1; pair <= flags.pairs; pair++) pairs.push(await measure(folder, address, pair));
    const sum = (name) => pairs.reduce((total, pair) => total + pair[name], 0);
    const timesFloor = round(sum('cpuSeconds') / sum('floorCpuSeconds'), 2);
    const peakMegabytes = Math.max(...pairs.map((pair) => pair.peakMegabytes));
    tell(
      { calls: flags.rows * 4, concurrency: Number(concurrency), pairs, timesFloor, peakMegabytes },
      {
        everyRunCompleted: pairs.every(({ status }) => status === 0),
        fewTimesTheFloor: timesFloor <= GOALS.timesFloor,
        littleMemory: peakMegabytes <= GOALS.megabytes,
      },
    );
  } finally {
    server.disconnect();
  }
});
