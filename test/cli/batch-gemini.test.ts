import { describe, expect } from 'vitest';
import { type BatchServer, type Step, UNDONE } from '../support/batch-server.ts';
import type { Desk } from '../support/cli.ts';
import { contentOf, type GeminiBatchScript, geminiBatchServer } from '../support/gemini-batch-server.ts';
import type { Ending } from '../support/http-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { csvResults, jsonLines, questions, sumDecimals } from '../support/results.ts';

const KEY = { GEMINI_API_KEY: 'batch-key' };
const ROWS = 12;

interface Scene {
  readonly server: BatchServer;
  readonly words: readonly string[];
}

async function scene(desk: Desk, context: Ending, script: GeminiBatchScript = {}): Promise<Scene> {
  await desk.write('rows.csv', questions(ROWS));
  const server = await geminiBatchServer(context, script);
  const address = ['--provider', 'gemini', '--base-url', server.url];
  const grid = ['-m', 'gemini/gemini-test', '--price', 'gemini-test=2.5,10,0.4,3', '--max-tokens', '9'];
  return { server, words: ['run', 'rows.csv', ...grid, ...address, '--batch', '--no-cache', '--out', 'run'] };
}

const MOMENTS = [
  ['upload', 'before'],
  ['upload', 'after'],
  ['create', 'before'],
  ['create', 'after'],
  ['look', 'after'],
  ['download', 'before'],
  ['download', 'after'],
] as const;

describe.concurrent('run --batch with Gemini', () => {
  it('buys answers at half price to the digit', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished });
    const { stderr } = await desk.pass(words, { env: KEY });
    expect(stderr).not.toContain('warning');
    const rows = await csvResults(desk, 'run');
    expect(rows).toHaveLength(ROWS);
    for (const row of rows) {
      expect(row).toMatchObject({ status: 'completed', output: 'yes', latency_ms: '', cost_source: 'computed' });
      expect(row).toMatchObject({ total_cost: '0.00004', prompt_cost: '0.000015', completion_cost: '0.000025' });
    }
    expect(sumDecimals(rows.map((row) => row['total_cost'] ?? ''))).toBe('0.00048');
    for (const line of jsonLines(await desk.read('run/journal.jsonl')))
      expect(line).toMatchObject({ service_tier: 'batch' });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([ROWS]);
    expect([...server.billed.values()]).toEqual(Array.from({ length: ROWS }, () => 1));
    expect([...server.files]).toEqual([]);
  });

  it('pays the usual price for tokens from the cache of prompts', async ({ desk, onTestFinished }) => {
    const { words } = await scene(desk, { onTestFinished }, { usage: { cachedContentTokenCount: 10 } });
    await desk.pass(words, { env: KEY });
    const rows = await csvResults(desk, 'run');
    // 2 tokens at 1.25, 10 at 0.4 and 5 at 5 a million.
    for (const row of rows) expect(row).toMatchObject({ total_cost: '0.0000315', cached_tokens: '10' });
  });

  it('asks again what failed for a while, and all of a batch that expired', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(
      desk,
      { onTestFinished },
      {
        fate: (line, { number }) => {
          const isAsked = (row: number): boolean => contentOf(line).includes(`What is ${row} `);
          if (number === 0) return UNDONE;
          if (isAsked(5)) return { status: 400, error: { code: 3, message: 'Unsupported content' } };
          return number === 1 && isAsked(4) ? { status: 503, error: { code: 14, message: 'Overloaded' } } : 'yes';
        },
      },
    );
    const { status } = await desk.run(words, { env: KEY });
    expect(status).toBe(3);
    const rows = await csvResults(desk, 'run');
    expect(rows.find((row) => row['row_id'] === 'r5')).toMatchObject({
      status: 'errored',
      error_code: 'invalid_request',
      error_message: expect.stringContaining('Unsupported content'),
    });
    expect(rows.find((row) => row['row_id'] === 'r4')).toMatchObject({ status: 'completed', attempts: '3' });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([ROWS, ROWS, 1]);
    expect([...server.billed.values()]).toEqual(Array.from({ length: ROWS - 1 }, () => 1));
  });

  it('ends if the API takes none of a batch', async ({ desk, onTestFinished }) => {
    const failure = { code: 3, message: 'The model does not support batches' };
    const { words } = await scene(desk, { onTestFinished }, { failure: () => failure });
    const { status, stderr } = await desk.run(words, { env: KEY });
    expect(status).toBe(4);
    expect(stderr).toContain('the batch batches/batch_0 was refused: The model does not support batches (3)');
  });

  it('puts each model into a batch of its own', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(desk, { onTestFinished });
    await desk.pass([...words, '-m', 'gemini/gemini-other', '--price', 'gemini-other=1,2'], { env: KEY });
    const models = server.batches.map(({ lines }) => [...new Set(lines.map(({ body }) => body['model']))]);
    expect(models).toEqual([['gemini-test'], ['gemini-other']]);
    expect(await csvResults(desk, 'run')).toHaveLength(2 * ROWS);
  });

  it.for(MOMENTS)(
    'that is killed at %s, %s the answer, is bought once',
    async ([step, when], { desk, onTestFinished }) => {
      let isHeld = false;
      const hold = (current: Step): void | Promise<void> => {
        if (current !== step || isHeld) return;
        isHeld = true;
        return new Promise(() => undefined);
      };
      const { server, words } = await scene(desk, { onTestFinished }, { [when]: hold });
      const killed = desk.start(words, { env: KEY });
      await killed.until(() => isHeld);
      killed.signal('SIGKILL');
      await killed.ended;
      await desk.pass(words, { env: KEY });
      expect(await csvResults(desk, 'run')).toHaveLength(ROWS);
      expect(server.batches).toHaveLength(1);
      expect([...server.billed.values()]).toEqual(Array.from({ length: ROWS }, () => 1));
    },
  );
});
