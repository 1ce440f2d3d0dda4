import { describe, expect } from 'vitest';
import { keepList } from '../../src/pricing/kept-prices.ts';
import { plainServer } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import { equalRows, estimateJson, variantAt } from '../support/estimates.ts';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { jsonLines, objectAt, questions } from '../support/results.ts';

const NOWHERE = 'http://127.0.0.1:9/v1';
const NO_COST = { low: null, expected: null, high: null, ceiling: null };

describe.concurrent('promptgrid estimate is refused', () => {
  it.for([
    ['an unknown model, and names the nearest', ['-m', 'gpt-4o-mimi'], /"gpt-4o-mimi"/, /gpt-4o-mini/],
    ['a pilot of one row', ['--pilot', '1'], /--pilot must be a whole number from 2, got "1"/, /--pilot 20/],
    ['a pilot of no number', ['--pilot', 'x'], /--pilot must be .* got "x"/, /--pilot 20/],
    ['a precision of nothing', ['--precision', '0'], /--precision must be .* got "0"/, /10%/],
    ['no planned rows', ['--rows', '0'], /--rows must be .* got "0"/, /--rows 20/],
    ['a gate below nothing', ['--max-cost', '-1'], /--max-cost must be an amount above 0, got "-1"/, /--max-cost 500/],
    [
      'a folder to learn from that is not there',
      ['--from', 'nowhere'],
      /--from nowhere: there is no completed/,
      /folder/,
    ],
  ] as const)('for %s, before anything is paid', async ([, flags, message, hint], { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    const model = flags[0] === '-m' ? [] : ['-m', 'gpt-4o'];
    const words = ['estimate', 'rows.csv', ...model, '--base-url', gateway.url, ...flags];
    // A price list that was read without need may be saved.
    await desk.write('.promptgrid/prices', 'no place for lists');
    const refusal = await refused(desk, gateway, words);
    expect(refusal.message).toMatch(message);
    expect(refusal.hint).toMatch(hint);
  });

  it('for a pilot of more rows than there are, which leaves everything unchanged', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(30));
    await desk.write('.promptgrid/prices', 'no place for lists');
    const grid = ['rows.csv', '-m', 'gpt-4o', '--limit', '10', '--base-url', gateway.url, '--out', 'run'];
    const { message } = await refused(desk, gateway, ['estimate', ...grid, '--pilot', '11']);
    expect(message).toContain('--pilot 11 is more than the 10 rows that take part');
  });

  it('for such a pilot without touching the run that it was to replace', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(5));
    const grid = ['rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run'];
    await desk.pass(['run', ...grid]);
    const before = await desk.files('run');
    expect((await desk.run(['estimate', ...grid, '--overwrite', '--pilot', '6'])).status).toBe(2);
    expect(await desk.files('run')).toEqual(before);
  });

  it('for a run to learn from without answers', async ({ desk }) => {
    const gateway = await desk.gateway({ faults: { rate5xx: 1 } });
    await desk.write('rows.csv', questions(2));
    const grid = ['rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url];
    expect((await desk.run(['run', ...grid, '--out', 'failed', '--max-attempts', '1'])).status).toBe(3);
    const { status, stderr } = await desk.run(['estimate', ...grid, '--from', 'failed']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error --from failed: there is no completed trial to learn from\nhint {2}/m);
  });
});

describe.concurrent('a pilot in which every call fails', () => {
  it('ends with 3 and says so, keeps its journal, and can be repeated', async ({ desk }) => {
    const gateway = await desk.gateway({ faults: { rate5xx: 1 } });
    await desk.write('rows.csv', questions(10));
    const words = ['estimate', 'rows.csv', '-m', 'gpt-4o', '--max-attempts', '1', '--out', 'run', '--pilot', '4'];
    const { status, stdout, stderr } = await desk.run([...words, '--base-url', gateway.url, '--json']);
    expect({ status, document: JSON.parse(stdout) }).toMatchObject({
      status: 3,
      document: { error: { code: 'E_PILOT' } },
    });
    expect(stderr).toMatch(
      /^error no call of the pilot got an answer.*: 4 × overloaded: HTTP 503: .*\nhint {2}retry .*--retry-errored$/m,
    );
    const lines = jsonLines(await desk.read('run/journal.jsonl'));
    expect(lines.map(({ status: kept }) => kept)).toEqual(['errored', 'errored', 'errored', 'errored']);

    const sound = await desk.gateway();
    await desk.pass([...words, '--base-url', sound.url, '--retry-errored']);
    expect(sound.stats().served).toBe(4);
  });
});

