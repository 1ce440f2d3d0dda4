// Speed and memory beside a bare loop: the figures of RESULTS.md. `--only startup,score` for some of them; `--write`
// puts them into RESULTS.md.
import { resolve } from 'node:path';
import { cached } from './speed/cached.mjs';
import { compare } from './speed/compare.mjs';
import { resumed, score } from './speed/finished.mjs';
import { latency } from './speed/latency.mjs';
import { module } from './speed/module.mjs';
import { startup } from './speed/startup.mjs';
import { throughput } from './speed/throughput.mjs';
import { cells } from './support/figures.mjs';
import { readFlags } from './support/flags.mjs';
import { loadAverage, machine, versions } from './support/machine.mjs';
import { inFolder, tell } from './support/program.mjs';
import { writeSections } from './support/results-page.mjs';
import { withServer } from './support/server.mjs';
import { tableText } from './support/table.mjs';

const SECTIONS = { startup, throughput, latency, module, cached, resumed, score, compare };

const flags = readFlags({
  only: undefined,
  pairs: 5,
  'large-pairs': 2,
  calls: '4000,40000,400000',
  'latency-calls': '12800,40000',
  'latency-pairs': 3,
  concurrency: 64,
  million: false,
  program: undefined,
  write: false,
});
const wanted = flags.only?.split(',') ?? Object.keys(SECTIONS);
const unknown = wanted.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  console.error(`--only: unknown ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`);
  process.exit(2);
}

const numbersOf = (list) => list.split(',').map(Number);

const where = { ...machine(), packages: versions(['undici', 'csv-parse']) };

await inFolder(async (folder) => {
  await withServer(0, async (server) => {
    const setting = {
      folder,
      server,
      program: flags.program === undefined ? undefined : resolve(flags.program),
      pairs: flags.pairs,
      largePairs: flags['large-pairs'],
      calls: [...numbersOf(flags.calls), ...(flags.million ? [1_000_000] : [])],
      latencyCalls: numbersOf(flags['latency-calls']),
      latencyPairs: flags['latency-pairs'],
      concurrency: flags.concurrency,
      million: flags.million,
    };
    const sections = {};
    for (const name of wanted) {
      const before = loadAverage();
      const section = await SECTIONS[name](setting);
      sections[name] = { ...section, loadAverage: [before, loadAverage()] };
      process.stderr.write(`\n${name}\n${tableText(cells(section))}\n`);
    }
    if (flags.write) await writeSections(where, sections);
    report(sections);
  });
});

/** Missed goals are named, and do not fail the bench: what it cannot measure does. */
function report(sections) {
  const all = Object.entries(sections);
  const missed = all.flatMap(([, { lines }]) => lines.filter(({ isMet }) => isMet === false).map(({ what }) => what));
  const checks = all.flatMap(([name, section]) =>
    Object.entries(section.checks).map(([check, holds]) => [`${name}: ${check}`, holds]),
  );
  if (missed.length > 0) process.stderr.write(`\ngoals missed:\n  ${missed.join('\n  ')}\n`);
  tell({ machine: where, sections, missed }, Object.fromEntries(checks));
}
