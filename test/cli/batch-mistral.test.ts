import { describe, expect } from 'vitest';
import {
  type BatchLine,
  type BatchScript,
  type BatchServer,
  type LineFate,
  questionOf,
  type Step,
  type TakenBatch,
  UNDONE,
} from '../support/batch-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { mistralBatchServer } from '../support/mistral-batch-server.ts';
import { csvResults, questions } from '../support/results.ts';

const KEY = { MISTRAL_API_KEY: 'batch-key' };
const ROWS = 12;

interface Scene {
  readonly server: BatchServer;
  readonly words: readonly string[];
}

async function scene(desk: Desk, context: Ending, script: BatchScript = {}): Promise<Scene> {
  await desk.write('rows.csv', questions(ROWS));
  const server = await mistralBatchServer(context, script);
  const address = ['--provider', 'mistral', '--base-url', server.url];
  const grid = ['-m', 'mistral/small', '--price', 'small=2.5,10', '--max-tokens', '9', '--param', 'seed=7'];
  return { server, words: ['run', 'rows.csv', ...grid, ...address, '--batch', '--no-cache', '--out', 'run'] };
}

/** One request is refused, one times out and one fails in the first batch. */
function fate(line: BatchLine, { number }: TakenBatch): LineFate {
  const isAsked = (row: number): boolean => questionOf(line).includes(`What is ${row} `);
  if (isAsked(5)) return { status: 422, error: { object: 'error', message: 'Too long', type: 'invalid_request' } };
  if (number > 0) return 'yes';
  if (isAsked(3)) return UNDONE;
  return isAsked(4) ? { status: 503, error: { message: 'Service unavailable' } } : 'yes';
}

describe.concurrent('run --batch with Mistral', () => {
  it('buys answers at half price, and asks again what timed out or failed for a while', async ({
    desk,
    onTestFinished,
  }) => {
    const { server, words } = await scene(desk, { onTestFinished }, { fate });
    const { status } = await desk.run(words, { env: KEY });
    expect(status).toBe(3);
    const rows = await csvResults(desk, 'run');
    expect(rows.find((row) => row['row_id'] === 'r5')).toMatchObject({
      status: 'errored',
      error_code: 'invalid_request',
      error_message: expect.stringContaining('Too long'),
    });
    const answered = rows.filter((row) => row['status'] === 'completed');
    expect(answered).toHaveLength(ROWS - 1);
    for (const row of answered) expect(row).toMatchObject({ total_cost: '0.00004', latency_ms: '', output: 'yes' });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([ROWS, 2]);
    expect(server.batches[0]?.lines[0]?.body).toMatchObject({ model: 'small', random_seed: 7 });
    expect(new Set(server.billed.values())).toEqual(new Set([1]));
    expect([...server.files]).toEqual([]);
  });

  it('ends if the API takes none of a batch', async ({ desk, onTestFinished }) => {
    const { words } = await scene(
      desk,
      { onTestFinished },
      { failure: () => ({ message: 'No such model', count: 1 }) },
    );
    const { status, stderr } = await desk.run(words, { env: KEY });
    expect(status).toBe(4);
    expect(stderr).toContain('the batch batch_0 was refused: No such model');
  });

  it.for([
    ['upload', 'after'],
    ['create', 'before'],
    ['create', 'after'],
    ['look', 'after'],
    ['download', 'after'],
  ] as const)('that is killed at %s, %s the answer, is bought once', async ([step, when], { desk, onTestFinished }) => {
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
  });
});
