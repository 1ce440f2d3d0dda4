// Two sets of results compared, read from CSV and from JSONL in turn.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { line } from '../support/figures.mjs';
import { inTurns, measure, mediansOf } from '../support/measure.mjs';
import { seededRandom } from '../support/program.mjs';

const TRIALS = 200_000;
const BATCH = 1000;
const GOAL = { most: 1.5 };

/** Results of about a kilobyte each, of which seven in ten pass. */
function* results(seed) {
  const random = seededRandom(seed);
  for (let trial = 0; trial < TRIALS; trial++) {
    const score = random() < 0.7 ? 1 : 0;
    yield {
      trial_id: `t${trial}`,
      row_id: `r${trial}`,
      'row.id': `r${trial}`,
      'row.prompt': `What is ${trial}? ${'x'.repeat(250)}`,
      'row.expected': `${trial}`,
      prompt: 'p',
      model: 'plain-a',
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
      'score.contains': score,
      passed: score === 1,
      error_code: null,
      error_message: null,
      response_id: 'x',
    };
  }
}

const csvText = (lines) => stringify(lines, { cast: { boolean: String } });
const FORMATS = {
  csv: { head: (one) => csvText([Object.keys(one)]), text: (batch) => csvText(batch.map(Object.values)) },
  jsonl: { head: () => '', text: (batch) => `${batch.map((one) => JSON.stringify(one)).join('\n')}\n` },
};

async function write(file, text) {
  if (!file.write(text)) await once(file, 'drain');
}

async function writeResults(folder, name, seed) {
  const files = Object.entries(FORMATS).map(([format, { head, text }]) => {
    return { head, text, file: createWriteStream(join(folder, `${name}.${format}`)) };
  });
  let batch = [];
  let isFirst = true;
  for (const result of results(seed)) {
    batch.push(result);
    if (batch.length < BATCH) continue;
    for (const { head, text, file } of files) await write(file, (isFirst ? head(result) : '') + text(batch));
    [batch, isFirst] = [[], false];
  }
  await Promise.all(files.map(({ file }) => once(file.end(), 'finish')));
}

/** 200,000 results compared with 200,000. */
export async function compare({ folder, program, pairs: times }) {
  await writeResults(folder, 'base', 1);
  await writeResults(folder, 'candidate', 2);
  const of = async (format) => {
    const words = ['compare', `base.${format}`, `candidate.${format}`, '--json'];
    const { stdout, ...figures } = await measure(folder, words, { program });
    const { verdict, pairs } = JSON.parse(stdout);
    return { ...figures, verdict, n: pairs[0].n };
  };
  const pairs = await inTurns(
    times,
    () => of('csv'),
    () => of('jsonl'),
  );
  const [cpu, wall, memory] = ['cpuSeconds', 'wallSeconds', 'peakMegabytes'].map((name) => mediansOf(pairs, name));
  return {
    heads: { beside: 'from JSONL' },
    lines: [
      line('200,000 × 2 results from CSV: processor time', { ...cpu, unit: 's' }, [cpu.ratio, '×'], GOAL),
      line('200,000 × 2 results from CSV: wall time', { ...wall, unit: 's' }, [wall.ratio, '×']),
      line('200,000 × 2 results from CSV: memory', { ...memory, unit: 'MB' }, [memory.ratio, '×']),
    ],
    details: pairs,
    checks: {
      comparedAll: pairs.flat().every(({ n }) => n === TRIALS),
      sameVerdict: new Set(pairs.flat().map(({ verdict }) => verdict)).size === 1,
    },
  };
}
