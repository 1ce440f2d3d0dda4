import { parse } from 'csv-parse/sync';
import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { csvResults, jsonlResults, objectAt, parseObject, questions, sumDecimals } from '../support/results.ts';

const COLUMNS = [
  'trial_id',
  'row_id',
  'row.id',
  'row.prompt',
  'row.expected',
  'row.odd name',
  'prompt',
  'model',
  'temperature',
  'repeat',
  'status',
  'output',
  'finish_reason',
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'prompt_cost',
  'completion_cost',
  'total_cost',
  'currency',
  'cost_source',
  'latency_ms',
  'attempts',
  'cached',
  'score.exact',
  'score.contains',
  'passed',
  'error_code',
  'error_message',
  'response_id',
  'reasoning_tokens',
  'cached_tokens',
  'ttft_ms',
  'label',
];

const RUN = ['run', 'rows.csv', '--out', 'run'];

describe.concurrent('the results of a run', () => {
  it('have the documented columns in their order, and the same keys in JSONL', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'id,prompt,expected,odd name\na,hello,x,\nb,bye,Simulated,y\n');
    await desk.pass([...RUN, '-m', 'gpt-4o', '--base-url', gateway.url, '--score', 'exact', '--score', 'contains']);
    const [header] = parse(await desk.read('run/results.csv'));
    expect(header).toEqual(COLUMNS);
    for (const line of await jsonlResults(desk, 'run')) expect(Object.keys(line)).toEqual(COLUMNS);
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => [row['score.exact'], row['score.contains'], row['passed']])).toEqual([
      ['0.0', '0.0', 'false'],
      ['0.0', '1.0', 'false'],
    ]);
    expect(rows[1]).toMatchObject({
      status: 'completed',
      finish_reason: 'stop',
      currency: 'RUB',
      cost_source: 'provider',
    });
  });

  it('keep the order of the columns, even if their names are whole numbers', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'prompt,2024,id,7\nhello,x,a,y\n');
    await desk.pass([...RUN, '-m', 'gpt-4o', '--base-url', gateway.url]);
    const [header, row] = parse(await desk.read('run/results.csv'));
    expect(header?.slice(2, 6)).toEqual(['row.prompt', 'row.2024', 'row.id', 'row.7']);
    expect(row?.slice(2, 6)).toEqual(['hello', 'x', 'a', 'y']);
  });

  it('are in plan order: row, prompt, model, temperature, repeat, each once', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyJitterMs: 30 });
    await desk.write('rows.csv', 'id,word\nb,tree\na,leaf\n');
    const prompts = ['--prompt', 'Say {{ word }}', '--prompt', 'Spell {{ word }}'];
    const grid = ['-m', 'yandexgpt,gpt-4o', '-t', '0.7', '-t', '0', '--repeat', '2'];
    await desk.pass([...RUN, '--base-url', gateway.url, ...prompts, ...grid]);
    const wanted = ['b', 'a'].flatMap((row) =>
      ['p1', 'p2'].flatMap((prompt) =>
        ['yandexgpt', 'gpt-4o'].flatMap((model) =>
          ['0.7', '0'].flatMap((temperature) => ['1', '2'].map((repeat) => [row, prompt, model, temperature, repeat])),
        ),
      ),
    );
    const rows = await csvResults(desk, 'run');
    const places = rows.map((row) => ['row_id', 'prompt', 'model', 'temperature', 'repeat'].map((name) => row[name]));
    expect(places).toEqual(wanted);
    expect(new Set(rows.map((row) => row['trial_id'])).size).toBe(wanted.length);
    expect(gateway.stats().served).toBe(wanted.length);
  });

  it('cost exactly what the provider billed, in every file and document', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(12));
    const words = [...RUN, '-m', 'gpt-4o,gpt-4o-mini,claude-3-haiku', '-t', '0,0.5', '--base-url', gateway.url];
    const { stdout } = await desk.pass([...words, '--json']);
    const { billed, byModel, promptTokens, completionTokens } = gateway.stats();
    const rows = await csvResults(desk, 'run');
    expect(rows).toHaveLength(12 * 3 * 2);
    expect(sumDecimals(rows.map((row) => row['total_cost'] ?? ''))).toBe(billed);
    expect(sumDecimals(rows.flatMap((row) => [row['prompt_cost'] ?? '', row['completion_cost'] ?? '']))).toBe(billed);
    for (const [model, paid] of Object.entries(byModel)) {
      const own = rows.filter((row) => row['model'] === model);
      expect(sumDecimals(own.map((row) => row['total_cost'] ?? ''))).toBe(paid.billed);
    }
    const totals = { costs: [{ total: billed, currency: 'RUB' }], unknownCosts: 0 };
    const tokens = { prompt: promptTokens, completion: completionTokens };
    expect(parseObject(stdout)).toMatchObject({ cost: { total: billed, currency: 'RUB' }, tokens });
    expect(objectAt(parseObject(await desk.read('run/run.json')), 'totals')).toMatchObject({ ...totals, tokens });
    expect(objectAt(parseObject(await desk.read('run/summary.json')), 'total')).toMatchObject({ ...totals, tokens });
  });

  it('are summed up by variant with what each figure is out of', async ({ desk }) => {
    const gateway = await desk.gateway();
    // The second row expects nothing, so no scorer can score its answer.
    await desk.write('rows.csv', 'id,prompt,expected\na,hello,Simulated\nb,bye,\nc,well,nonsense\n');
    await desk.pass([...RUN, '-m', 'gpt-4o,yandexgpt', '--base-url', gateway.url, '--score', 'contains']);
    const { variants } = parseObject(await desk.read('run/summary.json'));
    expect(variants).toMatchObject(
      ['gpt-4o', 'yandexgpt'].map((model) => ({
        model,
        n: 3,
        completed: 3,
        errored: 0,
        latencyMs: { p50: expect.any(Number), p95: expect.any(Number) },
        scores: [{ name: 'contains', n: 2, unjudged: 1, mean: 0.5 }],
      })),
    );
    const rows = await csvResults(desk, 'run');
    expect(rows.filter((row) => row['row_id'] === 'b').map((row) => [row['score.contains'], row['passed']])).toEqual([
      ['', ''],
      ['', ''],
    ]);
  });

  it('come with a run.json that has dataset, settings and prices', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'prompt\nhello\n');
    await desk.pass([...RUN, '-m', 'gpt-3.5-turbo', '--max-tokens', '7', '--base-url', gateway.url]);
    const file = parseObject(await desk.read('run/run.json'));
    expect(file).toMatchObject({
      state: 'completed',
      trials: 1,
      simulated: true,
      // The digest is sha256sum's.
      dataset: { rows: 1, bytes: 13, sha256: '15c782acbd4caba429f2a971be25f727e53a4c7a353f400cc6f993e65504c3b9' },
      identity: { params: { max_tokens: 7 } },
      prices: [{ model: 'gpt-3.5-turbo', input: '1350', output: '2700', per: '1000000 tokens', currency: 'RUB' }],
    });
    expect((await csvResults(desk, 'run'))[0]).toMatchObject({ finish_reason: 'length', completion_tokens: '7' });
  });

  it('never have more calls in flight than --concurrency', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 5 });
    await desk.write('rows.csv', questions(40));
    await desk.pass([...RUN, '-m', 'gpt-4o', '--base-url', gateway.url, '--concurrency', '3']);
    expect(gateway.stats()).toMatchObject({ served: 40, maxInFlight: 3 });
  });

  it('are scripted ones with --simulate and a file of answers', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt,expected\na,Capital of France?,Paris\n');
    await desk.write('answers.jsonl', '{"prompt": "Capital of France?", "model": "gpt-4o", "output": "Paris"}\n');
    await desk.pass([...RUN, '-m', 'gpt-4o', '--simulate', 'answers.jsonl', '--score', 'exact']);
    expect(await csvResults(desk, 'run')).toMatchObject([{ output: 'Paris', 'score.exact': '1.0', passed: 'true' }]);
  });
});