/** Leaves a GPTunnel price list as a run did this many days ago: 0.75 and 3 rubles per 1,000 tokens. */
async function keepEarlier(desk: Desk, endpoint: string, daysAgo: number): Promise<string> {
  const date = new Date(Date.now() - daysAgo * 86_400_000).toISOString();
  const rates = { promptToken: 750_000_000n, completionToken: 3_000_000_000n };
  const price = { ...rates, currency: 'RUB', source: 'gptunnel /v1/models', date };
  const models = [{ id: 'gpt-4o', title: null, maxCapacity: 128_000, price }];
  await keepList({ folder: desk.path('.promptgrid/prices'), provider: 'gptunnel', endpoint }, { date, models });
  return date;
}

describe.concurrent('an estimate whose price list cannot be reached', () => {
  it('is made from the saved one, with its age', async ({ desk }) => {
    const date = await keepEarlier(desk, NOWHERE, 20);
    await desk.write('rows.csv', questions(3));
    const words = ['estimate', 'rows.csv', '-m', 'gpt-4o', '--max-tokens', '10', '--base-url', NOWHERE, '--json'];
    const { stdout, stderr } = await desk.pass(words);
    expect(stderr).toContain(`warning: price list of gptunnel from ${date.slice(0, 10)} (20 days old); `);
    expect(JSON.parse(stdout)).toMatchObject({
      // 42 × 0.00075, and 30 × 0.003 on top of it.
      currency: 'RUB',
      unknownPrices: [],
      total: { cost: { low: '0.0315', ceiling: '0.1215' } },
      variants: [{ price: { source: 'gptunnel /v1/models', date } }],
    });
  });

  it('has tokens and no cost if none was saved, and says what is missing', async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    const grid = ['rows.csv', '-m', 'gpt-4o', '--max-tokens', '10', '--base-url', NOWHERE];
    const { stdout, stderr } = await desk.pass(['estimate', ...grid]);
    expect(stderr).toContain('warning: no price list of gptunnel, and none was kept; ');
    expect(stdout).toMatch(
      /^estimate: cost unknown \(no price is known of gpt-4o; --price gives one\) · 42 tokens in/m,
    );
    const document = await estimateJson(desk, grid);
    expect(document).toMatchObject({
      currency: null,
      totals: [],
      unknownPrices: ['gpt-4o'],
      total: { promptTokens: 42, completionTokens: { ceiling: 30 }, cost: NO_COST },
    });
    expect(variantAt(document, 0)).toMatchObject({ price: null, cost: NO_COST, trials: 3 });
  });
});

describe.concurrent('an estimate in several currencies', () => {
  it('has a total for each and no sum, and no gate can pass for it', async ({ desk, onTestFinished }) => {
    const gateway = await desk.gateway();
    const plain = await plainServer({ onTestFinished });
    await desk.write('rows.csv', equalRows(4));
    await desk.write(
      'promptgrid.yaml',
      `providers:\n  gptunnel:\n    baseUrl: ${gateway.url}\n  custom:\n    baseUrl: ${plain.url}\n`,
    );
    const grid = ['rows.csv', '-m', 'gptunnel/gpt-4o,custom/plain', '--max-tokens', '10'];
    const prices = ['--price', 'plain=1,2', '--currency', 'USD'];
    const document = await estimateJson(desk, [...grid, ...prices]);
    expect(document).toMatchObject({
      currency: null,
      unknownPrices: [],
      total: { cost: NO_COST },
      totals: [{ currency: 'RUB' }, { currency: 'USD' }],
    });
    for (const total of [0, 1].map((index) => objectAt(variantAt(document, index), 'cost'))) {
      expect(total).toMatchObject({
        low: expect.stringMatching(/^0\.\d+$/),
        ceiling: expect.stringMatching(/^0\.\d+$/),
      });
    }
    const { status, stdout, stderr } = await desk.run(['estimate', ...grid, ...prices, '--max-cost', '1000']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^estimate: from [\d.]+ ₽ .* \+ from \$?[\d.]+/m);
    expect(stderr).toContain('gate failed: --max-cost 1000 is one amount, but costs are in RUB and USD');
    expect(plain.calls).toHaveLength(0);
  });
});
