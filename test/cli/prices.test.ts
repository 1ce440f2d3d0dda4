import { readdir, writeFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { keepList } from '../../src/pricing/kept-prices.ts';
import type { Desk } from '../support/cli.ts';
import { it as deskIt } from '../support/in-process.ts';
import { type PriceServer, priceServer } from '../support/price-server.ts';
import { csvResults, parseObject, questions, sumDecimals } from '../support/results.ts';

const it = deskIt.extend<{ server: PriceServer }>({
  server: async ({ task, onTestFinished }, use) => {
    const server = await priceServer({ onTestFinished }, [{ id: 'gpt-4o', name: task.name }]);
    server.usage = { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 1010 };
    await use(server);
  },
});

const KEPT = '.promptgrid/prices';

function words(server: PriceServer, ...more: readonly string[]): readonly string[] {
  return ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '--base-url', server.url, '--no-cache', ...more];
}

/** Leaves a GPTunnel price list as a run did this many days ago: 0.75 and 3 rubles per 1,000 tokens. */
async function keepEarlier(desk: Desk, endpoint: string, daysAgo: number): Promise<string> {
  const date = new Date(Date.now() - daysAgo * 86_400_000).toISOString();
  const rates = { promptToken: 750_000_000n, completionToken: 3_000_000_000n };
  const price = { ...rates, currency: 'RUB', source: 'gptunnel /v1/models', date };
  const models = [{ id: 'gpt-4o', title: null, maxCapacity: 128_000, price }];
  await keepList({ folder: desk.path(KEPT), provider: 'gptunnel', endpoint }, { date, models });
  return date;
}

async function costs(desk: Desk): Promise<readonly unknown[]> {
  const rows = await csvResults(desk, 'run');
  return rows.map((row) => [row['prompt_cost'], row['completion_cost'], row['currency'], row['cost_source']]);
}

async function pricesUsed(desk: Desk): Promise<unknown> {
  return parseObject(await desk.read('run/run.json'))['prices'];
}

describe.concurrent('a cost that the answer does not report', () => {
  it.for([
    ['OpenAI', { prompt_tokens_details: { cached_tokens: 600 } }],
    ['DeepSeek', { prompt_cache_hit_tokens: 600, prompt_cache_miss_tokens: 400 }],
  ] as const)(
    'is computed from the packaged price, with cached tokens as reported by %s',
    async ([, told], { desk, server }) => {
      server.usage = { ...server.usage, ...told };
      await desk.write('rows.csv', questions(2));
      await desk.pass(words(server, '--provider', 'openai'));
      // 400 × 2.5 + 600 × 1.25 and 10 × 10 millionths of a dollar.
      expect(await costs(desk)).toEqual(Array.from({ length: 2 }, () => ['0.00175', '0.0001', 'USD', 'computed']));
      expect(await pricesUsed(desk)).toEqual([
        {
          model: 'gpt-4o',
          input: '2.5',
          output: '10',
          cachedInput: '1.25',
          per: '1000000 tokens',
          currency: 'USD',
          source: 'genai-prices 0.1.8 (openai/gpt-4o)',
          date: '2026-09-23',
        },
      ]);
      const [line = ''] = (await desk.read('run/journal.jsonl')).split('\n');
      expect(parseObject(line)).toMatchObject({ prompt_tokens: 1000, cached_prompt_tokens: 600 });
    },
  );

  it('stays within a budget by the packaged price, without --price', async ({ desk, server }) => {
    await desk.write('rows.csv', questions(20));
    server.usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };
    const budget = ['--budget', '0.001', '--max-tokens', '10'];
    expect((await desk.run(words(server, '--provider', 'openai', ...budget))).status).toBe(4);
    const paid = (await csvResults(desk, 'run')).map((row) => row['total_cost'] ?? '');
    // 10 × 2.5 + 10 × 10 millionths of a dollar.
    expect(new Set(paid)).toEqual(new Set(['0.000125']));
    expect(paid).toHaveLength(server.calls.length);
    expect(Number(sumDecimals(paid))).toBeLessThanOrEqual(0.001);
    expect(paid.length).toBeGreaterThanOrEqual(5);
  });
});

describe.concurrent('a price list', () => {
  it('that cannot be read now is replaced by a saved one, with its age', async ({ desk, server }) => {
    server.models = null;
    const date = await keepEarlier(desk, server.url, 20);
    await desk.write('rows.csv', questions(1));
    const { stderr } = await desk.pass(words(server));
    expect(stderr).toContain(`warning: price list of gptunnel from ${date.slice(0, 10)} (20 days old); `);
    expect(await costs(desk)).toEqual([['0.75', '0.03', 'RUB', 'computed']]);
    expect(await pricesUsed(desk)).toMatchObject([{ source: 'gptunnel /v1/models', date }]);
  });

  it('that was saved is no reason to run if the address is unreachable', async ({ desk, server }) => {
    await keepEarlier(desk, server.url, 0);
    await server.close();
    await desk.write('rows.csv', questions(1));
    const { status, stderr } = await desk.run(words(server));
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error http:.*no answer/);
  });

  it('that was saved and is broken counts as missing', async ({ desk, server }) => {
    server.models = null;
    await keepEarlier(desk, server.url, 20);
    const [name = ''] = await readdir(desk.path(KEPT));
    await writeFile(desk.path(`${KEPT}/${name}`), '{"format":1,');
    await desk.write('rows.csv', questions(1));
    const { stderr } = await desk.pass(words(server));
    expect(stderr).not.toContain('warning');
    expect(await costs(desk)).toEqual([['', '', 'RUB', 'unknown']]);
  });

  it('overrides --price, with a warning', async ({ desk, server }) => {
    server.models = [{ id: 'gpt-4o', cost_context: '0.75', cost_completion: '3.00' }];
    await desk.write('rows.csv', questions(1));
    const { stderr } = await desk.pass(words(server, '--price', 'gpt-4o=1,2'));
    expect(stderr).toContain('warning: --price of gpt-4o is not used: the list of gptunnel has one');
    expect(await costs(desk)).toEqual([['0.75', '0.03', 'RUB', 'computed']]);
  });
});

describe.concurrent('a price list that was read', () => {
  it('is saved for the time when it cannot be read, without the key', async ({ desk, server }) => {
    server.models = [{ id: 'gpt-4o', cost_context: '0.75', cost_completion: '3.00' }];
    await desk.write('rows.csv', questions(1));
    const env = { GPTUNNEL_API_KEY: 'key-of-ours' };
    await desk.pass(words(server), { env });
    expect(Object.values(await desk.files(KEPT)).join()).not.toContain('key-of-ours');
    server.models = null;
    const { stderr } = await desk.pass(words(server, '--overwrite'), { env });
    expect(stderr).toMatch(/^warning: price list of gptunnel from [\d-]{10} \(less than a day old\); /m);
    expect(await costs(desk)).toEqual([['0.75', '0.03', 'RUB', 'computed']]);
  });

  it('need not be saved if the folder is not writable', async ({ desk, server }) => {
    server.models = [{ id: 'gpt-4o', cost_context: '0.75', cost_completion: '3.00' }];
    await desk.write('rows.csv', questions(1));
    await desk.write('.promptgrid', 'a file where the folder should be');
    const { stderr } = await desk.pass(words(server));
    expect(stderr).not.toContain('warning');
    expect(await costs(desk)).toEqual([['0.75', '0.03', 'RUB', 'computed']]);
  });
});
