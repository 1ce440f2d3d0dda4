import { describe, expect } from 'vitest';
import { isJsonArray, isJsonObject, type JsonObject, objectOf, textOf } from '../../src/core/json.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { objectAt, parseObject } from '../support/results.ts';

const ROWS = Array.from({ length: 100 }, (_, row) => ({ row, document: Math.floor(row / 5) + 1 }));

/** 20 documents of 5 questions each. */
const DATASET = [
  'id,document,topic,prompt,expected',
  ...ROWS.map(({ row, document }) => `r${row},doc ${document},t${row % 9},What of ${row}?,yes ${row}`),
].join('\n');

/** Answers of two models, of which the second fails documents 3 and 8 completely. */
const ANSWERS = ROWS.flatMap(({ row, document }) => {
  const fails = document === 3 || document === 8;
  return ['gpt-4o', 'gpt-4o-mini'].map((model) => {
    const output = fails && model === 'gpt-4o-mini' ? `no ${row}` : `yes ${row}`;
    return JSON.stringify({ model, prompt: `What of ${row}?`, output });
  });
}).join('\n');

/** Runs the two models together, or one of them. */
async function run(desk: Desk, models: string, out: string, more: readonly string[] = []): Promise<void> {
  const grid = ['docs.csv', '--simulate', 'answers.jsonl', '-m', models, '-t', '0', '--score', 'exact'];
  await desk.pass(['run', ...grid, '--out', out, ...more]);
}

async function prepare(desk: Desk): Promise<void> {
  await desk.write('docs.csv', DATASET);
  await desk.write('answers.jsonl', ANSWERS);
}

/** The first of a list of objects in a document. */
function firstOf(object: JsonObject, key: string): JsonObject {
  const list = object[key];
  const [first] = isJsonArray(list) ? list : [];
  if (!isJsonObject(first)) throw new TypeError(`${key} has no object`);
  return first;
}

async function compared(desk: Desk, ...words: readonly string[]): Promise<JsonObject> {
  return parseObject((await desk.run(['compare', ...words, '--json'])).stdout);
}

/** The gate's text about a variant, without its name. */
const figures = (gate: unknown): string | undefined => textOf(objectOf(gate)['why'])?.split(': ').at(-1);

const BY_DOCUMENT = ['--cluster', 'document'];

