// Processor time and memory of a run with every answer in the response cache.
import { join } from 'node:path';
import { startGateway } from '../dist/modules/gateway/index.js';
import { readFlags } from './support/flags.mjs';
import { cpuSeconds, inFolder, readJsonLines, round, run, tell, writeQuestions } from './support/program.mjs';

const { rows, concurrency } = readFlags({ rows: 10_000, concurrency: '64' });
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'yandexgpt', 'deepseek-chat'];
const trials = rows * MODELS.length;

const words = (out, { url }) => [
  'run',
  'rows.csv',
  '-m',
  MODELS.join(','),
  '-t',
  '0',
  '--max-tokens',
  '32',
  '--quiet',
  '--json',
  '--concurrency',
  concurrency,
  '--out',
  out,
  '--base-url',
  url,
];

function figuresOf({ status, stdout, usage }) {
  const { completed, cached, cost } = JSON.parse(stdout);
  return {
    status,
    completed,
    cached,
    cost: cost.total,
    cpuSeconds: cpuSeconds(usage),
    peakMegabytes: round(usage.maxRSS / 1024, 0),
  };
}

await inFolder(async (folder) => {
  await writeQuestions(join(folder, 'rows.csv'), rows);
  const gateway = await startGateway({ balance: '100000000' });
  try {
    const paid = figuresOf(await run(folder, words('paid', gateway)));
    const { calls, served } = gateway.stats();
    const free = figuresOf(await run(folder, words('free', gateway)));
    const outputs = async (out) =>
      (await readJsonLines(join(folder, out, 'results.jsonl'))).map(({ output }) => output);
    const same = JSON.stringify(await outputs('paid')) === JSON.stringify(await outputs('free'));
    tell(
      { trials, paid, free, callsOfSecondRun: gateway.stats().calls - calls, sameOutputs: same },
      {
        firstPaidAll: paid.status === 0 && served === trials,
        secondPaidNothing: free.status === 0 && free.cached === trials && free.cost === '0',
        secondCalledNobody: gateway.stats().calls === calls,
        sameAnswers: same,
      },
    );
  } finally {
    await gateway.close();
  }
});
