// An endpoint goes down in the middle of a run: how the run ends, and how it resumes.
import { join } from 'node:path';
import { startGateway } from '../dist/modules/gateway/index.js';
import { readFlags } from './support/flags.mjs';
import { inFolder, Program, readJsonLines, run, tell, writeQuestions } from './support/program.mjs';

const { rows: trials, concurrency } = readFlags({ rows: 500, concurrency: 32 });

const words = ({ url }) => [
  'run',
  'rows.csv',
  '-m',
  'gpt-4o',
  '--max-tokens',
  '16',
  '--no-cache',
  '--out',
  'run',
  '--concurrency',
  String(concurrency),
  '--base-url',
  url,
];

await inFolder(async (folder) => {
  await writeQuestions(join(folder, 'rows.csv'), trials);
  const gateway = await startGateway({ latencyMs: 10 });
  const program = new Program(folder, words(gateway));
  await program.until(() => gateway.stats().served >= trials / 5);
  await gateway.close();
  const beganMs = performance.now();
  const timer = setTimeout(() => program.kill(), 180_000);
  const { status, stderr } = await program.ended;
  clearTimeout(timer);
  const secondsUntilEnd = Math.round((performance.now() - beganMs) / 1000);
  const { served } = gateway.stats();
  const kept = await readJsonLines(join(folder, 'run/results.jsonl'));
  const again = await startGateway({ port: Number(new URL(gateway.url).port) });
  try {
    const resumed = await run(folder, words(gateway));
    const results = await readJsonLines(join(folder, 'run/results.jsonl'));
    const figures = {
      trials,
      concurrency,
      status,
      secondsUntilEnd,
      said: stderr.trimEnd().split('\n').slice(-2),
      servedBefore: served,
      kept: kept.length,
      erroredBefore: kept.filter((result) => result.status === 'errored').length,
      resumedStatus: resumed.status,
      servedAfter: again.stats().served,
      results: results.length,
      completed: results.filter((result) => result.status === 'completed').length,
    };
    tell(figures, {
      stopped: status === 4 && /resume with: npx promptgrid run /.test(stderr),
      nothingErrored: figures.erroredBefore === 0,
      resumed: resumed.status === 0 && figures.completed === trials,
      paidTwiceWithinConcurrency: served + figures.servedAfter - trials <= concurrency,
    });
  } finally {
    await again.close();
  }
});