describe.concurrent('rows that belong together', { timeout: 240_000 }, () => {
  it('are compared alike from results.csv and from results.jsonl', async ({ desk }) => {
    await prepare(desk);
    await run(desk, 'gpt-4o', 'base');
    await run(desk, 'gpt-4o-mini', 'candidate');
    const [csv, jsonl] = ['csv', 'jsonl'].map((format) =>
      compared(desk, `base/results.${format}`, `candidate/results.${format}`, ...BY_DOCUMENT),
    );
    const asJsonl = JSON.stringify(await csv).replaceAll('results.csv', 'results.jsonl');
    expect(asJsonl).toContain('"verdict":"inconclusive"');
    expect(JSON.parse(asJsonl)).toEqual(await jsonl);
  });

  it('get one interval and one verdict from report and compare', async ({ desk }) => {
    await prepare(desk);
    await run(desk, 'gpt-4o,gpt-4o-mini', 'both', BY_DOCUMENT);
    await run(desk, 'gpt-4o', 'base', BY_DOCUMENT);
    await run(desk, 'gpt-4o-mini', 'candidate', BY_DOCUMENT);
    const report = parseObject((await desk.pass(['report', 'both', '--json'])).stdout);
    const told = firstOf(firstOf(report, 'scorers'), 'comparisons');
    const document = await compared(desk, 'base', 'candidate');
    const pair = firstOf(document, 'pairs');
    expect(told).toMatchObject({ n: 100, points: 10, pValue: 0.5, test: 'sign-flip', verdict: 'none shown' });
    expect(pair).toMatchObject({ n: 100, delta: -0.1, pValue: 0.5, test: 'sign-flip', verdict: 'inconclusive' });
    const [points, shares] = [objectAt(told, 'pointsInterval'), objectAt(pair, 'interval')];
    expect(Number(shares['low'])).toBeCloseTo(-Number(points['high']) / 100, 9);
    expect(Number(shares['high'])).toBeCloseTo(-Number(points['low']) / 100, 9);
    expect(document).toMatchObject({
      clusters: { column: 'document', clusters: 20, missing: 0, changed: 0 },
      notes: expect.arrayContaining([
        'rows with the same document count as one piece of evidence: 20 clusters, by the settings of both runs',
      ]),
    });
    const [text, comparison] = [await desk.pass(['report', 'both']), await desk.run(['compare', 'base', 'candidate'])];
    // The second model's loss is the first one's gain.
    const [, low = '', high = ''] =
      /\+10\.0 points \(95 % CI −([\d.]+) to ([\d.]+)\), not significant \(p = 0\.500\)/.exec(text.stdout) ?? [];
    expect(comparison.stdout).toContain(`−10.0 points (−${high} to ${low})`);
    expect(comparison.status).toBe(0);
    expect(comparison.stdout).toMatch(/p = 0\.500 +too few clusters to say/);
    expect(comparison.stdout).toMatch(/^too few clusters to say whether anything got worse$/m);
  });

  it('are stored by a baseline, and set by --cluster for files without settings', async ({ desk }) => {
    await prepare(desk);
    await run(desk, 'gpt-4o', 'base', BY_DOCUMENT);
    await run(desk, 'gpt-4o-mini', 'candidate');
    await desk.pass(['baseline', 'save', 'base', 'baseline.jsonl']);
    const kept = (await desk.read('baseline.jsonl')).split('\n');
    expect(parseObject(kept[0] ?? '')).toMatchObject({ cluster_column: 'document' });
    expect(kept[1]).not.toContain('doc 1');
    const folders = firstOf(await compared(desk, 'base', 'candidate'), 'pairs');
    expect(folders).toMatchObject({ test: 'sign-flip', pValue: 0.5 });
    // A bare file has the column; one without it gets clusters from the baseline's digests.
    expect(firstOf(await compared(desk, 'baseline.jsonl', 'candidate/results.csv'), 'pairs')).toEqual(folders);
    await desk.write('alone/base.jsonl', await desk.read('base/results.jsonl'));
    const bare = ['alone/base.jsonl', 'candidate/results.csv'] as const;
    expect(firstOf(await compared(desk, ...bare), 'pairs')).toMatchObject({ test: 'mcnemar', verdict: 'regressed' });
    expect(firstOf(await compared(desk, ...bare, ...BY_DOCUMENT), 'pairs')).toEqual(folders);
    await desk.pass(['baseline', 'save', 'candidate', 'other.jsonl']);
    expect(firstOf(await compared(desk, 'baseline.jsonl', 'other.jsonl'), 'pairs')).toMatchObject({ pValue: 0.5 });
    expect(firstOf(await compared(desk, 'other.jsonl', 'base'), 'pairs')).toMatchObject({ pValue: 0.5 });
    expect(firstOf(await compared(desk, 'baseline.jsonl', 'candidate', '--cluster', 'topic'), 'pairs')).toMatchObject({
      pValue: expect.not.closeTo(0.5, 3),
    });
  });

  it('are refused with a column that neither side has, and with two', async ({ desk }) => {
    await prepare(desk);
    await run(desk, 'gpt-4o', 'base', BY_DOCUMENT);
    await run(desk, 'gpt-4o-mini', 'candidate', ['--cluster', 'topic']);
    const two = await desk.run(['compare', 'base', 'candidate']);
    expect(two.stderr).toBe(
      'error rows belong together by "document" in the base and by "topic" in the candidate\n' +
        'hint  say by which: --cluster document or --cluster topic\n',
    );
    const none = await desk.run(['compare', 'base', 'candidate', '--cluster', 'documnt']);
    expect(none.stderr).toContain('--cluster documnt: neither side has such a column');
    expect(none.stderr).toContain('did you mean document?');
    expect([two.status, none.status]).toEqual([2, 2]);
  });

  it('get one interval for --min of run and of compare', async ({ desk }) => {
    await prepare(desk);
    await run(desk, 'gpt-4o', 'base', BY_DOCUMENT);
    const least = ['--min', 'exact=0.8'];
    const grid = ['docs.csv', '--simulate', 'answers.jsonl', '-m', 'gpt-4o-mini', '-t', '0', '--score', 'exact'];
    const ran = await desk.run(['run', ...grid, ...BY_DOCUMENT, ...least, '--out', 'candidate', '--json']);
    const { gates } = parseObject(ran.stdout);
    const why = /90% of 100 answers; the low end of the 95% interval, [\d.]+%, is below 80%$/;
    const [ofRun] = isJsonArray(gates) ? gates : [];
    const { gates: compare } = await compared(desk, 'base', 'candidate', ...least);
    const ofCompare = isJsonArray(compare) ? compare[1] : null;
    expect(ofRun).toMatchObject({ passed: false, why: expect.stringMatching(why) });
    expect(figures(ofCompare)).toBe(figures(ofRun));
    expect(ran.status).toBe(1);
  });
});
