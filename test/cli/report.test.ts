import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../src/core/json.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { readReportPage } from '../support/page.ts';
import { parseObject, questions } from '../support/results.ts';

const ROWS = 30;

/** A dataset of sums that gpt-4o gets right and gpt-4o-mini only where the number is divisible by three. */
async function writeSums(desk: Desk): Promise<void> {
  const rows: string[] = [];
  const answers: string[] = [];
  for (let n = 1; n <= ROWS; n++) {
    const prompt = `${n}+1`;
    rows.push(JSON.stringify({ id: `r${n}`, prompt, expected: n + 1, lang: n % 2 === 0 ? 'en' : 'ru', topic: n % 11 }));
    answers.push(JSON.stringify({ prompt, model: 'gpt-4o', output: String(n + 1) }));
    answers.push(JSON.stringify({ prompt, model: 'gpt-4o-mini', output: n % 3 === 0 ? String(n + 1) : 'no idea' }));
  }
  await desk.write('sums.jsonl', `${rows.join('\n')}\n`);
  await desk.write('answers.jsonl', `${answers.join('\n')}\n`);
}

const GRID = ['sums.jsonl', '-m', 'gpt-4o,gpt-4o-mini', '-t', '0', '--simulate', 'answers.jsonl', '--score', 'exact'];

async function sums(desk: Desk, more: readonly string[] = []): Promise<void> {
  await writeSums(desk);
  await desk.pass(['run', ...GRID, '--out', 'sums', ...more]);
}

/** The objects of a document's list. */
function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return value !== undefined && isJsonArray(value) ? value.filter((item) => isJsonObject(item)) : [];
}

/** The first of a document's list. */
function firstOf(document: JsonObject, key: string): JsonObject {
  const [first] = listOf(document[key]);
  if (first === undefined) throw new TypeError(`${key} has no first object`);
  return first;
}

/** The outcome of answers, as far as report and summary both show it. */
function counts({ n, mean, passed, unjudged, errored, notAsked }: JsonObject): JsonValue {
  return JSON.parse(JSON.stringify({ n, mean, passed, unjudged, errored, notAsked }));
}

/** What `--json` prints. */
async function reported(desk: Desk, words: readonly string[]): Promise<JsonObject> {
  return parseObject((await desk.pass(['report', ...words, '--json'])).stdout);
}

