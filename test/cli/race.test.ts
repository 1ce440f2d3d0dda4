import { describe, expect } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { readReportPage } from '../support/page.ts';
import { refused } from '../support/refusal.ts';
import { csvResults, objectAt, parseObject, sumDecimals } from '../support/results.ts';

const ROWS = 200;

/** Rows of which gpt-4o answers all right and gpt-4o-mini only every second. */
async function setUp(desk: Desk, latencyMs = 0): Promise<Awaited<ReturnType<Desk['gateway']>>> {
  const numbers = Array.from({ length: ROWS }, (_, index) => index + 1);
  await desk.write('rows.csv', `id,prompt,expected\n${numbers.map((n) => `r${n},Q${n},right\n`).join('')}`);
  const lines = numbers.flatMap((n) => [
    { prompt: `Q${n}`, model: 'gpt-4o', output: 'right' },
    { prompt: `Q${n}`, model: 'gpt-4o-mini', output: n % 2 === 0 ? 'right' : 'wrong' },
  ]);
  await desk.write('answers.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return desk.gateway({ answersFile: desk.path('answers.jsonl'), latencyMs });
}

/** The rows in documents of this size, of which gpt-4o answers all right and gpt-4o-mini those of some documents. */
async function inDocuments(
  desk: Desk,
  size: number,
  isRight: (document: number) => boolean,
): Promise<Awaited<ReturnType<Desk['gateway']>>> {
  const rows = Array.from({ length: ROWS }, (_, index) => ({ n: index + 1, document: Math.floor(index / size) + 1 }));
  const text = rows.map(({ n, document }) => `r${n},d${document},Q${n},right\n`).join('');
  await desk.write('rows.csv', `id,document,prompt,expected\n${text}`);
  const lines = rows.flatMap(({ n, document }) => [
    { prompt: `Q${n}`, model: 'gpt-4o', output: 'right' },
    { prompt: `Q${n}`, model: 'gpt-4o-mini', output: isRight(document) ? 'right' : 'wrong' },
  ]);
  await desk.write('answers.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return desk.gateway({ answersFile: desk.path('answers.jsonl') });
}

/** The result of each trial. */
function statuses(rows: Awaited<ReturnType<typeof csvResults>>): unknown {
  return rows.map((row) => [row['trial_id'], row['status'], row['error_message']]);
}

/** The run as `watch` counts it. */
async function watched(desk: Desk): Promise<JsonObject> {
  return parseObject((await desk.pass(['watch', 'run', '--json'])).stdout);
}

const GRID = ['run', 'rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '--score', 'exact', '--no-cache', '--out', 'run'];
const RACE = '--stop-when-decided';

describe.concurrent('a run that stops beaten variants', () => {
  it('runs no further rows of a beaten variant, says so, and reports what that saved', async ({ desk }) => {
    const gateway = await setUp(desk);
    const { stdout } = await desk.pass([...GRID, RACE, '--base-url', gateway.url]);
    const rows = await csvResults(desk, 'run');
    const skipped = rows.filter((row) => row['status'] === 'skipped');
    expect(rows).toHaveLength(2 * ROWS);
    expect(skipped.length).toBeGreaterThan(ROWS / 2);
    expect(new Set(skipped.map((row) => row['model']))).toEqual(new Set(['gpt-4o-mini']));
    expect(skipped[0]).toMatchObject({
      output: '',
      attempts: '0',
      'score.exact': '',
      passed: '',
      error_code: 'skipped',
      error_message: expect.stringMatching(/^not asked: gpt-4o was clearly better after \d+ rows$/),
    });
    const { served, billed } = gateway.stats();
    expect(served).toBe(2 * ROWS - skipped.length);
    expect(sumDecimals(rows.map((row) => row['total_cost'] ?? '').filter((cost) => cost !== ''))).toBe(billed);
    expect(stdout).toMatch(
      /gpt-4o-mini was stopped after \d+ rows: gpt-4o is better \(by chance .* 1?\d\d+ such runs\); \d+ trials were not sent, which saved about [\d.]+ ₽/,
    );
    const { stoppedVariants, total } = parseObject(await desk.read('run/summary.json'));
    expect(total).toMatchObject({ skipped: skipped.length, completed: served });
    expect(stoppedVariants).toMatchObject([
      { model: 'gpt-4o-mini', beatenBy: { model: 'gpt-4o' }, skipped: skipped.length, spared: { currency: 'RUB' } },
    ]);
    const rowsSeen = Number(/after (\d+) rows/.exec(skipped[0]?.['error_message'] ?? '')?.[1]);
    const { head } = readReportPage(await desk.read('run/report.html'));
    expect(head.stopped).toEqual([{ variant: 1, beatenBy: 0, rows: rowsSeen }]);
  });

  it('decides the same when it is killed and resumed, and pays nothing twice', async ({ desk }) => {
    const gateway = await setUp(desk, 5);
    const words = [...GRID, RACE, '--base-url', gateway.url, '--concurrency', '4'];
    const running = desk.start(words);
    await running.until(() => gateway.stats().served >= 30);
    await running.end();
    await desk.pass(words);
    const killed = await csvResults(desk, 'run');
    const whole = words.map((word) => (word === 'run' ? 'whole' : word));
    await desk.pass(['run', ...whole.slice(1)]);
    expect(statuses(killed)).toEqual(statuses(await csvResults(desk, 'whole')));
    const { served } = gateway.stats();
    await desk.pass(words);
    expect(gateway.stats().served).toBe(served);
  });

  it('is not misled by a dataset in a meaningful order', async ({ desk }) => {
    // The first half of the rows is for one model and the second for the other: in that order it would look decided.
    const [rows, half] = [800, 400];
    const numbers = Array.from({ length: rows }, (_, index) => index + 1);
    await desk.write('rows.csv', `id,prompt,expected\n${numbers.map((n) => `r${n},Q${n},right\n`).join('')}`);
    const lines = numbers.flatMap((n) => [
      { prompt: `Q${n}`, model: 'gpt-4o', output: n <= half ? 'right' : 'wrong' },
      { prompt: `Q${n}`, model: 'gpt-4o-mini', output: n <= half ? 'wrong' : 'right' },
    ]);
    await desk.write('answers.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const gateway = await desk.gateway({ answersFile: desk.path('answers.jsonl') });
    await desk.pass([...GRID, RACE, '--base-url', gateway.url]);
    expect((await csvResults(desk, 'run')).filter((row) => row['status'] !== 'completed')).toEqual([]);
  });

  it('counts rows of a cluster as one piece of evidence', async ({ desk }) => {
    const gateway = await inDocuments(desk, 20, (document) => document > 3);
    // 60 rows of 200 decide a race by rows, and three documents of ten none by documents.
    await desk.pass([...GRID, RACE, '--base-url', gateway.url, '--cluster', 'document']);
    expect((await csvResults(desk, 'run')).map((row) => row['status'])).not.toContain('skipped');
    const byRow = GRID.map((word) => (word === 'run' ? 'by-row' : word));
    await desk.pass(['run', ...byRow.slice(1), RACE, '--base-url', gateway.url]);
    expect((await csvResults(desk, 'by-row')).map((row) => row['status'])).toContain('skipped');
  });

  it('runs whole clusters, and stops what is beaten in most', async ({ desk }) => {
    const gateway = await inDocuments(desk, 5, (document) => document % 8 === 0);
    await desk.pass([...GRID, RACE, '--base-url', gateway.url, '--cluster', 'document']);
    const beaten = (await csvResults(desk, 'run')).filter((row) => row['model'] === 'gpt-4o-mini');
    const ended = new Map<string, Set<string>>();
    for (const row of beaten) {
      const document = row['row.document'] ?? '';
      ended.set(document, (ended.get(document) ?? new Set()).add(row['status'] ?? ''));
    }
    expect([...ended.values()].filter(({ size }) => size > 1)).toEqual([]);
    const skipped = [...ended.values()].filter((own) => own.has('skipped')).length;
    expect(skipped).toBeGreaterThan(5);
    expect(skipped).toBeLessThan(35);
  });

  it('decides anew if answers are scored differently, and runs what it had left out', async ({ desk }) => {
    const gateway = await setUp(desk);
    const words = [...GRID, RACE, '--base-url', gateway.url];
    await desk.pass(words);
    const { served } = gateway.stats();
    // Each answer is one word: by that neither is better.
    await desk.pass(words.map((word) => (word === 'exact' ? 'word-count:1' : word)));
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => row['status'])).not.toContain('skipped');
    expect(gateway.stats()).toMatchObject({ served: 2 * ROWS, duplicates: 0 });
    expect(served).toBeLessThan(2 * ROWS);
  });

  it('runs what was left out once the flag is gone', async ({ desk }) => {
    const gateway = await setUp(desk);
    await desk.pass([...GRID, RACE, '--base-url', gateway.url]);
    await desk.pass([...GRID, '--base-url', gateway.url]);
    expect(gateway.stats()).toMatchObject({ served: 2 * ROWS, duplicates: 0 });
    expect((await csvResults(desk, 'run')).filter((row) => row['status'] !== 'completed')).toEqual([]);
    expect(await watched(desk)).toMatchObject({ trials: 2 * ROWS, done: 2 * ROWS, completed: 2 * ROWS, skipped: 0 });
  });

  it('is watched with the counts of its summary after rows are gone, are back, and run without the race', async ({
    desk,
  }) => {
    const gateway = await setUp(desk);
    const whole = await desk.read('rows.csv');
    const fewer = `${whole
      .split('\n')
      .slice(0, ROWS / 2)
      .join('\n')}\n`;
    for (const [rows, words] of [
      [whole, [RACE]],
      [fewer, [RACE]],
      [fewer, []],
      [whole, [RACE]],
      [whole, []],
    ] as const) {
      await desk.write('rows.csv', rows);
      await desk.pass([...GRID, ...words, '--base-url', gateway.url]);
      const { total, trials } = parseObject(await desk.read('run/summary.json'));
      const view = await watched(desk);
      const { completed, errored, skipped } = objectAt({ total: total ?? null }, 'total');
      expect(view).toMatchObject({ trials, done: trials, completed, errored, skipped });
    }
  });

  it.for([
    ['with one variant', ['-m', 'gpt-4o', '--score', 'exact', RACE], 'there is one only'],
    ['without a score', ['-m', 'gpt-4o,gpt-4o-mini', RACE], 'there is no score to decide by'],
    [
      'with two scores and none named',
      ['-m', 'gpt-4o,gpt-4o-mini', '--score', 'exact', '--score', 'contains', RACE],
      'there are several scores to decide by',
    ],
    [
      'with a score that is not there',
      ['-m', 'gpt-4o,gpt-4o-mini', '--score', 'exact', RACE, 'exakt'],
      'there is no score "exakt"',
    ],
  ] as const)('is refused %s', async ([, words, message], { desk }) => {
    const gateway = await setUp(desk);
    const told = await refused(desk, gateway, ['run', 'rows.csv', ...words, '--base-url', gateway.url]);
    expect(told.message).toContain(message);
  });
});
