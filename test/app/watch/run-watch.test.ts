import { describe, expect } from 'vitest';
import { RunWatch } from '../../../src/app/watch/run-watch.ts';
import type { Desk } from '../../support/cli.ts';
import { it } from '../../support/in-process.ts';
import { questions } from '../../support/results.ts';

const GRID = ['rows.csv', '-m', 'gpt-4o', '--score', 'exact', '--simulate', '--out', 'run'];

async function watchOf(desk: Desk): Promise<RunWatch> {
  const watch = await RunWatch.open(desk.path('run'), () => performance.now());
  if (watch === null) throw new Error('there is no run');
  return watch;
}

describe('a watched run folder', { timeout: 60_000 }, () => {
  it('is looked at anew if another run replaces its run', async ({ desk }) => {
    await desk.write('rows.csv', questions(8));
    await desk.pass(['run', ...GRID]);
    const watch = await watchOf(desk);
    expect(await watch.look()).toMatchObject({ ended: true, trials: 8, done: 8, completed: 8 });
    for (const rows of [3, 7]) {
      await desk.pass(['run', ...GRID, '--limit', String(rows), '--overwrite', '--repeat', '2']);
      const view = await watch.look();
      expect(view).toMatchObject({ ended: true, trials: 2 * rows, done: 2 * rows, completed: 2 * rows });
    }
    await watch.close();
  });

  it('goes on where it was if the run is resumed with more rows', async ({ desk }) => {
    await desk.write('rows.csv', questions(8));
    await desk.pass(['run', ...GRID, '--limit', '3']);
    const watch = await watchOf(desk);
    expect(await watch.look()).toMatchObject({ trials: 3, done: 3 });
    await desk.pass(['run', ...GRID]);
    const view = await watch.look();
    expect(view).toMatchObject({ trials: 8, done: 8 });
    expect(await watch.look()).toEqual(view);
    await watch.close();
  });

  it('has no run before its run begins', async ({ desk }) => {
    expect(await RunWatch.open(desk.path('nothing'), () => 0)).toBeNull();
  });
});
