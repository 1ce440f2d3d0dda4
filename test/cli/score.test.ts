import { rm } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { objectOf } from '../../src/core/json.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults, objectAt, parseObject, questions } from '../support/results.ts';

const ROWS = 'id,prompt,expected\na,Say hello,hello\nb,Say bye,Simulated\nc,Say,\n';
const SCORERS = ['--score', 'contains', '--score', 'word-count:1-200'];

/** A run without scorers and, in another folder, one with them. */
async function twoRuns(desk: Desk, more: readonly string[] = []): Promise<readonly string[]> {
  const gateway = await desk.gateway();
  await desk.write('rows.csv', ROWS);
  const grid = ['rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '-t', '0', '--base-url', gateway.url, ...more];
  await desk.pass(['run', ...grid, '--out', 'plain']);
  // The cache gives it the same answers.
  await desk.pass(['run', ...grid, '--out', 'scored', ...SCORERS]);
  await gateway.close();
  return grid;
}

describe.concurrent('promptgrid score', () => {
  it('gives a run the scores that it would have had, without calls', async ({ desk }) => {
    await twoRuns(desk);
    const { stdout } = await desk.pass(['score', 'plain', ...SCORERS, '--json']);
    const scores = async (run: string): Promise<readonly (readonly unknown[])[]> =>
      (await csvResults(desk, run)).map((row) => [
        row['trial_id'],
        row['score.contains'],
        row['score.word-count'],
        row['passed'],
      ]);
    expect(await scores('plain')).toEqual(await scores('scored'));
    const scored = parseObject(await desk.read('scored/summary.json'));
    const plain = parseObject(await desk.read('plain/summary.json'));
    const figures = (summary: typeof scored): unknown =>
      Array.isArray(summary['variants'])
        ? summary['variants'].map((variant: { scores: unknown }) => variant.scores)
        : null;
    expect(figures(plain)).toEqual(figures(scored));
    expect(plain).toMatchObject({ state: 'completed', trials: 6 });
    expect(parseObject(stdout)).toMatchObject({ run: 'plain', trials: 6 });
    expect(objectAt(parseObject(await desk.read('plain/run.json')), 'settings')).toMatchObject({
      scorers: ['contains', 'word-count:1-200'],
    });
  });

  it('says of a run of the embedded gateway that it is simulated, also where no trial was answered', async ({
    desk,
  }) => {
    await desk.write('rows.csv', ROWS);
    await desk.run(['run', 'rows.csv', '-m', 'nosuch', '--no-model-check', '--simulate', '--out', 'run']);
    const { stdout } = await desk.pass(['score', 'run', '--score', 'contains', '--json']);
    for (const text of [stdout, await desk.read('run/run.json'), await desk.read('run/summary.json')]) {
      expect(parseObject(text)).toMatchObject({ simulated: true });
    }
  });

  it('replaces existing scores, and keeps delimiter, mark and kinds of files', async ({ desk }) => {
    await twoRuns(desk, ['--delimiter', ';', '--bom']);
    await desk.pass(['score', 'scored', '--score', 'exact']);
    const [header] = (await desk.read('scored/results.csv')).split('\n');
    expect(header).toMatch(/^\uFEFFtrial_id;row_id;row\.id;row\.prompt;row\.expected;.*;score\.exact;passed;/);
    expect(header).not.toContain('score.contains');
  });

  it('checks the gates of the run by the new scores, and says which it cannot check', async ({ desk }) => {
    await desk.write('rows.csv', ROWS);
    const gates = ['--min', 'word-count=0.1', '--max-errored', '0.5', '--max-cost-per-1k', '100000'];
    const repeats = ['--repeat', '2', '--min-repeats', 'word-count=1/2'];
    const run = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--out', 'run', ...gates, ...repeats];
    await desk.pass([...run, '--score', 'word-count:1-200']);
    const gatesNow = async (): Promise<unknown> => parseObject(await desk.read('run/summary.json'))['gates'];
    const before = await gatesNow();
    expect(before).toMatchObject([
      { name: 'min word-count=0.1', passed: true },
      { name: 'min-repeats word-count=1/2', passed: true },
      { name: 'max-errored 50%', passed: true },
      { name: 'max-cost-per-1k 100000', passed: true },
    ]);
    await desk.pass(['score', 'run', '--score', 'word-count:1-200']);
    expect(await gatesNow()).toEqual(before);
    const worse = await desk.pass(['score', 'run', '--score', 'word-count:500-600']);
    expect(worse.stdout).toMatch(/^gate min word-count=0\.1: failed: /m);
    expect(await gatesNow()).toMatchObject([{ passed: false }, { passed: false }, { passed: true }, { passed: true }]);
    expect((await desk.pass(['report', 'run', '--format', 'html'])).stdout).not.toBe('');
    const other = await desk.pass(['score', 'run', '--score', 'exact']);
    expect(await gatesNow()).toMatchObject([{ name: 'max-errored 50%' }, { name: 'max-cost-per-1k 100000' }]);
    expect(other.stderr).toContain('the gate min word-count=0.1 was of the scores before, and is not checked any more');
    expect(other.stderr).toContain('the gate min-repeats word-count=1/2 was of the scores before');
  });

  it('writes the same files from a journal in any order, with lines that later ones replaced', async ({ desk }) => {
    await twoRuns(desk);
    const files = async (): Promise<readonly unknown[]> => {
      const { total, ...summary } = parseObject(await desk.read('plain/summary.json'));
      // Replaced results were paid too.
      const { calls: _, wastedCalls, wastedCosts, ...others } = objectOf(total);
      wasted.push([wastedCalls, wastedCosts]);
      return [await desk.read('plain/results.csv'), await desk.read('plain/results.jsonl'), { ...summary, others }];
    };
    const wasted: unknown[] = [];
    await desk.pass(['score', 'plain', ...SCORERS]);
    const inOrder = await files();
    const lines = (await desk.read('plain/journal.jsonl')).trimEnd().split('\n');
    const [first = ''] = lines;
    for (const journal of [lines.toReversed(), [first, ...lines], [...lines, first], ['', ...lines]]) {
      await desk.write('plain/journal.jsonl', `${journal.join('\n')}\n`);
      await desk.pass(['score', 'plain', ...SCORERS]);
      expect(await files()).toEqual(inOrder);
    }
    const cost = objectOf(parseObject((await desk.read('plain/journal.jsonl')).trimStart().split('\n')[0] ?? ''));
    const paid = [1, [{ total: cost['total_cost'], currency: 'RUB' }]];
    expect(wasted).toEqual([[0, []], [0, []], paid, paid, [0, []]]);
  });

  it('does not prevent resuming the run', async ({ desk }) => {
    const grid = await twoRuns(desk);
    await desk.pass(['score', 'plain', '--score', 'exact']);
    const gateway = await desk.gateway();
    const words = grid.map((word) => (word.startsWith('http') ? gateway.url : word));
    await desk.pass(['run', ...words, '--out', 'plain', '--score', 'contains']);
    expect(gateway.stats().calls).toBe(0);
  });

  it.for([
    ['a folder without a run', 'nowhere', ['--score', 'exact'], /nowhere: holds no run/],
    ['no scorer', 'plain', [], /no scorer/],
    ['an unknown scorer', 'plain', ['--score', 'exakt'], /unknown scorer "exakt"/],
    ['a column that the rows lack', 'plain', ['--score', 'exact', '--expected', 'label'], /"label"/],
  ] as const)('refuses %s', async ([, run, flags, message], { desk }) => {
    await twoRuns(desk);
    const before = await desk.files('plain');
    const { status, stderr } = await desk.run(['score', run, ...flags]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(await desk.files('plain')).toEqual(before);
  });

  it('refuses a run without results.jsonl, and says how to get it', async ({ desk }) => {
    await twoRuns(desk);
    await rm(desk.path('plain/results.jsonl'));
    const { status, stderr } = await desk.run(['score', 'plain', '--score', 'exact']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--format csv,jsonl')]);
  });

  it('refuses a run without its journal, and names what is missing', async ({ desk }) => {
    await twoRuns(desk);
    await rm(desk.path('plain/journal.jsonl'));
    const before = await desk.files('plain');
    const { status, stderr } = await desk.run(['score', 'plain', '--score', 'exact']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('but journal.jsonl is missing')]);
    expect(await desk.files('plain')).toEqual(before);
  });

  it('keeps parts of run.json and its settings that this version does not know', async ({ desk }) => {
    await twoRuns(desk);
    const run = parseObject(await desk.read('plain/run.json'));
    const settings = { ...objectAt(run, 'settings'), ofTomorrow: 1 };
    await desk.write('plain/run.json', JSON.stringify({ ...run, settings, ofTomorrow: [2] }));
    await desk.pass(['score', 'plain', '--score', 'exact']);
    const scored = parseObject(await desk.read('plain/run.json'));
    expect(scored['ofTomorrow']).toEqual([2]);
    expect(objectAt(scored, 'settings')).toMatchObject({ ofTomorrow: 1, scorers: [expect.anything()] });
    expect({ ...scored, settings, updatedAt: run['updatedAt'], results: run['results'] }).toEqual({
      ...run,
      settings,
      ofTomorrow: [2],
      // The files have other scores than the run's own settings give.
      derivation: null,
    });
    expect(run['derivation']).not.toBeNull();
  });

  it('names the line that is not a result of the run, and leaves the files unchanged', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'plain', '--base-url', gateway.url]);
    const lines = (await desk.read('plain/results.jsonl')).split('\n');
    lines[1] = '{"trial_id":"x"}';
    await desk.write('plain/results.jsonl', lines.join('\n'));
    const before = await desk.files('plain');
    const { status, stderr } = await desk.run(['score', 'plain', '--score', 'contains:Simulated']);
    expect(stderr).toContain('plain/results.jsonl:2: is not a result of this run');
    expect(status).toBe(2);
    expect(await desk.files('plain')).toEqual(before);
  });
});
