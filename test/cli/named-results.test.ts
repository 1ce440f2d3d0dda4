import { describe, expect } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { Desk, Ended } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { parseObject } from '../support/results.ts';

const FORMATS = ['csv', 'jsonl', 'parquet', 'xlsx'];

/** 12 documents of 5 questions each. */
const ROWS = Array.from({ length: 60 }, (_, row) => ({ row, document: Math.floor(row / 5) }));

/** Runs two models into folders of their own; the second fails two documents, and answers the others in a word more. */
async function twoRuns(desk: Desk, more: readonly string[] = []): Promise<void> {
  const rows = ROWS.map(({ row, document }) => `r${row},doc ${document},What of ${row}?,alpha beta gamma ${row}`);
  await desk.write('rows.csv', ['id,document,prompt,expected', ...rows].join('\n'));
  const answers = ROWS.flatMap(({ row, document }) => [
    { model: 'gpt-4o', prompt: `What of ${row}?`, output: `alpha beta gamma ${row}` },
    { model: 'gpt-4o-mini', prompt: `What of ${row}?`, output: document < 2 ? 'none' : `alpha beta gamma ${row} too` },
  ]);
  await desk.write('promptgrid.yaml', 'score:\n  - contains\n  - type: f1\n    threshold: 0.8\n');
  await desk.write('answers.jsonl', answers.map((line) => JSON.stringify(line)).join('\n'));
  for (const [model, out] of [
    ['gpt-4o', 'base'],
    ['gpt-4o-mini', 'candidate'],
  ] as const) {
    const grid = ['rows.csv', '--simulate', 'answers.jsonl', '-m', model];
    await desk.pass(['run', ...grid, '--format', FORMATS.join(','), '--out', out, ...more]);
  }
}

/** What a comparison said, with the run folder in place of its file. */
function asOfFolder({ status, stdout, stderr }: Ended, file: string, folder: string): JsonObject {
  const text = stdout.replaceAll(file, folder).replaceAll('"kind": "results"', '"kind": "run"');
  return { status, document: parseObject(text), stderr: stderr.replaceAll(file, folder) };
}

describe.concurrent('a result file of a run that is named by itself', { timeout: 120_000 }, () => {
  it.for(FORMATS)('has the verdict, clusters, marks and notes of its folder, as %s', async (format, { desk }) => {
    await twoRuns(desk, ['--cluster', 'document']);
    const whole = await desk.run(['compare', 'base', 'candidate', '--json']);
    expect(parseObject(whole.stdout)).toMatchObject({
      clusters: { clusters: 12 },
      flipped: { worse: 10 },
      notes: [expect.stringContaining('simulated answers'), expect.any(String)],
    });
    const file = `candidate/results.${format}`;
    const named = await desk.run(['compare', 'base', file, '--json']);
    expect(asOfFolder(named, file, 'candidate')).toEqual(asOfFolder(whole, file, 'candidate'));
    const other = `base/results.${format}`;
    const turned = await desk.run(['compare', other, 'candidate', '--json']);
    expect(asOfFolder(turned, other, 'base')).toEqual(asOfFolder(whole, other, 'base'));
  });

  it.for(FORMATS)('makes the baseline of its folder, from %s', async (format, { desk }) => {
    await twoRuns(desk, ['--cluster', 'document']);
    await desk.pass(['baseline', 'save', 'base', 'folder.jsonl', '--with-rows']);
    await desk.pass(['baseline', 'save', `base/results.${format}`, 'file.jsonl', '--with-rows']);
    expect(await desk.read('file.jsonl')).toBe(await desk.read('folder.jsonl'));
  });

  it('gives no verdict where the run took failed rows only', async ({ desk }) => {
    await twoRuns(desk);
    const again = ['rows.csv', '--simulate', 'answers.jsonl', '-m', 'gpt-4o-mini', '--score', 'exact'];
    await desk.pass(['run', ...again, '--only-failed', 'candidate', '--out', 'again']);
    await desk.pass(['run', ...again, '--out', 'first']);
    const { status, stdout } = await desk.run(['compare', 'first', 'again/results.jsonl', '--json']);
    expect(parseObject(stdout)).toMatchObject({ isPicked: true, verdict: 'unsound' });
    expect(status).toBe(3);
  });

  it('is refused where its run is not finished or it lost lines, unless a part is enough', async ({ desk }) => {
    await twoRuns(desk);
    const record = await desk.read('candidate/run.json');
    await desk.write('candidate/run.json', record.replace('"state": "completed"', '"state": "interrupted"'));
    const file = 'candidate/results.jsonl';
    const unfinished = await desk.run(['compare', 'base', file]);
    expect(unfinished.stderr).toMatch(/^error candidate: the run is not finished.*\nhint .*--allow-partial/m);
    expect(unfinished.status).toBe(2);
    await desk.write('candidate/run.json', record);
    const lines = (await desk.read(file)).split('\n');
    await desk.write(file, lines.slice(10).join('\n'));
    for (const words of [
      ['compare', 'base', file],
      ['baseline', 'save', file, 'saved.jsonl'],
    ]) {
      const { status, stderr } = await desk.run(words);
      expect(stderr).toMatch(/^error candidate\/results\.jsonl: 10 of 60 results are missing\nhint .*--allow-partial/m);
      expect(status).toBe(2);
    }
    const { stderr } = await desk.pass(['baseline', 'save', file, 'saved.jsonl', '--allow-partial']);
    expect(stderr).toContain('10 of 60 results missing');
  });

  it('says what is not known where run.json cannot be used, or the name is of no result file', async ({ desk }) => {
    await twoRuns(desk);
    await desk.write('base/copy.jsonl', await desk.read('base/results.jsonl'));
    const unknown =
      'it is read as it is. Its clusters and pass marks, and whether it is whole or simulated, are not known';
    const copy = await desk.pass(['compare', 'base/copy.jsonl', 'base']);
    expect(copy.stderr).toContain(
      `warning: base/copy.jsonl: its name is not that of a result file of the run beside it; ${unknown}`,
    );
    await desk.write('candidate/run.json', '{');
    const damaged = await desk.pass(['compare', 'candidate/results.csv', 'candidate/results.jsonl']);
    for (const file of ['candidate/results.csv', 'candidate/results.jsonl']) {
      const why = 'the run.json beside it cannot be used (candidate: run.json is damaged)';
      expect(damaged.stderr).toContain(`warning: ${file}: ${why}; ${unknown}`);
    }
  });
});
