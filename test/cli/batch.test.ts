import { describe, expect } from 'vitest';
import { type BatchScript, type BatchServer, openAiBatchServer } from '../support/batch-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { csvResults, jsonLines, questions, sumDecimals } from '../support/results.ts';

const KEY = { OPENAI_API_KEY: 'batch-key' };
const PRICE = ['--price', 'gpt-test=2.5,10'];
/** 12 and 5 tokens at half of that price. */
const HALF_COST = '0.00004';

interface Scene {
  readonly server: BatchServer;
  readonly words: readonly string[];
}

async function scene(desk: Desk, context: Ending, rows: number, script: BatchScript = {}): Promise<Scene> {
  await desk.write('rows.csv', questions(rows));
  const server = await openAiBatchServer(context, script);
  const model = ['-m', 'openai/gpt-test', '--provider', 'openai', '--base-url', server.url];
  return { server, words: ['run', 'rows.csv', '--out', 'run', '--no-cache', '--batch', ...model, ...PRICE] };
}

describe.concurrent('run --batch', () => {
  it('buys the answers at half price, which results and journal say', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished }, 20);
    const { stderr } = await desk.pass(words, { env: KEY });
    expect(stderr).toContain('openai: requests done: 0 of 20 in a batch');
    const rows = await csvResults(desk, 'run');
    expect(rows).toHaveLength(20);
    for (const row of rows) {
      expect(row).toMatchObject({ status: 'completed', output: 'yes', latency_ms: '', attempts: '1' });
      expect(row).toMatchObject({ total_cost: HALF_COST, cost_source: 'computed', currency: 'USD' });
    }
    expect(sumDecimals(rows.map((row) => row['total_cost'] ?? ''))).toBe('0.0008');
    for (const line of jsonLines(await desk.read('run/journal.jsonl'))) {
      expect(line).toMatchObject({ service_tier: 'batch', latency_ms: null });
    }
    expect(server.batches).toHaveLength(1);
    expect([...server.billed.values()]).toEqual(Array.from({ length: 20 }, () => 1));
  });
});
