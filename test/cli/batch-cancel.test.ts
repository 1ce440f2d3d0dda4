import { describe, expect } from 'vitest';
import { anthropicBatchServer } from '../support/anthropic-batch-server.ts';
import {
  type BatchLine,
  type BatchScript,
  type BatchServer,
  openAiBatchServer,
  questionOf,
} from '../support/batch-server.ts';
import { type Desk, it } from '../support/cli.ts';
import { contentOf, geminiBatchServer } from '../support/gemini-batch-server.ts';
import type { Ending } from '../support/http-server.ts';
import { mistralBatchServer } from '../support/mistral-batch-server.ts';
import { csvResults, questions } from '../support/results.ts';

const ROWS = 8;
/** Answered before their batch is cancelled. */
const EARLY = /What is [123] /;

const VENDORS = [
  ['openai', 'OPENAI_API_KEY', openAiBatchServer],
  ['anthropic', 'ANTHROPIC_API_KEY', anthropicBatchServer],
  ['gemini', 'GEMINI_API_KEY', geminiBatchServer],
  ['mistral', 'MISTRAL_API_KEY', mistralBatchServer],
] as const;

function isEarly(line: BatchLine): boolean {
  return EARLY.test(`${questionOf(line)}${contentOf(line)}`);
}

interface Scene {
  readonly server: BatchServer;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function scene(
  desk: Desk,
  context: Ending,
  [name, variable, open]: (typeof VENDORS)[number],
  script: BatchScript,
): Promise<Scene> {
  await desk.write('rows.csv', questions(ROWS));
  const server = await open(context, script);
  const model = [
    '-m',
    `${name}/test-model`,
    '--price',
    'test-model=2.5,10',
    '--max-tokens',
    '9',
    '--max-attempts',
    '1',
  ];
  const address = ['--provider', name, '--base-url', server.url];
  const words = ['run', 'rows.csv', ...model, ...address, '--batch', '--no-cache', '--out', 'run'];
  return { server, words, env: { [variable]: 'batch-key' } };
}

describe.concurrent('run --batch --cancel-batches', () => {
  it.for(VENDORS)('keeps what %s answered and submits nothing', async (vendor, { desk, onTestFinished }) => {
    let mayEnd = false;
    const { server, words, env } = await scene(desk, { onTestFinished }, vendor, { isOver: () => mayEnd, isEarly });
    await desk.run([...words, '--no-wait'], { env });
    const asked = await desk.run([...words, '--no-wait', '--cancel-batches'], { env });
    expect(asked.status).toBe(4);
    expect(asked.stderr).toContain('being cancelled, collected by the same command later: ');
    expect(asked.stderr).toContain('what the provider answers until then is billed; nothing was submitted');
    const { status, stderr } = await desk.run([...words, '--cancel-batches'], { env });
    expect(status).toBe(4);
    expect(stderr).toMatch(
      /cancelled, with answers kept and billed: \S+ \(\w+\): 3 of 8 requests answered; nothing was/,
    );
    expect(stderr).toMatch(/resume with: npx promptgrid run .*--batch(?!.*--cancel-batches)/);
    const kept = await csvResults(desk, 'run');
    expect(kept.map((row) => [row['row_id'], row['status'], row['total_cost']])).toEqual([
      ['r1', 'completed', '0.00004'],
      ['r2', 'completed', '0.00004'],
      ['r3', 'completed', '0.00004'],
    ]);
    expect(server.batches).toHaveLength(1);
    expect([...server.billed.values()]).toEqual([1, 1, 1]);
    mayEnd = true;
    await desk.pass(words, { env });
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([ROWS, ROWS - 3]);
    expect([...server.billed.values()]).toEqual(Array.from({ length: ROWS }, () => 1));
  });

  it('says so if no batch is open, and asks nothing', async ({ desk, onTestFinished }) => {
    const { server, words, env } = await scene(desk, { onTestFinished }, VENDORS[0], {});
    const { status, stderr } = await desk.run([...words, '--cancel-batches'], { env });
    expect(status).toBe(4);
    expect(stderr).toContain('no batch of this run is open, so none was cancelled; nothing was submitted');
    expect(server.batches).toHaveLength(0);
  });

  it('needs --batch', async ({ desk, onTestFinished }) => {
    const { words, env } = await scene(desk, { onTestFinished }, VENDORS[0], {});
    const alone = [...words.filter((word) => word !== '--batch'), '--cancel-batches'];
    expect(await desk.run(alone, { env })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--cancel-batches is about batches'),
    });
  });
});

describe.concurrent('the files of batches', () => {
  it('are removed once the answers are stored', async ({ desk, onTestFinished }) => {
    let journalled = 0;
    let server: BatchServer | null = null;
    const made = await scene(desk, { onTestFinished }, VENDORS[0], {
      before: async (step) => {
        if (step !== 'remove') return;
        journalled = (await desk.read('run/journal.jsonl')).split('\n').filter((line) => line !== '').length;
        expect(await desk.read('run/batches.jsonl')).toContain('"as":"collected"');
      },
    });
    server = made.server;
    await desk.pass(made.words, { env: made.env });
    expect(journalled).toBe(ROWS);
    expect(server.steps.remove).toBe(2);
    expect([...server.files]).toEqual([]);
  });

  it('stay with a warning if they cannot be removed', async ({ desk, onTestFinished }) => {
    const { server, words, env } = await scene(desk, { onTestFinished }, VENDORS[0], { keepsFiles: true });
    const { stderr } = await desk.pass(words, { env });
    expect(stderr).toMatch(
      /the files of the batch batch_0 \(openai\) stay in the account's storage \(\/files\/file-1, .*Missing scope/,
    );
    expect(server.files.size).toBe(2);
    expect(await csvResults(desk, 'run')).toHaveLength(ROWS);
  });
});
