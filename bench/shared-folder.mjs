// Starts two runs at a time in one folder that cannot see each other's processes, and counts duplicate payments.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGateway } from '../dist/modules/gateway/index.js';
import { readFlags } from './support/flags.mjs';
import { inFolder, readJsonLines, tell, writeQuestions } from './support/program.mjs';

const { starts, rows } = readFlags({ starts: 10, rows: 100 });
const PROGRAM = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const CONTAINER = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--uts'];
const NAMED = ['sh', '-c', 'hostname "$0" && exec "$@"'];

/** A run in a separate container with its own host name. @returns its exit status */
async function runAs(host, folder, { url }) {
  const grid = ['-m', 'gpt-4o', '--concurrency', '4', '--no-cache', '--quiet', '--base-url', url];
  const [command, ...words] = [...CONTAINER, ...NAMED, host, process.execPath, PROGRAM, 'run', 'rows.csv', ...grid];
  const child = spawn(command, [...words, '--out', 'run'], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', XDG_STATE_HOME: join(folder, '.state') },
    stdio: 'ignore',
  });
  const [status] = await once(child, 'exit');
  return status;
}

/** The run's answers, row by row. */
async function outputsOf(folder) {
  return (await readJsonLines(join(folder, 'run/results.jsonl'))).map(({ output }) => output);
}

/** The answers to all rows if nothing else is running. */
async function ownOutputs() {
  return inFolder(async (folder) => {
    await writeQuestions(join(folder, 'rows.csv'), rows);
    const gateway = await startGateway();
    await runAs('alone', folder, gateway);
    await gateway.close();
    return outputsOf(folder);
  });
}

async function start(own) {
  return inFolder(async (folder) => {
    await writeQuestions(join(folder, 'rows.csv'), rows);
    const gateway = await startGateway({ latencyMs: 100 });
    try {
      const statuses = await Promise.all(['host-a', 'host-b'].map((host) => runAs(host, folder, gateway)));
      const outputs = await outputsOf(folder);
      const { served, duplicates } = gateway.stats();
      const othersAnswers = outputs.filter((output, index) => output !== own[index]).length;
      return {
        statuses: statuses.sort((a, b) => a - b),
        results: outputs.length,
        served,
        paidTwice: duplicates,
        othersAnswers,
      };
    } finally {
      await gateway.close();
    }
  });
}

const own = await ownOutputs();
const seen = [];
for (let each = 0; each < starts; each++) seen.push(await start(own));
tell(
  { starts, rows, seen },
  {
    'one works and one is refused': seen.every(({ statuses }) => statuses.join() === '0,2'),
    'nothing is paid twice': seen.every(({ paidTwice, served }) => paidTwice === 0 && served === rows),
    'every row has its own answer': seen.every(({ results, othersAnswers }) => results === rows && othersAnswers === 0),
  },
);
