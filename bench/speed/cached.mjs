// A run with every answer in the response cache, beside the one that paid for them.
import { join } from 'node:path';
import { line } from '../support/figures.mjs';
import { gridOf, gridWords } from '../support/grid.mjs';
import { measure, median } from '../support/measure.mjs';
import { readJsonLines } from '../support/program.mjs';

const CALLS = 40_000;
const GOAL = { most: 1.5 };

/** 40,000 trials, all cached. */
export async function cached(setting) {
  const { folder, program, concurrency, server } = setting;
  const { dataset } = await gridOf(folder, CALLS);
  const once = async (out) => {
    const grid = { dataset, out, address: server.address, concurrency };
    const words = [...gridWords(grid, ['--cache', 'cache', '--cache-all']), '--overwrite', '--json'];
    const { stdout, ...figures } = await measure(folder, words, { program });
    const { completed, cached: free, cost } = JSON.parse(stdout);
    return { ...figures, completed, cached: free, cost: cost.total, served: (await server.taken()).calls };
  };
  // Of the parts before.
  await server.taken();
  const paid = await once('run-paid');
  const again = [];
  for (let run = 0; run < setting.pairs; run++) again.push(await once('run-cached'));
  const [cpu, wall, memory] = ['cpuSeconds', 'wallSeconds', 'peakMegabytes'].map((name) => ({
    own: median(again.map((one) => one[name])),
    beside: paid[name],
  }));
  const outputs = async (out) => (await readJsonLines(join(folder, out, 'results.jsonl'))).map((one) => one.output);
  const same = JSON.stringify(await outputs('run-paid')) === JSON.stringify(await outputs('run-cached'));
  return {
    heads: { beside: 'first run' },
    lines: [
      line('40,000 cached trials: processor time', { ...cpu, unit: 's' }, [cpu.own, 's'], GOAL),
      line('40,000 cached trials: wall time', { ...wall, unit: 's' }),
      line('40,000 cached trials: memory', { ...memory, unit: 'MB' }),
    ],
    details: { paid, again },
    checks: {
      firstPaidAll: paid.completed === CALLS && paid.served === CALLS,
      othersPaidNothing: again.every((one) => one.cached === CALLS && one.cost === '0'),
      othersCalledNobody: again.every((one) => one.served === 0),
      sameAnswers: same,
    },
  };
}
