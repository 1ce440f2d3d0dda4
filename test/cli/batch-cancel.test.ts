import { describe, expect } from 'vitest';
import { BATCH_ROWS, BATCH_VENDORS, batchScene } from '../support/batch-scene.ts';
import { type BatchLine, type BatchScript, type BatchServer, questionOf } from '../support/batch-server.ts';
import { contentOf } from '../support/gemini-batch-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { csvResults } from '../support/results.ts';

type Vendor = (typeof BATCH_VENDORS)[number];

/** Answered before their batch is cancelled. */
const EARLY = /What is [123] /;

function isEarly(line: BatchLine): boolean {
  return EARLY.test(`${questionOf(line)}${contentOf(line)}`);
}

type Context = Parameters<typeof batchScene>[0];

function scene(context: Context, vendor: Vendor, script: BatchScript): ReturnType<typeof batchScene> {
  return batchScene(context, vendor, script, ['--max-attempts', '1']);
}

describe.concurrent('run --batch --cancel-batches', () => {
  it.for(BATCH_VENDORS)('keeps what %s answered and submits nothing', async (vendor, { desk, onTestFinished }) => {
    let mayEnd = false;
    const { server, words, env } = await scene({ desk, onTestFinished }, vendor, { isOver: () => mayEnd, isEarly });
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
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([BATCH_ROWS, BATCH_ROWS - 3]);
    expect([...server.billed.values()]).toEqual(Array.from({ length: BATCH_ROWS }, () => 1));
  });

  it('says so if no batch is open, and asks nothing', async ({ desk, onTestFinished }) => {
    const { server, words, env } = await scene({ desk, onTestFinished }, BATCH_VENDORS[0], {});
    const { status, stderr } = await desk.run([...words, '--cancel-batches'], { env });
    expect(status).toBe(4);
    expect(stderr).toContain('no batch of this run is open, so none was cancelled; nothing was submitted');
    expect(server.batches).toHaveLength(0);
  });

  it('needs --batch', async ({ desk, onTestFinished }) => {
    const { words, env } = await scene({ desk, onTestFinished }, BATCH_VENDORS[0], {});
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
    const made = await scene({ desk, onTestFinished }, BATCH_VENDORS[0], {
      before: async (step) => {
        if (step !== 'remove') return;
        journalled = (await desk.read('run/journal.jsonl')).split('\n').filter((line) => line !== '').length;
        expect(await desk.read('run/batches.jsonl')).toContain('"as":"collected"');
      },
    });
    server = made.server;
    await desk.pass(made.words, { env: made.env });
    expect(journalled).toBe(BATCH_ROWS);
    expect(server.steps.remove).toBe(2);
    expect([...server.files]).toEqual([]);
  });

  it('stay with a warning if they cannot be removed', async ({ desk, onTestFinished }) => {
    const { server, words, env } = await scene({ desk, onTestFinished }, BATCH_VENDORS[0], { keepsFiles: true });
    const { stderr } = await desk.pass(words, { env });
    expect(stderr).toMatch(
      /the files of the batch batch_0 \(openai\) stay in the account's storage \(\/files\/file-1, .*Missing scope/,
    );
    expect(server.files.size).toBe(2);
    expect(await csvResults(desk, 'run')).toHaveLength(BATCH_ROWS);
  });
});
