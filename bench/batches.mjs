// Memory and time of runs in batches: 5,000 rows, one full batch, and several.
import { join } from 'node:path';
import { startBatchServer } from './support/batch-server.mjs';
import { readFlags } from './support/flags.mjs';
import { inFolder, Program, tell, writeQuestions } from './support/program.mjs';

const { rows: sizes } = readFlags({ rows: '5000,50000,100000' });

async function measure(rows) {
  return inFolder(async (folder) => {
    const server = await startBatchServer(folder);
    try {
      await writeQuestions(join(folder, 'rows.csv'), rows);
      const model = [
        '-m',
        'openai/gpt-test',
        '--provider',
        'openai',
        '--base-url',
        server.url,
        '--price',
        'gpt-test=2,8',
      ];
      const words = ['run', 'rows.csv', ...model, '--batch', '--no-cache', '--no-report', '--quiet', '--out', 'run'];
      const beganMs = performance.now();
      const variables = { OPENAI_API_KEY: 'batch-key' };
      const { status, stderr, usage } = await new Program(folder, words, { variables }).ended;
      if (status !== 0) process.stderr.write(stderr);
      return {
        rows,
        batches: server.batches.map(({ lines }) => lines),
        status,
        seconds: Math.round((performance.now() - beganMs) / 1000),
        peakMB: Math.round((usage.maxRSS * 1024) / 1e6),
      };
    } finally {
      server.close();
    }
  });
}

const measured = [];
for (const rows of sizes.split(',')) measured.push(await measure(Number(rows)));
const [least, ...others] = measured;
// Memory is that of one full batch, however many there are.
tell(
  { measured },
  {
    'all rows answered': measured.every(({ status, rows, batches }) => status === 0 && sum(batches) === rows),
    'flat memory': others.slice(1).every(({ peakMB }) => peakMB < 1.3 * (others[0] ?? least).peakMB),
  },
);

function sum(numbers) {
  return numbers.reduce((total, each) => total + each, 0);
}
