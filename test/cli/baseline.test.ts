import { describe, expect } from 'vitest';
import { passing, resultsJsonl } from '../app/compare/result-file.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { jsonLines, parseObject, questions } from '../support/results.ts';

const GRID = ['rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '--score', 'contains', '--simulate', 'answers.jsonl'];

/** A run of twelve rows, of which the first ones are right. */
async function run(desk: Desk, out: string, right: number, more: readonly string[] = []): Promise<void> {
  await desk.write('rows.csv', questions(12));
  const answers = Array.from({ length: 12 }, (_, index) =>
    JSON.stringify({
      prompt: `What is ${index + 1} plus one?`,
      output: index < right ? `It is ${index + 2}.` : 'no idea',
    }),
  );
  await desk.write('answers.jsonl', answers.join('\n'));
  await desk.pass(['run', ...GRID, '--out', out, ...more]);
}

/** Results of rows without ids with the given questions. */
const rows = (order: readonly number[]): string =>
  resultsJsonl(
    order.map((n, index) => ({
      row: String(index + 1),
      hasId: false,
      columns: { prompt: `q${n}`, expected: 'x' },
    })),
  );

describe.concurrent('promptgrid baseline save', () => {
  it('keeps a run in a small file that compares as the run does', async ({ desk }) => {
    await run(desk, 'old', 12);
    await run(desk, 'new', 2);
    const { stdout } = await desk.pass(['baseline', 'save', 'old', 'baselines/old.jsonl', '--json']);
    expect(parseObject(stdout)).toMatchObject({ file: 'baselines/old.jsonl', trials: 24 });
    const [header, first, second] = jsonLines(await desk.read('baselines/old.jsonl'));
    expect(header).toMatchObject({ promptgrid_baseline: 1, row_ids: 'column', scorers: ['contains'], currency: 'RUB' });
    expect(first).toMatchObject({ row_id: 'r1', model: 'gpt-4o', repeat: 1, 'score.contains': 1 });
    expect(second).toMatchObject({ row_id: 'r1', model: 'gpt-4o-mini' });
    expect(JSON.stringify(first)).not.toContain('It is');
    const [byBaseline, byRun] = [
      await desk.run(['compare', 'baselines/old.jsonl', 'new', '--json']),
      await desk.run(['compare', 'old', 'new', '--json']),
    ].map(({ stdout: text, status }) => ({ status, document: parseObject(text) }));
    expect(byBaseline?.status).toBe(1);
    for (const key of ['verdict', 'pairs', 'gates', 'flipped', 'rowsInCommon', 'pairedBy']) {
      expect(byBaseline?.document[key]).toEqual(byRun?.document[key]);
    }
    expect(byBaseline?.document['flips']).toContainEqual(
      expect.objectContaining({ baseOutput: null, candidateOutput: 'no idea' }),
    );
    expect(byBaseline?.document['base']).toMatchObject({ kind: 'baseline', rows: 12, trials: 24, dataset: 'rows.csv' });
  });

  it('is identical if nothing changed, and differs only in changed lines', async ({ desk }) => {
    await run(desk, 'one', 12);
    await run(desk, 'two', 12, ['--concurrency', '1']);
    await run(desk, 'three', 11);
    for (const name of ['one', 'two', 'three']) await desk.pass(['baseline', 'save', name, `${name}.jsonl`]);
    expect(await desk.read('two.jsonl')).toBe(await desk.read('one.jsonl'));
    const [before, after] = [await desk.read('one.jsonl'), await desk.read('three.jsonl')].map((text) =>
      text.split('\n'),
    );
    const changed = before?.filter((line, index) => line !== after?.[index]) ?? [];
    expect(changed.map((line) => parseObject(line)['row_id'])).toEqual(['r12', 'r12']);
  });

  it('sorts rows by the numbers in their ids', async ({ desk }) => {
    await run(desk, 'old', 12);
    await desk.pass(['baseline', 'save', 'old', 'old.jsonl']);
    const ids = jsonLines(await desk.read('old.jsonl')).flatMap(({ row_id: id }) =>
      typeof id === 'string' ? [id] : [],
    );
    expect([...new Set(ids)]).toEqual(Array.from({ length: 12 }, (_, index) => `r${index + 1}`));
  });

  it('keeps answers on request, and latencies', async ({ desk }) => {
    await run(desk, 'old', 12);
    await desk.pass(['baseline', 'save', 'old', 'old.jsonl', '--with-outputs', '--with-latency']);
    const [, first] = jsonLines(await desk.read('old.jsonl'));
    expect(first).toMatchObject({ output: 'It is 2.', latency_ms: expect.any(Number) });
    await run(desk, 'new', 2);
    const { stdout } = await desk.run(['compare', 'old.jsonl', 'new']);
    expect(stdout).toContain('base:      It is 4.');
  });

  it('pairs rows without ids by their requests', async ({ desk }) => {
    await desk.write('old.results.jsonl', rows([1, 2, 3]));
    await desk.write('new.jsonl', rows([3, 4, 1]));
    await desk.pass(['baseline', 'save', 'old.results.jsonl', 'old.jsonl']);
    const { stdout } = await desk.run(['compare', 'old.jsonl', 'new.jsonl', '--json']);
    expect(parseObject(stdout)).toMatchObject({
      pairedBy: 'content',
      rowsInCommon: 2,
      newRows: { n: 1 },
      missingRows: { n: 1 },
    });
  });

  it('reports that the candidate was made from other rows, prompts or parameters', async ({ desk }) => {
    await run(desk, 'old', 12, ['--prompt', '{{ prompt }}']);
    await desk.pass(['baseline', 'save', 'old', 'old.jsonl']);
    await run(desk, 'new', 12, ['--prompt', '{{ prompt }} ', '--max-tokens', '50']);
    const { stdout } = await desk.run(['compare', 'old.jsonl', 'new', '--json']);
    expect(parseObject(stdout)['notes']).toEqual([
      'the prompt "p1" was changed since the base',
      'other request parameters: base {}, candidate {"max_tokens":50}',
      expect.stringContaining('simulated answers'),
    ]);
  });

  it('is refused on either side of a comparison if its trials are gone', async ({ desk }) => {
    await run(desk, 'old', 12);
    await desk.pass(['baseline', 'save', 'old', 'whole.jsonl']);
    const [header = ''] = (await desk.read('whole.jsonl')).split('\n');
    await desk.write('empty.jsonl', `${header}\n`);
    for (const sides of [
      ['empty.jsonl', 'old'],
      ['old', 'empty.jsonl'],
    ]) {
      const { status, stderr } = await desk.run(['compare', ...sides]);
      expect(stderr).toMatch(/^error empty\.jsonl: holds no results\nhint {2}save the baseline again/m);
      expect(status).toBe(2);
    }
  });

  it('refuses a baseline of a newer version, and to make one of another', async ({ desk }) => {
    await desk.write('ok.jsonl', resultsJsonl(passing(2, 2)));
    await desk.pass(['baseline', 'save', 'ok.jsonl', 'base.jsonl']);
    await desk.write(
      'newer.jsonl',
      (await desk.read('base.jsonl')).replace('"promptgrid_baseline":1', '"promptgrid_baseline":2'),
    );
    const newer = await desk.run(['compare', 'newer.jsonl', 'ok.jsonl']);
    expect(newer.stderr).toMatch(/^error newer\.jsonl: is a baseline of format 2\nhint .*reads format 1.*\n$/);
    expect(newer.status).toBe(2);
    const again = await desk.run(['baseline', 'save', 'base.jsonl', 'other.jsonl']);
    expect(again.stderr).toMatch(/^error base\.jsonl is a baseline already\nhint .*\n$/);
    expect(again.status).toBe(2);
  });
});
