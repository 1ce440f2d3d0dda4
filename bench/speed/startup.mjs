// Processor time of short commands beside a Node program that does nothing.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { line } from '../support/figures.mjs';
import { gridWords, writeItems } from '../support/grid.mjs';
import { inTurns, median } from '../support/measure.mjs';
import { PROGRAM } from '../support/program.mjs';

/** Starts a command some times in a shell, and prints the processor time of all: a probe in it would cost too much. */
const OFTEN = 'n=$1; shift; while [ "$n" -gt 0 ]; do "$@" >out.txt 2>&1 || exit; n=$((n-1)); done; times';
const STARTS = 10;
const GOALS = { 'one-row run': 0.25, '--version': 0.06 };

/** Seconds of processor time of one start. */
async function secondsOf(folder, words) {
  const env = { PATH: process.env.PATH ?? '', NO_COLOR: '1', XDG_STATE_HOME: join(folder, '.state') };
  const shell = ['-c', OFTEN, 'sh', String(STARTS), process.execPath, ...words];
  const { stdout } = await promisify(execFile)('sh', shell, { cwd: folder, env });
  const times = [
    ...stdout
      .trim()
      .split('\n')[1]
      .matchAll(/(\d+)m([\d.]+)s/g),
  ];
  return times.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0) / STARTS;
}

/** A run of one row, `--version` and `--help`. */
export async function startup({ folder, program = PROGRAM, concurrency, server, pairs: times }) {
  await writeFile(join(folder, 'empty.mjs'), '');
  await writeItems(join(folder, 'one.csv'), 1);
  const grid = { dataset: 'one.csv', out: 'run-one', address: server.address, concurrency };
  const commands = {
    'one-row run': [...gridWords(grid), '--overwrite'],
    '--version': ['--version'],
    '--help': ['--help'],
  };
  const found = {};
  for (const [name, words] of Object.entries(commands)) {
    const starts = (of) => () => secondsOf(folder, of);
    found[name] = await inTurns(times, starts([program, ...words]), starts(['empty.mjs']));
  }
  const { calls } = await server.taken();
  return {
    heads: { beside: 'empty node' },
    lines: Object.entries(found).map(([name, pairs]) => {
      const [own, beside] = [0, 1].map((side) => median(pairs.map((pair) => pair[side])));
      const above = median(pairs.map(([one, empty]) => one - empty));
      const goal = GOALS[name] === undefined ? null : { most: GOALS[name] };
      return line(`${name}: processor time above an empty node`, { own, beside, unit: 's' }, [above, 's'], goal);
    }),
    details: found,
    checks: { everyCallOnce: calls === times * STARTS * 4 },
  };
}