describe.concurrent('promptgrid report', () => {
  it('says how much a killed run has done, and that it can be resumed', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 50 });
    await desk.write('rows.csv', questions(60));
    const words = ['rows.csv', '--out', 'run', '-m', 'gpt-4o', '--concurrency', '2', '--base-url', gateway.url];
    const cli = desk.start(['run', ...words]);
    await cli.until(() => gateway.stats().served >= 10);
    cli.signal('SIGKILL');
    await cli.ended;
    for (const command of [
      ['report', 'run'],
      ['score', 'run', '--score', 'refusal'],
      ['compare', 'run', 'run'],
    ]) {
      const { status, stderr } = await desk.run(command);
      expect(status).toBe(2);
      expect(stderr).toMatch(/error run: the run is not finished: \d+ of 60 trials have a result \(killed\)/);
      expect(stderr).toMatch(/hint {2}resume it with the same run command/);
    }
    await desk.pass(['run', ...words]);
    await desk.pass(['report', 'run']);
  });

  it('says of a run with older files whether it is still running or was killed, as watch does', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(4));
    const words = ['rows.csv', '--out', 'run', '-m', 'gpt-4o', '--score', 'contains', '--no-cache'];
    await desk.pass(['run', ...words, '--limit', '3', '--base-url', gateway.url]);
    const slow = await desk.gateway({ latencyMs: 3_600_000 });
    const cli = desk.start(['run', ...words, '--base-url', slow.url]);
    await cli.until(() => slow.stats().inFlight > 0);
    const unfinished = async (): Promise<string> => (await desk.run(['compare', 'run', 'run'])).stderr;
    const pageState = async (): Promise<string> =>
      readReportPage((await desk.pass(['report', 'run', '--format', 'html'])).stdout).head.run.state;
    expect((await reported(desk, ['run']))['state']).toBe('running');
    expect(await pageState()).toBe('running');
    expect(await unfinished()).toMatch(/3 of 4 trials have a result \(still running\)\nhint {2}wait for its end/);
    cli.signal('SIGKILL');
    await cli.ended;
    expect((await reported(desk, ['run']))['state']).toBe('killed');
    expect(parseObject((await desk.pass(['watch', 'run', '--json'])).stdout)['state']).toBe('killed');
    expect(await pageState()).toBe('killed');
    expect(await unfinished()).toMatch(/3 of 4 trials have a result \(killed\)\nhint {2}resume it/);
    await desk.pass(['score', 'run', '--score', 'exact']);
    expect(readReportPage(await desk.read('run/report.html')).head.run.state).toBe('killed');
    expect((await reported(desk, ['run']))['state']).toBe('killed');
  });

  it('says which model is significantly better, without calls', async ({ desk }) => {
    await sums(desk);
    const before = await desk.files('sums');
    const { stdout, stderr } = await desk.pass(['report', 'sums']);
    expect(stdout).toMatch(/^ gpt-4o +30 +100\.0% \(89–100\) +30 +0 /m);
    expect(stdout).toMatch(/^ gpt-4o-mini +30 +33\.3% \(19–51\) +10 +0 /m);
    expect(stdout).toMatch(
      /^· gpt-4o beats gpt-4o-mini by 66\.7 points \(95 % CI \d+\.\d to \d+\.\d\), significant \(p < 0\.001\)$/m,
    );
    expect(stdout).toContain('20 rows separate the variants, the widest first: r1, r2, r4, r5, r7, …');
    expect(stderr).toContain('simulated answers');
    expect(await desk.files('sums')).toEqual(before);
  });

  it('names the cheapest good enough variant, like the run, its documents and its summary', async ({ desk }) => {
    await writeSums(desk);
    const wrong = JSON.stringify({ prompt: '1+1', model: 'deepseek-chat', output: 'no idea' });
    const right = Array.from({ length: ROWS - 1 }, (_, index) =>
      JSON.stringify({ prompt: `${index + 2}+1`, model: 'deepseek-chat', output: String(index + 3) }),
    );
    await desk.write('answers.jsonl', [await desk.read('answers.jsonl'), wrong, ...right].join('\n'));
    const words = ['run', ...GRID, '-m', 'deepseek-chat', '--good-enough', '5', '--out', 'sums'];
    const sentence =
      /good enough: deepseek-chat costs [\d.]+× less than gpt-4o and is 3\.3 points worse, at most [\d.]+/;
    expect((await desk.pass(words)).stdout).toMatch(sentence);
    expect((await desk.pass(['report', 'sums'])).stdout).toMatch(sentence);
    expect((await desk.pass(['report', 'sums', '--good-enough', '3'])).stdout).not.toContain('good enough');
    const [told] = listOf(parseObject((await desk.pass([...words, '--json'])).stdout)['cheapest']);
    expect(told).toMatchObject({ scorer: 'exact', currency: 'RUB', variant: { model: 'deepseek-chat' } });
    expect(told).toMatchObject({ best: { model: 'gpt-4o' }, timesCheaper: expect.any(Number) });
    const analysis = await reported(desk, ['sums']);
    expect(analysis['goodEnoughPoints']).toBe(5);
    expect(firstOf(firstOf(analysis, 'scorers'), 'cheapest')).toMatchObject({ variant: 2, best: 0 });
    expect(parseObject(await desk.read('sums/summary.json'))['analysis']).toMatchObject({ goodEnoughPoints: 5 });
  });

  it('prints one JSON document', async ({ desk }) => {
    await sums(desk);
    const report = await reported(desk, ['sums', '--by', 'lang', '--cluster', 'topic']);
    expect(report).toMatchObject({
      run: 'sums',
      state: 'completed',
      dataset: 'sums.jsonl',
      trials: 60,
      results: 60,
      simulated: true,
      rows: 30,
      repeats: 1,
      level: 0.95,
      alpha: 0.05,
      notes: [],
      clusters: { column: 'topic', clusters: 11, missing: 0 },
      variants: [
        { name: 'gpt-4o', model: 'gpt-4o', temperature: 0, completed: 30, errored: 0 },
        { name: 'gpt-4o-mini', model: 'gpt-4o-mini', temperature: 0, completed: 30, errored: 0 },
      ],
    });
    const scorer = firstOf(report, 'scorers');
    expect(firstOf(scorer, 'comparisons')).toMatchObject({
      first: 0,
      second: 1,
      n: 30,
      onlyFirst: 20,
      onlySecond: 0,
      verdict: 'better',
      test: 'sign-flip',
      pValue: 2 / 2 ** 11,
    });
    expect(scorer['breakdown']).toMatchObject({ column: 'lang', groups: [{ value: 'ru', rows: 15 }, { value: 'en' }] });
  });

  it('has McNemar’s test if rows are independent', async ({ desk }) => {
    await sums(desk);
    const comparison = firstOf(firstOf(await reported(desk, ['sums']), 'scorers'), 'comparisons');
    expect(comparison).toMatchObject({ test: 'mcnemar', adjustedPValue: comparison['pValue'] });
    expect(comparison['pValue']).toBeCloseTo(2 / 2 ** 20, 15);
  });

  it('knows the original cost of cached answers', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(4));
    const grid = ['rows.csv', '-m', 'gpt-4o', '-t', '0', '--base-url', gateway.url, '--score', 'contains'];
    await desk.pass(['run', ...grid, '--out', 'paid']);
    await desk.pass(['run', ...grid, '--out', 'cached']);
    const [paid, cached] = await Promise.all(
      ['paid', 'cached'].map(async (run) => firstOf(await reported(desk, [run]), 'variants')),
    );
    expect(paid?.['costPerThousandRows']).toMatchObject({ currency: 'RUB' });
    expect(cached?.['costPerThousandRows']).toEqual(paid?.['costPerThousandRows']);
    expect(paid?.['latencyP95Ms']).not.toBeNull();
    expect(cached?.['latencyP95Ms']).toBeNull();
  });

  it('distinguishes one model at two providers', async ({ desk }) => {
    await writeSums(desk);
    const answers = (await desk.read('answers.jsonl')).replaceAll('"model":"gpt-4o",', '');
    await desk.write('wrong.jsonl', answers.replaceAll(/"output":"\d+"/g, '"output":"no idea"'));
    const right = await desk.gateway({ answersFile: desk.path('answers.jsonl') });
    const wrong = await desk.gateway({ answersFile: desk.path('wrong.jsonl') });
    const providers = { gptunnel: { baseUrl: right.url }, openai: { baseUrl: wrong.url } };
    await desk.write('promptgrid.yaml', JSON.stringify({ providers, score: ['exact'] }));
    const env = { OPENAI_API_KEY: 'x' };
    const words = [
      'run',
      'sums.jsonl',
      '-m',
      'openai/gpt-4o,gptunnel/gpt-4o',
      '-t',
      '0',
      '--no-cache',
      '--out',
      'sums',
    ];
    await desk.pass(words, { env });
    const { stdout } = await desk.pass(['report', 'sums']);
    expect(stdout).toMatch(/^ gptunnel\/gpt-4o +30 +100\.0% /m);
    expect(stdout).toMatch(/^ openai\/gpt-4o +30 +0\.0% /m);
    // The result files name the providers, too.
    await rm(desk.path('sums/journal.jsonl'));
    const again = await desk.pass(['report', 'sums']);
    expect(again.stdout).toMatch(/^ gptunnel\/gpt-4o +30 +100\.0% /m);
  });

  it('counts passes of a scorer by its threshold, and distinguishes answers that it skips from those it cannot score', async ({
    desk,
  }) => {
    await writeSums(desk);
    const score = [
      { type: 'levenshtein', threshold: 0.1, when: { column: 'lang', equals: 'ru' } },
      { type: 'numeric', name: 'number' },
    ];
    await desk.write('promptgrid.yaml', JSON.stringify({ score }));
    await desk.pass(['run', ...GRID.slice(0, -2), '--out', 'sums']);
    const { scorers, variants } = await reported(desk, ['sums']);
    expect(variants).toHaveLength(2);
    expect(scorers).toMatchObject([
      {
        scorer: 'levenshtein',
        leaderboard: [
          { variant: 0, n: 15, passed: 15, unjudged: 0, notAsked: 15 },
          { variant: 1, n: 15, unjudged: 0, notAsked: 15 },
        ],
      },
      {
        scorer: 'number',
        leaderboard: [
          { variant: 0, n: 30 },
          { variant: 1, unjudged: 0, notAsked: 0 },
        ],
      },
    ]);
  });

  it('counts the same as the run’s own summary, including judges', async ({ desk }) => {
    await writeSums(desk);
    const judges = ['--score', 'judge:is right', '--score', 'judge-pairwise:gpt-4o', '--judge-model', 'deepseek-chat'];
    await desk.pass(['run', ...GRID, ...judges, '--out', 'sums']);
    const { variants } = parseObject(await desk.read('sums/summary.json'));
    const { scorers } = await reported(desk, ['sums']);
    const told = listOf(scorers).flatMap(({ scorer, leaderboard }) =>
      listOf(leaderboard).map((entry) => [scorer, entry['variant'], counts(entry)]),
    );
    expect(told).toHaveLength(6);
    for (const [scorer, variant, figures] of told) {
      const summary = listOf(listOf(variants)[Number(variant)]?.['scores']).find(({ name }) => name === scorer);
      expect([scorer, variant, figures]).toEqual([scorer, variant, counts(summary ?? {})]);
    }
    // It is never compared with itself.
    expect(told).toContainEqual(['judge-pairwise', 0, expect.objectContaining({ n: 0, notAsked: 30 })]);
  });

  it('says the same as markdown, also into a file', async ({ desk }) => {
    await sums(desk);
    const { stdout } = await desk.pass(['report', 'sums', '--format', 'markdown']);
    expect(stdout).toMatch(/^# Report of sums\n\n## Score: exact\n\n\| variant \| n \|/);
    expect(stdout).toContain('- gpt-4o beats gpt-4o-mini by 66.7 points');
    const written = await desk.pass(['report', 'sums', '--format', 'markdown', '--output', 'report.md']);
    expect([written.stdout, written.stderr]).toEqual(['', expect.stringContaining('written: report.md')]);
    expect(await desk.read('report.md')).toBe(stdout);
  });

  it.for(['csv', 'jsonl'])('copies results.%s unchanged', async (format, { desk }) => {
    await sums(desk);
    const { stdout } = await desk.pass(['report', 'sums', '--format', format]);
    expect(stdout).toBe(await desk.read(`sums/results.${format}`));
    await desk.pass(['report', 'sums', '--format', format, '--output', 'copy']);
    expect(await desk.read('copy')).toBe(stdout);
  });

  it('says how much of an unfinished run there is', async ({ desk }) => {
    await sums(desk);
    const lines = (await desk.read('sums/results.jsonl')).split('\n');
    await desk.write('sums/results.jsonl', `${lines.slice(0, 41).join('\n')}\n`);
    const { stderr, stdout } = await desk.pass(['report', 'sums']);
    expect(stderr).toContain('41 of 60 trials have a result: figures may change');
    expect(stdout).toMatch(/by 70\.0 points/);
  });

  it('describes a run without scores', async ({ desk }) => {
    await writeSums(desk);
    await desk.pass(['run', ...GRID.slice(0, -2), '--out', 'sums']);
    const { stdout } = await desk.pass(['report', 'sums']);
    expect(stdout).toContain('no scorer judged the answers: there is nothing to compare');
  });

  it.for([
    ['a folder without a run', ['nowhere'], /^error nowhere: holds no run\nhint .*\n$/],
    [
      'a form that it does not write',
      ['sums', '--format', 'pdf'],
      /^error --format must be terminal, html, markdown, junit, github, csv, jsonl, .* or wide-xlsx, got "pdf"\nhint .*markdown/,
    ],
    [
      'a column to cluster by that rows lack',
      ['sums', '--cluster', 'x'],
      /^error --cluster x: .*\nhint columns: .*topic/,
    ],
    ['a column to break down by that rows lack', ['sums', '--by', 'x'], /^error --by x: .*\nhint columns: .*lang/],
  ] as const)('refuses %s', async ([, words, message], { desk }) => {
    await sums(desk);
    const { status, stdout, stderr } = await desk.run(['report', ...words]);
    expect([status, stdout, stderr.replace('hint  ', 'hint ')]).toEqual([2, '', expect.stringMatching(message)]);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'ends with 4 if it cannot be written, as for other storage errors',
    async ({ desk }) => {
      await sums(desk);
      const { status, stderr } = await desk.run(['report', 'sums', '--output', '/dev/full']);
      expect([status, stderr]).toEqual([
        4,
        expect.stringMatching(/^error --output \/dev\/full: .*ENOSPC.*\nhint {2}.*\n$/),
      ]);
    },
  );

  it('is made from results.csv if there is nothing better, and says the same', async ({ desk }) => {
    await sums(desk);
    const { stdout } = await desk.pass(['report', 'sums', '--json']);
    await rm(desk.path('sums/results.jsonl'));
    expect(parseObject((await desk.pass(['report', 'sums', '--json'])).stdout)).toEqual(parseObject(stdout));
  });

  it('refuses a run without results, and says how to get them', async ({ desk }) => {
    await sums(desk);
    for (const name of ['results.jsonl', 'results.csv']) await rm(desk.path(`sums/${name}`));
    const { status, stderr } = await desk.run(['report', 'sums']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--format csv,jsonl')]);
  });
});
