// A budget behind proxies that time out on a slow upstream, which bills everything it reads: who paid what.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printTable } from './support/draws.mjs';
import { readFlags } from './support/flags.mjs';
import { inFolder, round, run, writeQuestions } from './support/program.mjs';
import { PRICED_RUN, PROXIES, programOf, startProxy, startUpstream, timeoutWords } from './support/proxies.mjs';

const { rows, budget, concurrency, dist } = readFlags({
  rows: 200,
  budget: '0.15',
  concurrency: '16',
  dist: fileURLToPath(new URL('../dist', import.meta.url)),
});
const GRID = [...PRICED_RUN, '--concurrency', concurrency, '--max-attempts', '4', '--budget', budget];
const words = (url) => [...GRID, '--base-url', url, '--overwrite', '--json', '--quiet'];

/** A run is ended after this time. */
const LIMIT_MS = 300_000;

const dollars = (picounits) => (Number(picounits) / 1e12).toFixed(4);

/** A table row; `isKept`: no more was billed than allowed. */
async function measure(folder, proxy) {
  const upstream = await startUpstream();
  const running = await startProxy(proxy, join(folder, proxy.name.replaceAll(/\W+/g, '-')), upstream);
  try {
    const program = join(dist, 'cli', 'main.js');
    const ended = await run(folder, [...words(running.url), ...timeoutWords(proxy)], LIMIT_MS, program);
    const { cost, completed, lostCalls = null, lostCostsAtMost = [] } = JSON.parse(ended.stdout);
    const { calls, billed } = upstream.stats();
    const most = Number(budget) * (1 + proxy.repeats);
    const line = [
      proxy.name,
      budget,
      String(round(most, 4)),
      dollars(billed),
      Number(cost.total ?? 0).toFixed(4),
      Number(lostCostsAtMost[0]?.total ?? 0).toFixed(4),
      lostCalls ?? '–',
      completed,
      calls,
      ended.status,
    ];
    return { line, isKept: Number(billed) <= most * 1e12 };
  } finally {
    await running.close();
    await upstream.close();
  }
}

await inFolder(async (folder) => {
  await writeQuestions(join(folder, 'rows.csv'), rows);
  const lines = [];
  for (const proxy of PROXIES) {
    if (proxy.program !== null && programOf(proxy) === null) {
      process.stderr.write(`${proxy.name}: there is no ${proxy.program} on this machine\n`);
      continue;
    }
    const { line, isKept } = await measure(folder, proxy);
    lines.push([...line, isKept ? 'yes' : 'NO']);
    if (!isKept) process.exitCode = 1;
  }
  const head = [
    'behind',
    'budget',
    'may be billed',
    'billed',
    'known paid',
    'lost, at most',
    'lost calls',
    'completed',
    'requests',
    'exit',
    'kept',
  ];
  printTable('Dollars; billed and requests by the upstream', head, lines);
});
