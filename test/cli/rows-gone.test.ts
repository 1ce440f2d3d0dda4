import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { parseObject, questions } from '../support/results.ts';

const ROWS = 12;

interface Scene {
  readonly words: readonly string[];
  readonly gateway: Gateway;
}

/** A finished run of 12 rows, whose dataset then has other rows. */
async function replaced(desk: Desk): Promise<Scene> {
  const gateway = await desk.gateway({ latencyMs: 40 });
  await desk.write('rows.csv', questions(ROWS));
  const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '--score', 'contains', '--concurrency', '1'];
  const all = [...words, '--no-cache', '--base-url', gateway.url];
  await desk.pass(all);
  await desk.write('rows.csv', questions(ROWS).replaceAll(/^r/gm, 'other').replaceAll('What', 'Now what'));
  return { words: all, gateway };
}

/** Ends the next session once it has three results: kills it, or cancels it at once. */
async function endAfterThree(desk: Desk, { words }: Scene, how: 'kill' | 'cancel'): Promise<EndedSession> {
  const before = countLines(desk);
  const cli = desk.start([...words, '--json']);
  await cli.until(() => countLines(desk) >= before + 3);
  if (how === 'kill') cli.signal('SIGKILL');
  else {
    cli.signal('SIGINT');
    await cli.until(() => cli.stderr.includes('once more'));
    cli.signal('SIGINT');
  }
  const { stdout } = await cli.ended;
  return { stored: countLines(desk) - before, stdout };
}

interface EndedSession {
  /** Results that it stored. */
  readonly stored: number;
  readonly stdout: string;
}

function countLines(desk: Desk): number {
  return readFileSync(desk.path('run/journal.jsonl'), 'utf8').split('\n').length - 1;
}

const READERS = [
  ['report', 'run'],
  ['report', 'run', '--format', 'jsonl'],
  ['score', 'run', '--score', 'exact'],
  ['show', 'run'],
  ['compare', 'run', 'run'],
  ['compare', 'run/results.jsonl', 'run', '--allow-partial'],
  ['baseline', 'save', 'run', 'base.jsonl'],
] as const;

describe.concurrent('results of rows that are gone', { timeout: 60_000 }, () => {
  it('do not finish a killed run for any command that reads its folder', async ({ desk }) => {
    const scene = await replaced(desk);
    const { stored } = await endAfterThree(desk, scene, 'kill');
    const before = [await desk.read('run/results.jsonl'), await desk.read('run/summary.json')];
    for (const command of READERS) {
      const { status, stderr } = await desk.run(command);
      expect([command, status]).toEqual([command, 2]);
      expect(stderr).toContain(`run: the run is not finished: ${stored} of ${ROWS} trials have a result (killed`);
      expect(stderr).toMatch(/^hint {2}resume it with the same run command/m);
    }
    expect([await desk.read('run/results.jsonl'), await desk.read('run/summary.json')]).toEqual(before);
    const view = parseObject((await desk.pass(['watch', 'run', '--json'])).stdout);
    expect(view).toMatchObject({ state: 'killed', trials: ROWS, done: stored, completed: stored });
    expect(view).toMatchObject({ variants: [{ completed: stored }] });
    // What the hints say.
    await desk.pass(scene.words);
    for (const command of READERS) await desk.pass([...command]);
    expect(scene.gateway.stats().served).toBeLessThanOrEqual(2 * ROWS + 1);
  });

  it('are not counted after a second Ctrl-C', async ({ desk }) => {
    const scene = await replaced(desk);
    const { stored, stdout } = await endAfterThree(desk, scene, 'cancel');
    expect(parseObject(stdout)).toMatchObject({ state: 'interrupted', trials: ROWS, kept: { results: stored } });
    const { status, stderr } = await desk.run(['report', 'run']);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`${stored} of ${ROWS} trials have a result (interr`)]);
    const view = parseObject((await desk.pass(['watch', 'run', '--json'])).stdout);
    expect(view).toMatchObject({ trials: ROWS, done: stored });
  });

  it('are not counted by watch after a run of fewer rows', async ({ desk }) => {
    const { words } = await replaced(desk);
    await desk.write('rows.csv', questions(ROWS));
    await desk.pass([...words, '--limit', '2']);
    const view = parseObject((await desk.pass(['watch', 'run', '--json'])).stdout);
    expect(view).toMatchObject({ state: 'completed', trials: 2, done: 2, completed: 2, variants: [{ completed: 2 }] });
    await desk.pass(words);
    expect(parseObject((await desk.pass(['watch', 'run', '--json'])).stdout)).toMatchObject({
      trials: ROWS,
      done: ROWS,
    });
  });
});

describe.concurrent('sessions that are killed with more rows', { timeout: 60_000 }, () => {
  it('make the result files too old to be read, however many of them there are', async ({ desk }) => {
    const scene = await replaced(desk);
    await desk.write('rows.csv', questions(2 * ROWS));
    let done = ROWS;
    for (const how of ['cancel', 'kill'] as const) {
      done += (await endAfterThree(desk, scene, how)).stored;
      for (const command of READERS.slice(0, 4)) {
        const { status, stderr } = await desk.run(command);
        expect([command, status]).toEqual([command, 2]);
        expect(stderr).toContain(`${done} of ${2 * ROWS} trials have a result (`);
      }
    }
    await desk.pass(scene.words);
    await desk.pass(['report', 'run']);
  });
});
