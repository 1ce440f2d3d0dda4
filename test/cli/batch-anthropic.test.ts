import { describe, expect } from 'vitest';
import { anthropicBatchServer } from '../support/anthropic-batch-server.ts';
import { type BatchScript, type BatchServer, questionOf, type Step, UNDONE } from '../support/batch-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { csvResults, questions } from '../support/results.ts';

const KEY = { ANTHROPIC_API_KEY: 'batch-key' };
const ROWS = 12;

interface Scene {
  readonly server: BatchServer;
  readonly words: readonly string[];
}

async function scene(desk: Desk, context: Ending, script: BatchScript = {}): Promise<Scene> {
  await desk.write('rows.csv', questions(ROWS));
  const server = await anthropicBatchServer(context, script);
  const address = ['--provider', 'anthropic', '--base-url', server.url];
  const words = [
    'run',
    'rows.csv',
    '-m',
    'anthropic/claude-test',
    '--price',
    'claude-test=2.5,10',
    '--max-tokens',
    '9',
  ];
  return { server, words: [...words, ...address, '--batch', '--no-cache', '--out', 'run'] };
}

describe.concurrent('run --batch with Anthropic', () => {
  it('buys answers at half price, and asks again what expired or was overloaded', async ({ desk, onTestFinished }) => {
    const { server, words } = await scene(
      desk,
      { onTestFinished },
      {
        fate: (line, { number }) => {
          if (questionOf(line).includes('What is 5 ')) {
            return { status: 400, error: { type: 'invalid_request_error', message: 'prompt is too long' } };
          }
          if (number > 0) return 'yes';
          if (questionOf(line).includes('What is 3 ')) return UNDONE;
          const overloaded = { type: 'overloaded_error', message: 'Overloaded' };
          return questionOf(line).includes('What is 4 ') ? { status: 529, error: overloaded } : 'yes';
        },
      },
    );
    const { status } = await desk.run(words, { env: KEY });
    expect(status).toBe(3);
    const rows = await csvResults(desk, 'run');
    expect(rows.find((row) => row['row_id'] === 'r5')).toMatchObject({
      status: 'errored',
      error_code: 'invalid_request',
      error_message: 'HTTP 400: prompt is too long (invalid_request_error)',
    });
    const answered = rows.filter((row) => row['status'] === 'completed');
    expect(answered).toHaveLength(ROWS - 1);
    for (const row of answered) expect(row).toMatchObject({ total_cost: '0.00004', latency_ms: '', output: 'yes' });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([ROWS, 2]);
    expect(new Set(server.billed.values())).toEqual(new Set([1]));
  });

  it.for([
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

  it('that may be one of two batches is told, and nothing is submitted', async ({ desk, onTestFinished }) => {
    let [isHeld, isOver] = [false, false];
    const { server, words } = await scene(
      desk,
      { onTestFinished },
      {
        isOver: () => isOver,
        after: (step) => {
          if (step !== 'create' || isHeld) return undefined;
          isHeld = true;
          return new Promise(() => undefined);
        },
      },
    );
    await killOnceHeld(desk, words, () => isHeld);
    await desk.run([...otherRun(words), '--no-wait'], { env: KEY });
    const unsure = await desk.run(words, { env: KEY });
    expect(unsure.status).toBe(4);
    expect(unsure.stderr).toContain("which of these batches is this run's: batch_1, batch_0; nothing was submitted");
    isOver = true;
    await desk.pass(words, { env: KEY });
    await desk.pass(otherRun(words), { env: KEY });
    expect(server.batches).toHaveLength(2);
  });

  it('is not taken for the one of somebody else, which is never cancelled', async ({ desk, onTestFinished }) => {
    const { hold, held } = holdOnce('create', 'before');
    const { server, words } = await scene(desk, { onTestFinished }, { ...hold, isOver: () => false });
    await killOnceHeld(desk, words, held);
    await desk.run([...otherRun(words), '--no-wait'], { env: KEY });
    const { status, stderr } = await desk.run([...words, '--cancel-batches'], { env: KEY });
    expect(status).toBe(4);
    expect(stderr).toContain(
      "not cancelled, as it may be somebody else's and only its results will show that: batch_0 (anthropic); " +
        "cancel it at the provider if you know that it is this run's; nothing was submitted",
    );
    expect(server.steps.cancel).toBe(0);
    expect(server.batches).toHaveLength(1);
  });

  it('is searched for again if the batch that was taken for it is not it', async ({ desk, onTestFinished }) => {
    const { hold, held } = holdOnce('create', 'after', 2);
    let [mayEnd, listsBefore] = [false, 0];
    const { server, words } = await scene(
      desk,
      { onTestFinished },
      {
        ...hold,
        before: (step) => {
          if (step !== 'look' || !held()) return;
          if (!mayEnd) listsBefore = server.steps.list;
          mayEnd = true;
        },
        isOver: () => mayEnd,
        isListed: ({ number }) => number === 0 || mayEnd,
      },
    );
    await desk.run([...otherRun(words), '--no-wait'], { env: KEY });
    await killOnceHeld(desk, words, held);
    await desk.pass(words, { env: KEY });
    expect(listsBefore).toBe(4);
    expect(server.batches).toHaveLength(2);
    expect(await csvResults(desk, 'run')).toHaveLength(ROWS);
    expect(await desk.read('run/batches.jsonl')).toContain('"id":"batch_1"');
    expect(await desk.read('run/batches.jsonl')).not.toContain('"id":"batch_0"');
  });
});

interface Hold {
  readonly hold: Pick<BatchScript, 'before' | 'after'>;
  /** True once a request is held. */
  readonly held: () => boolean;
}

/** Never answers one request of a step. @param number of it, from 1 */
function holdOnce(step: Step, when: 'before' | 'after', number = 1): Hold {
  let seen = 0;
  const wait = (current: Step): void | Promise<void> => {
    if (current !== step) return;
    seen += 1;
    return seen === number ? new Promise(() => undefined) : undefined;
  };
  return { hold: { [when]: wait }, held: () => seen >= number };
}

async function killOnceHeld(desk: Desk, words: readonly string[], held: () => boolean): Promise<void> {
  const killed = desk.start(words, { env: KEY });
  await killed.until(held);
  killed.signal('SIGKILL');
  await killed.ended;
}

/** Another run of the account, with as many requests. */
function otherRun(words: readonly string[]): readonly string[] {
  return [...words.slice(0, -1), 'other', '--prompt', 'Say {{ prompt }}'];
}
