import { describe, expect } from 'vitest';
import { isJsonArray, isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { formatDecimal, type Picounits, parseDecimal } from '../../src/core/money.ts';
import type { Gateway } from '../../src/gateway/index.ts';
import { plainServer } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import { estimateJson } from '../support/estimates.ts';
import { it } from '../support/in-process.ts';
import { judgedAnswers } from '../support/judged-answers.ts';
import { jsonLines, objectAt, parseObject, questions } from '../support/results.ts';

const ROWS = 100;
const PILOT = ['--pilot', '20'];
const JUDGE = ['--score', 'judge', '--judge-model', 'gpt-4o-mini'];

async function setUp(desk: Desk, rows = ROWS): Promise<Gateway> {
  await desk.write('rows.csv', questions(rows));
  await desk.write('answers.jsonl', judgedAnswers(rows));
  return desk.gateway({ answersFile: desk.path('answers.jsonl') });
}

function grid({ url }: Gateway, ...more: readonly string[]): readonly string[] {
  const asked = ['rows.csv', '-m', 'gpt-4o', '--prompt', '{{ prompt }}', '--max-tokens', '200', '--no-cache'];
  return [...asked, ...JUDGE, '--base-url', url, ...more];
}

function amount(text: unknown): Picounits {
  const value = typeof text === 'string' ? parseDecimal(text) : null;
  if (value === null) throw new TypeError(`no amount: ${JSON.stringify(text)}`);
  return value;
}

/** The first entry of a list of objects. */
function first(object: JsonObject, key: string): JsonObject {
  const list = object[key];
  const [entry] = isJsonArray(list) ? list : [];
  if (!isJsonObject(entry ?? null)) throw new TypeError(`${key} has no object: ${JSON.stringify(list)}`);
  return objectAt({ entry: entry ?? null }, 'entry');
}

/** The estimated judge cost, in the one currency there is. */
function judging(document: JsonObject): JsonObject {
  return objectAt(first(objectAt(document, 'judges'), 'costs'), 'cost');
}

/** The actual judge cost, from a run's summary. */
async function judgeCost(desk: Desk, run: string): Promise<Picounits> {
  const summary = parseObject(await desk.read(`${run}/summary.json`));
  return amount(first(objectAt(summary, 'judge'), 'costs')['total']);
}

describe.concurrent('judge cost', () => {
  it('is known from a pilot, whose judge requests the run does not repeat', async ({ desk }) => {
    const gateway = await setUp(desk);
    const words = grid(gateway, '--out', 'run');
    const told = await estimateJson(desk, [...words, ...PILOT]);
    expect(gateway.stats()).toMatchObject({ served: 40, duplicates: 0 });
    expect(objectAt(told, 'judges')).toMatchObject({
      costs: [{ currency: 'RUB', cost: { ceiling: null }, paid: expect.any(String) }],
      unknownPrices: [],
      seenRows: 20,
    });
    expect(amount(first(objectAt(told, 'judges'), 'costs')['paid'])).toBe(await judgeCost(desk, 'run'));
    // The estimate that follows, without a pilot, learns the same and makes no calls.
    expect(await estimateJson(desk, words)).toMatchObject({ judges: told['judges'] });
    expect(gateway.stats().served).toBe(40);

    const { stderr } = await desk.pass(['run', ...words]);
    expect(stderr).toMatch(/\njudges: [\d.]+ ₽ \([\d.]+–[\d.]+ with 90%\) on top, [\d.]+ ₽ of it paid\n/);
    expect(gateway.stats()).toMatchObject({ served: 2 * ROWS, duplicates: 0 });
    const lines = jsonLines(await desk.read('run/journal.jsonl'));
    expect(new Set(lines.map((line) => line['trial_id'])).size).toBe(2 * ROWS);
    const kept = objectAt(parseObject(await desk.read('run/summary.json')), 'estimate');
    expect(kept).toMatchObject({ judges: told['judges'] });
    const actual = first(objectAt(kept, 'actual'), 'judges');
    const { low, high } = judging(told);
    const total = await judgeCost(desk, 'run');
    expect(actual).toMatchObject({ total: formatDecimal(total), currency: 'RUB' });
    expect(actual['within']).toBe(amount(low) <= total && total <= amount(high));
  });

  it('has only a low end if no verdict was seen: that of the prompts about empty answers', async ({ desk }) => {
    const gateway = await setUp(desk);
    const words = grid(gateway, '--out', 'run');
    const told = await estimateJson(desk, words);
    expect(objectAt(told, 'judges')).toMatchObject({
      costs: [{ cost: { expected: null, high: null }, paid: '0' }],
      unknownPrices: [],
      seenRows: 0,
    });
    expect(gateway.stats().calls).toBe(0);
    const low = amount(judging(told)['low']);
    const { stderr } = await desk.pass(['run', ...words]);
    expect(stderr).toMatch(/\njudges: from [\d.]+ ₽ on top\n/);
    const total = await judgeCost(desk, 'run');
    expect(low).toBeLessThanOrEqual(total);
    expect(low).toBeGreaterThan(total / 10n);
    // Everything is judged now, so there is one figure.
    const exact = formatDecimal(total);
    expect(judging(await estimateJson(desk, words))).toMatchObject({ low: exact, expected: exact, high: exact });
    const again = await desk.pass(['run', ...words]);
    expect(again.stderr).not.toContain('judges:');
  });

  it('has a better low end if answers exist and only the judge is new', async ({ desk }) => {
    const gateway = await setUp(desk, 30);
    const words = grid(gateway, '--out', 'run');
    const before = amount(judging(await estimateJson(desk, words))['low']);
    const plain = words.filter((word) => !JUDGE.includes(word));
    await desk.pass(['run', ...plain]);
    const after = amount(judging(await estimateJson(desk, words))['low']);
    expect(after).toBeGreaterThan(before);
    const { stderr } = await desk.pass(['run', ...words]);
    expect(stderr).toMatch(/^judges: from [\d.]+ ₽ on top$/m);
    const total = await judgeCost(desk, 'run');
    expect(after).toBeLessThanOrEqual(total);
    expect(objectAt(parseObject(await desk.read('run/summary.json')), 'estimate')).toMatchObject({
      judges: { costs: [{ cost: { low: formatDecimal(after), high: null } }] },
      actual: { judges: [{ total: formatDecimal(total), within: null }] },
    });
  });

  it('is scaled to a planned volume, of which nothing is paid, and learned from another run of the same', async ({
    desk,
  }) => {
    const gateway = await setUp(desk);
    const low = amount(judging(await estimateJson(desk, grid(gateway, '--out', 'new')))['low']);
    const tenfold = await estimateJson(desk, grid(gateway, '--out', 'new', '--rows', '1000'));
    expect(amount(judging(tenfold)['low'])).toBe(10n * low);
    await estimateJson(desk, grid(gateway, ...PILOT, '--out', 'run'));
    const planned = await estimateJson(desk, grid(gateway, '--out', 'new', '--from', 'run', '--rows', '1000'));
    expect(objectAt(planned, 'judges')).toMatchObject({ seenRows: 20, costs: [{ paid: '0' }] });
    const asked = await judgeCost(desk, 'run');
    expect(Number(amount(judging(planned)['expected'])) / Number(50n * asked)).toBeCloseTo(1, 6);
    expect(gateway.stats().served).toBe(40);
  });

  it('is in --max-cost, whose gate fails if it is unknown', async ({ desk }) => {
    const gateway = await setUp(desk, 40);
    const words = grid(gateway, '--out', 'run');
    const unknown = await desk.run(['estimate', ...words, '--max-cost', '1000000']);
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toContain('judge cost is unknown; measure it with --pilot 20');
    expect(unknown.stderr).not.toContain('warning');
    const told = await estimateJson(desk, [...words, '--pilot', '10']);
    const answers = amount(objectAt(objectAt(told, 'total'), 'cost')['high']);
    const high = answers + amount(judging(told)['high']);
    const gated = async (most: Picounits): Promise<number | null> =>
      (await desk.run(['estimate', ...words, '--max-cost', formatDecimal(most)])).status;
    expect(await gated(high)).toBe(0);
    expect(await gated(high - 1n)).toBe(1);
  });

  it('is shown below the table, and is null without judges', async ({ desk }) => {
    const gateway = await setUp(desk, 10);
    const words = grid(gateway, '--out', 'run');
    const { stdout } = await desk.pass(['estimate', ...words]);
    expect(stdout).toMatch(/\njudges: from [\d.]+ ₽ on top\n/);
    const plain = await estimateJson(
      desk,
      words.filter((word) => !JUDGE.includes(word)),
    );
    expect(plain['judges']).toBeNull();
  });

  it('includes the rubrics of rows, and both orders of a comparison', async ({ desk }) => {
    const gateway = await setUp(desk, 4);
    const rubrics = Array.from(
      { length: 4 },
      (_, index) => `${index + 1},${index < 2 ? 'llm-rubric:is a number' : ''}`,
    );
    await desk.write('rows.csv', `prompt,__expected\n${rubrics.join('\n')}\n`);
    const words = [
      'rows.csv',
      '-m',
      'gpt-4o,claude-3-haiku',
      '--judge-model',
      'gpt-4o-mini',
      '--base-url',
      gateway.url,
    ];
    const rubric = await estimateJson(desk, [...words, '--pilot', '4', '--out', 'rubric']);
    expect(gateway.stats().served).toBe(8 + 4);
    expect(amount(judging(rubric)['expected'])).toBe(await judgeCost(desk, 'rubric'));
    const pairs = [...words, '--score', 'judge-pairwise:gpt-4o', '--out', 'pairs', '--no-cache'];
    await estimateJson(desk, [...pairs, '--pilot', '4']);
    expect(gateway.stats().served).toBe(12 + 8 + 4 + 2 * 4);
  });

  it('is unknown, and its model named, if the judge has no price', async ({ desk, onTestFinished }) => {
    const plain = await plainServer({ onTestFinished });
    await desk.write('rows.csv', questions(3));
    const words = ['rows.csv', '-m', 'asked', '--score', 'judge', '--judge-model', 'judging', '--provider', 'custom'];
    const priced = ['--price', 'asked=1,2', '--currency', 'USD', '--max-tokens', '5', '--max-cost', '1000'];
    const all = ['estimate', ...words, ...priced, '--no-model-check', '--base-url', plain.url];
    const { status, stdout, stderr } = await desk.run(all);
    expect(stdout).toContain('judges: cost unknown on top (no price is known of judging; --price gives one)');
    expect(status).toBe(1);
    expect(stderr).toContain('gate failed: --max-cost 1000: the price of judging is not known');
    const { judges } = parseObject((await desk.run([...all, '--json'])).stdout);
    expect(judges).toEqual({ costs: [], unknownCosts: 0, unknownPrices: ['judging'], seenRows: 0 });
  });
});
