// Runs the program against gateways with limits, both announced and unannounced ones.
import { join } from 'node:path';
import { startGateway } from '../dist/modules/gateway/index.js';
import { readFlags } from './support/flags.mjs';
import { inFolder, round, run, tell, writeQuestions } from './support/program.mjs';
import { measureShared, SHARED_CASES } from './support/shared-limits.mjs';

const { trials, only, limit } = readFlags({
  trials: 1500,
  only: ['rpm', 'learned', 'in-flight', ...SHARED_CASES].join(','),
  /** Seconds after which a run is ended. */
  limit: 900,
});
const MAX_RPM = 600;

const CASES = {
  /** The limit is given with --rpm: no call may be refused. */
  rpm: {
    gateway: { maxRpm: MAX_RPM, latencyMs: 30 },
    flags: ['--rpm', String(MAX_RPM)],
    mostRefusedShare: 0,
  },
  /** The same limit, unannounced. */
  learned: { gateway: { maxRpm: MAX_RPM, latencyMs: 30 }, flags: [], mostRefusedShare: 0.05 },
  /** Eight at a time, unannounced, with a concurrency of 64. */
  'in-flight': {
    gateway: { maxInFlight: 8, latencyMs: 30, retryAfterS: 1 },
    flags: ['--concurrency', '64'],
    mostRefusedShare: 0.05,
  },
};

async function measure(folder, name) {
  const { gateway: options, flags } = CASES[name];
  const gateway = await startGateway(options);
  try {
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '-t', '0', '--max-tokens', '16', '--no-cache', '--quiet'];
    const beganMs = performance.now();
    const out = ['--out', name, '--base-url', gateway.url];
    const { status, stderr } = await run(folder, [...words, ...out, ...flags], limit * 1000);
    const minutes = (performance.now() - beganMs) / 60_000;
    if (status !== 0) process.stderr.write(stderr);
    const { calls, served, refused429, duplicates, maxInFlight, maxPerWindow } = gateway.stats();
    return {
      limit: options,
      flags: flags.join(' '),
      status,
      calls,
      served,
      refused: refused429,
      refusedShare: round(refused429 / calls, 4),
      duplicates,
      maxInFlight,
      maxPerWindow,
      servedPerMinute: Math.round(served / minutes),
      seconds: Math.round(minutes * 60),
    };
  } finally {
    await gateway.close();
  }
}

await inFolder(async (folder) => {
  await writeQuestions(join(folder, 'rows.csv'), trials);
  const figures = {};
  const checks = {};
  const names = only.split(',');
  for (const name of names.filter((each) => Object.hasOwn(CASES, each))) {
    const figure = await measure(folder, name);
    figures[name] = figure;
    checks[`${name}: ends with every trial paid once`] =
      figure.status === 0 && figure.served === trials && figure.duplicates === 0;
    checks[`${name}: few enough refused`] = figure.refusedShare <= CASES[name].mostRefusedShare;
  }
  // They leave the machine idle most of the time, so they run in parallel.
  const shared = names.filter((each) => SHARED_CASES.includes(each));
  const measured = await Promise.all(shared.map((name) => measureShared(folder, name)));
  for (const [index, name] of shared.entries()) {
    const { stderr, ...figure } = measured[index];
    figures[name] = figure;
    checks[`${name}: ends well`] = figure.statuses.every((status) => status === 0);
    checks[`${name}: no minute at the server holds more`] = figure.mostIn60s <= figure.rpm;
    if (stderr !== '') process.stderr.write(stderr);
  }
  tell({ trials, ...figures }, checks);
});
