// A run against a gateway that fails in every supported way; counts completed trials, payments, and fault text in
// results.
import { join } from 'node:path';
import { startGateway } from '../dist/modules/gateway/index.js';
import { readFlags } from './support/flags.mjs';
import {
  comparable,
  cpuSeconds,
  inFolder,
  readJsonLines,
  run,
  tell,
  twoModels,
  writeQuestions,
} from './support/program.mjs';

const flags = readFlags({ rows: 1000, concurrency: '64', timeout: '5', 'max-attempts': '12', seed: 1 });
const { rows, seed } = flags;
/** Two models at two temperatures. */
const trials = rows * 4;

const FAULTS = {
  rate429: 0.1,
  rate5xx: 0.05,
  rateReset: 0.02,
  rateHang: 0.01,
  rateTruncated: 0.01,
  rateHtml: 0.01,
  rateCode6: 0.01,
};
/** Text that only a fault contains: a page, an error's words, the head of a truncated body. */
const FAULT_TEXT = /doctype|<html|injected fault|temporarily unavailable|"choices"|chatcmpl/i;

const GRID = twoModels('0,0.7', flags.concurrency);
const words = (out, { url }, more = []) => ['run', ...GRID, '--out', out, '--base-url', url, ...more];

await inFolder(async (folder) => {
  await writeQuestions(join(folder, 'rows.csv'), rows);
  const gateway = await startGateway({ latencyMs: 5, faults: FAULTS, retryAfterS: 1, seed });
  const calm = await startGateway();
  try {
    const beganMs = performance.now();
    const patience = ['--timeout', flags.timeout, '--max-attempts', flags['max-attempts']];
    const ended = await run(folder, words('run', gateway, patience), 1_500_000);
    const seconds = Math.round((performance.now() - beganMs) / 1000);
    await run(folder, words('calm', calm));
    const results = await readJsonLines(join(folder, 'run/results.jsonl'));
    const expected = await readJsonLines(join(folder, 'calm/results.jsonl'));
    const completed = results.filter(({ status }) => status === 'completed');
    const { calls, served, duplicates, abandoned, faults } = gateway.stats();
    const figures = {
      trials,
      seed,
      maxAttempts: Number(flags['max-attempts']),
      status: ended.status,
      seconds,
      completed: completed.length,
      errored: results.length - completed.length,
      calls,
      served,
      duplicates,
      abandoned,
      faults,
      mostAttempts: Math.max(...results.map(({ attempts }) => attempts)),
      attempts: results.reduce((sum, result) => sum + result.attempts, 0),
      faultTexts: results.filter(({ output }) => FAULT_TEXT.test(output ?? '')).length,
      sameAsWithoutFaults: JSON.stringify(results.map(comparable)) === JSON.stringify(expected.map(comparable)),
      cpuSeconds: ended.usage === null ? null : cpuSeconds(ended.usage),
    };
    tell(figures, {
      allCompleted: ended.status === 0 && figures.completed === trials,
      nonePaidTwice: duplicates === 0 && served === trials,
      everyFaultPlayed: Object.values(faults).every((count) => count > 0),
      callsAddUp: figures.attempts === calls,
      noFaultText: figures.faultTexts === 0 && figures.sameAsWithoutFaults,
    });
    if (ended.status !== 0) process.stderr.write(ended.stderr);
  } finally {
    await gateway.close();
    await calm.close();
  }
});
