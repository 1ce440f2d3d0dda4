// Processor time and memory of comparing two large runs, from results.jsonl and from results.csv.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { csvFormat } from '../dist/modules/store/formats/csv.js';
import { readFlags } from './support/flags.mjs';
import { cpuSeconds, inFolder, round, run, seededRandom, tell } from './support/program.mjs';

const { trials, variants } = readFlags({ trials: 100_000, variants: 1 });
const MOST_SECONDS = 3;
const MOST_MEGABYTES = 300;
/** Most that CSV may take of the processor time of JSONL. */
const MOST_OF_JSONL = 1.5;

/** Results of about a kilobyte per line, of which seven in ten pass. */
async function writeResults(path, seed) {
  const random = seededRandom(seed);
  const file = createWriteStream(`${path}.jsonl`);
  let csv = null;
  for (let trial = 0; trial < trials; trial++) {
    const [row, variant] = [Math.floor(trial / variants), trial % variants];
    const score = random() < 0.7 ? 1 : 0;
    const line = {
      trial_id: `t${trial}`,
      row_id: `r${row}`,
      'row.id': `r${row}`,
      'row.prompt': `What is ${row}? ${'x'.repeat(250)}`,
      'row.expected': `${row}`,
      prompt: 'p',
      model: `model-${variant}`,
      temperature: 0,
      repeat: 1,
      status: 'completed',
      output: `${score}: ${'y'.repeat(180)} ${seed}`,
      finish_reason: 'stop',
      prompt_tokens: 90,
      completion_tokens: 40,
      total_tokens: 130,
      prompt_cost: '0.01',
      completion_cost: '0.02',
      total_cost: `0.03${trial % 9}`,
      currency: 'RUB',
      cost_source: 'provider',
      latency_ms: 100 + (trial % 40),
      attempts: 1,
      cached: false,
      'score.exact': score,
      passed: score === 1,
      error_code: null,
      error_message: null,
      response_id: 'x',
    };
    if (!file.write(`${JSON.stringify(line)}\n`)) await once(file, 'drain');
    csv ??= await csvFormat.write(`${path}.csv`, {
      columns: Object.keys(line),
      sparse: [],
      delimiter: ',',
      bom: false,
    });
    await csv.write(Object.values(line));
  }
  file.end();
  await once(file, 'finish');
  await csv?.commit();
}

async function compare(folder, format) {
  const words = ['compare', `base.${format}`, `candidate.${format}`, '--json'];
  const { status, stdout, usage } = await run(folder, words);
  const { verdict, pairs } = JSON.parse(stdout);
  const comparedAll = pairs.length === variants && pairs[0].n === trials / variants;
  const peakMegabytes = round(usage.maxRSS / 1024, 0);
  return { status, verdict, n: pairs[0].n, comparedAll, cpuSeconds: cpuSeconds(usage), peakMegabytes };
}

await inFolder(async (folder) => {
  await writeResults(join(folder, 'base'), 1);
  await writeResults(join(folder, 'candidate'), 2);
  const jsonl = await compare(folder, 'jsonl');
  const csv = await compare(folder, 'csv');
  tell(
    { trials, variants, jsonl, csv },
    {
      comparedAll: jsonl.comparedAll && csv.comparedAll && jsonl.verdict === csv.verdict,
      tookLittleTime: jsonl.cpuSeconds < MOST_SECONDS,
      csvTookLittleTime: csv.cpuSeconds < MOST_OF_JSONL * jsonl.cpuSeconds,
      tookLittleMemory: Math.max(jsonl.peakMegabytes, csv.peakMegabytes) < MOST_MEGABYTES,
    },
  );
});
