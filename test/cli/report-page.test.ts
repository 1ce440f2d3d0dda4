import { rm, stat, writeFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { listOf, objectOf } from '../../src/core/json.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { readReportPage } from '../support/page.ts';
import { objectAt, parseObject, questions } from '../support/results.ts';

/** Two models and two temperatures on 24 questions. */
async function usualRun(desk: Desk, more: readonly string[] = []): Promise<readonly string[]> {
  const gateway = await desk.gateway();
  await desk.write('rows.csv', questions(24));
  const grid = ['rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '-t', '0,0.5', '--max-tokens', '20', '--score', 'contains'];
  const words = ['run', ...grid, '--base-url', gateway.url, '--out', 'run', ...more];
  await desk.pass(words);
  return words;
}

async function pageOf(desk: Desk, path = 'run/report.html') {
  return readReportPage(await desk.read(path));
}

describe.concurrent('the page of a run', { timeout: 120_000 }, () => {
  it('is written beside the results, with all that they have', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(24));
    const words = ['run', 'rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '--max-tokens', '20', '--score', 'contains'];
    const { stdout } = await desk.pass([...words, '--base-url', gateway.url, '--out', 'run', '--json']);
    const document = parseObject(stdout);
    expect(document['files']).toContain('run/report.html');
    const { head, rows } = await pageOf(desk);
    const summary = parseObject(await desk.read('run/summary.json'));
    expect(head.analysis).toEqual(summary['analysis']);
    expect(head.rows).toEqual({ rows: 24, trials: 48, keptRows: 24, keptTrials: 48, cutRows: 0, cutUnits: 200 });
    expect(head.total.costs).toEqual(objectAt(summary, 'total')['costs']);
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 24 }, (_, index) => `r${index + 1}`));
    expect(rows[3]?.messages(0)).toEqual([{ role: 'user', text: 'What is 4 plus one?', length: null }]);
    const lines = (await desk.read('run/results.jsonl')).trim().split('\n').map(parseObject);
    const answers = rows.flatMap(({ trials }) => trials.map(({ id, output }) => [id, output.text]));
    expect(answers).toEqual(lines.map((line) => [line['trial_id'], line['output']]));
  });

  it('has the estimate of each variant, as summary.json has it', async ({ desk }) => {
    await usualRun(desk);
    const { head } = await pageOf(desk);
    const estimate = objectAt(parseObject(await desk.read('run/summary.json')), 'estimate');
    const variants = estimate['variants'];
    expect(variants).toHaveLength(4);
    expect(variants).toMatchObject([
      { model: 'gpt-4o', temperature: 0, currency: 'RUB' },
      {},
      {},
      { model: 'gpt-4o-mini', temperature: 0.5 },
    ]);
    expect(head.estimate?.variants.map((cost) => cost?.ceiling)).not.toContain(null);
    expect(head.estimate?.costs).toHaveLength(1);
  });

  it('has the reasons of gates, and their words alone from a run of a version that stored no more', async ({
    desk,
  }) => {
    const gates = ['--min', 'contains=0.99', '--max-errored', '1%', '--max-cost-per-1k', '0.001'];
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(24));
    const grid = ['rows.csv', '-m', 'gpt-4o', '--max-tokens', '20', '--score', 'contains', ...gates];
    await desk.run(['run', ...grid, '--base-url', gateway.url, '--out', 'run']);
    const summary = parseObject(await desk.read('run/summary.json'));
    const { head } = await pageOf(desk);
    expect(head.gates).toEqual(summary['gates']);
    expect(head.gates.map(({ reason }) => reason?.kind)).toEqual(['score', 'errored', 'cost']);
    const earlier = listOf(summary['gates']).map((gate) => {
      const { reason: _, ...others } = objectOf(gate);
      return others;
    });
    await desk.write('run/summary.json', JSON.stringify({ ...summary, gates: earlier }));
    await desk.pass(['report', 'run', '--format', 'html', '--output', 'page.html']);
    const { head: other } = await pageOf(desk, 'page.html');
    expect(other.gates).toEqual(earlier.map((gate) => ({ ...gate, reason: null })));
  });

  it('is not written with --no-report, and later if asked for', async ({ desk }) => {
    const words = await usualRun(desk, ['--no-report']);
    expect(await desk.list('run')).not.toContain('report.html');
    const { stderr } = await desk.pass(words.filter((word) => word !== '--no-report'));
    expect(stderr).not.toContain('nothing to do');
    expect(await desk.list('run')).toContain('report.html');
  });

  it('is written again if it is gone or was changed, without calls', async ({ desk }) => {
    const words = await usualRun(desk);
    expect((await desk.pass(words)).stderr).toContain('nothing to do');
    await rm(desk.path('run/report.html'));
    expect((await desk.pass(words)).stderr).toContain('96 are done already, 0 to go');
    expect((await pageOf(desk)).rows).toHaveLength(24);
    await writeFile(desk.path('run/report.html'), 'changed');
    expect((await desk.pass(words)).stderr).not.toContain('nothing to do');
    expect((await pageOf(desk)).rows).toHaveLength(24);
    expect((await desk.pass(words)).stderr).toContain('nothing to do');
  });

  it('shows the scores that `score` gave the run', async ({ desk }) => {
    await usualRun(desk);
    await desk.pass(['score', 'run', '--score', 'word-count:1-200', '--score', 'exact']);
    const { head, rows } = await pageOf(desk);
    expect(head.scorers).toEqual(['word-count', 'exact']);
    expect(rows[0]?.trials.map((trial) => trial.score(0))).toEqual([1, 1, 1, 1]);
    await rm(desk.path('run/report.html'));
    await desk.pass(['score', 'run', '--score', 'exact']);
    expect(await desk.list('run')).not.toContain('report.html');
  });

  it('tells errors by reason and time', async ({ desk }) => {
    const gateway = await desk.gateway({ faults: { rate5xx: 0.4 } });
    await desk.write('rows.csv', questions(40));
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--score', 'contains', '--max-attempts', '1', '--out', 'run'];
    await desk.run([...words, '--base-url', gateway.url]);
    const { head, rows } = await pageOf(desk);
    const [error] = head.errors;
    const counted = head.clock?.errors[0]?.reduce((sum, count) => sum + count, 0);
    expect(error?.count).toBeGreaterThan(3);
    expect(counted).toBe(error?.count);
    expect(rows.filter(({ trials }) => trials[0]?.isErrored === true)).toHaveLength(head.total.errored);
  });
});

describe.concurrent('report --format html', { timeout: 120_000 }, () => {
  it('prints the same page, and writes it to a file', async ({ desk }) => {
    await usualRun(desk, ['--no-report']);
    const { stdout } = await desk.pass(['report', 'run', '--format', 'html']);
    await desk.pass(['report', 'run', '--format', 'html', '--output', 'page.html']);
    expect(await desk.read('page.html')).toBe(stdout);
    expect((await stat(desk.path('page.html'))).size).toBeLessThan(200_000);
    expect(readReportPage(stdout).rows).toHaveLength(24);
  });

  it('compares the run with a base', async ({ desk }) => {
    await usualRun(desk);
    await desk.pass(['report', 'run', '--format', 'html', '--compare', 'run', '--output', 'page.html']);
    const { head } = await pageOf(desk, 'page.html');
    expect(head.comparison).toMatchObject({ verdict: 'unchanged', rowsInCommon: 24 });
  });

  it('has every row that flipped, and the texts of the worst 200', async ({ desk }) => {
    const rows = Array.from({ length: 250 }, (_, index) => ({
      id: `q${index}`,
      question: `${index}?`,
      expected: 'yes',
    }));
    await desk.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const made = ['run', 'rows.jsonl', '-m', 'gpt-4o', '--prompt', '{{ question }}', '--score', 'exact'];
    for (const [name, output] of [
      ['before', 'yes'],
      ['after', 'no'],
    ] as const) {
      const answers = rows.map(({ question }) => ({ prompt: question, output: question === '7?' ? 'yes' : output }));
      await desk.write(`${name}.jsonl`, answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
      await desk.pass([...made, '--simulate', `${name}.jsonl`, '--out', name]);
    }
    await desk.pass(['report', 'after', '--compare', 'before', '--output', 'page.html']);
    const { head } = await pageOf(desk, 'page.html');
    expect(head.comparison?.flips).toHaveLength(200);
    expect(head.comparison?.flippedRows).toEqual(rows.map(({ id }) => id).filter((id) => id !== 'q7'));
  });

  it('refuses a base for other formats', async ({ desk }) => {
    await usualRun(desk);
    const { status, stderr } = await desk.run(['report', 'run', '--compare', 'run']);
    expect(status).toBe(2);
    expect(stderr).toContain('give --format html, or run promptgrid compare');
  });

  it('says where it could not write', async ({ desk }) => {
    await usualRun(desk);
    const { status, stderr } = await desk.run(['report', 'run', '--format', 'html', '--output', 'rows.csv/page.html']);
    expect(status).toBe(2);
    expect(stderr).toContain('--output rows.csv/page.html: cannot be written: a part of its path is a file');
  });
});
